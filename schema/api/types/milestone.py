"""What fundraisers promise at certain totals, as clients see it."""

import strawberry

from schema.api.field import field, object_type
from schema.api.types.money import Money
from schema.model import campaign as model
from schema.model import money


@object_type
class Milestone:
    """A promise tied to an amount, such as a song at 1,000."""

    value: strawberry.Private[model.Milestone]
    raised: strawberry.Private[money.Money | None]

    @field
    def title(self) -> str:
        """What was promised."""
        return self.value.title

    @field
    def amount(self) -> Money:
        """The total at which it is due."""
        return Money(value=self.value.amount)

    @field
    def is_reached(self) -> bool:
        """Whether it was reached: the network says so, or the total is at least this amount."""
        due, raised = self.value.amount, self.raised
        known = raised is not None and raised.currency == due.currency and raised.minor >= due.minor
        return known or self.value.reached is True
