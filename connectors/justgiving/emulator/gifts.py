"""Money that came: donations with their statuses, and what has no entry in any list. All amounts are in minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

Status: TypeAlias = Literal["Accepted", "Rejected", "Cancelled", "Refunded", "Pending"]
STATUSES: Final[dict[str, Status]] = {status: status for status in get_args(Status)}
COUNTED: Final[Status] = "Accepted"
"""The only status that is in totals: *assumed*."""
BACK: Final[Status] = "Refunded"


@dataclass(slots=True)
class Donation:
    """One donation through the web site. ``page`` is a native id; ``history`` holds its statuses, the newest last."""

    id: int
    page: str
    minor: int
    at: datetime
    donor_name: str
    message: str
    real_name: str
    """Only for the owner of the page."""
    reference: str | None
    """Of the application through whose link the donor came."""
    anonymous: bool
    hide_amount: bool
    local: tuple[int, str] | None
    """What the donor paid in another currency: minor units, code."""
    gift_aid: int | None
    """What the tax office is expected to add; None without a declaration."""
    markup: bool
    """The message is told as HTML."""
    history: list[tuple[datetime, Status]]

    @property
    def status(self) -> Status:
        """The status by now."""
        return self.history[-1][1]

    def status_at(self, moment: datetime) -> Status | None:
        """The status at a moment; None before there was any donation."""
        return next((status for since, status in reversed(self.history) if since <= moment), None)


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money without an entry in a list: entered by hand, or given by SMS. What is corrected is negative."""

    kind: Literal["offline", "sms"]
    minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a page or of several. ``count`` is of donations and SMS: *assumed*, as offline money has no donor."""

    online: int = 0
    offline: int = 0
    sms: int = 0
    gift_aid: int = 0
    count: int = 0

    @property
    def raised(self) -> int:
        """All but Gift Aid."""
        return self.online + self.offline + self.sms

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.online + other.online,
            self.offline + other.offline,
            self.sms + other.sms,
            self.gift_aid + other.gift_aid,
            self.count + other.count,
        )


def figures(donations: Iterable[Donation], deposits: Iterable[Deposit], moment: datetime) -> Figures:
    """What had come up to a moment."""
    counted = [donation for donation in donations if donation.status_at(moment) == COUNTED]
    deposits = [deposit for deposit in deposits if deposit.at <= moment]
    texts = [deposit.minor for deposit in deposits if deposit.kind == "sms"]
    return Figures(
        online=sum(donation.minor for donation in counted),
        offline=sum(deposit.minor for deposit in deposits if deposit.kind == "offline"),
        sms=sum(texts),
        gift_aid=sum(donation.gift_aid or 0 for donation in counted),
        count=len(counted) + len(texts),
    )
