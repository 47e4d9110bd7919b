"""What was raised over time, as clients see it."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from schema.api.field import argument, enum_type, field, object_type
from schema.api.pagination import present
from schema.api.types.money import Money, shown
from schema.model import history as model
from schema.model.errors import BadUserInput
from schema.model.history import Interval

enum_type(
    Interval,
    "The length of an interval in a history. Days and months are cut in the gateway's reporting time zone.",
    {
        Interval.MINUTE: "One minute, kept for 48 hours.",
        Interval.HOUR: "One hour, kept for 400 days.",
        Interval.DAY: "One day, kept for good.",
        Interval.MONTH: "One calendar month, made of days.",
    },
    name="HistoryInterval",
)

__all__ = ["CampaignPeriod", "Each", "FirstChange", "Interval", "RoundedUntil", "Until", "end"]

Each: TypeAlias = Annotated[Interval, argument("The length of one interval.")]
FirstChange: TypeAlias = Annotated[datetime | None, argument("The beginning, or the first known change.")]
Until: TypeAlias = Annotated[datetime | None, argument("The end, or now.")]
RoundedUntil: TypeAlias = Annotated[datetime | None, argument("The end, rounded likewise, or now.")]


def end(since: datetime | None, until: datetime | None) -> datetime | None:
    """``until``, None being now. Raises BadUserInput with argument ``since`` for a span turned round."""
    since, until = present(since), present(until)
    if since is not None and until is not None and since > until:
        raise BadUserInput("a span begins before it ends", argument="since")
    return until


@object_type
class CampaignPeriod:
    """What one campaign raised within a span."""

    value: strawberry.Private[model.Period]

    @field
    def since(self) -> datetime:
        """The beginning. It is later than asked for when earlier changes are unknown, \
        because the gateway first saw the campaign then."""
        return self.value.since

    @field
    def until(self) -> datetime:
        """The end, which is not included. In an interval under way it is the present."""
        return self.value.until

    @field
    def raised(self) -> Money:
        """
        The change of the total within the span. It is negative when more was refunded than given. \
        What was raised before the campaign was first
        seen is in `raisedSoFar` only.
        """
        return Money(value=self.value.raised)

    @field
    def refunded(self) -> Money | None:
        """What was refunded within the span, or null where the network does not tell refunds."""
        return shown(self.value.refunded)

    @field
    def donation_count(self) -> int | None:
        """How many donations were made within the span, or null where they are not known."""
        return self.value.count

    @field
    def raised_so_far(self) -> Money:
        """The total at the end of the span."""
        return Money(value=self.value.so_far)
