"""An amount, exact."""

from typing import Annotated

import strawberry

from schema.api import display
from schema.api.field import argument, field, object_type
from schema.api.scalars import Decimal
from schema.model import money as model
from schema.model.money import Currency


@object_type
class Money:
    """An amount in one currency."""

    value: strawberry.Private[model.Money]

    @field
    def amount(self) -> Decimal:
        """The amount in major units, with the decimals of its currency: "1234.50" in CNY, "1234" in JPY. \
        A difference can be negative."""
        return Decimal(self.value.decimal)

    @field
    def currency_code(self) -> Currency:
        """The currency of the amount."""
        return self.value.currency

    @field
    def formatted(
        self,
        locale: Annotated[
            str,
            argument(
                "A BCP 47 language tag such as zh-CN. The nearest known one is used, English at last; no tag is an error."
            ),
        ] = "en",
    ) -> str:
        """The amount as a person reads it, with the currency's sign. \
        It is for clients without number formatting of their own."""
        return display.formatted(self.value, locale)


def shown(value: model.Money | None) -> Money | None:
    """An amount that may be unknown."""
    return None if value is None else Money(value=value)


def share(raised: model.Money | None, goal: model.Money | None) -> float | None:
    """How much of a goal was raised, or None where there is no goal or no amount to compare with it."""
    if raised is None or goal is None or goal.minor <= 0 or raised.currency != goal.currency:
        return None
    return raised.minor / goal.minor
