"""Amounts in several currencies, expressed in one, as clients see them."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from schema.api.field import argument, field, object_type
from schema.api.pagination import present
from schema.api.scalars import Decimal
from schema.api.types.money import Money, shown
from schema.model import rates as model
from schema.model.money import Currency

Wanted: TypeAlias = Annotated[Currency | None, argument("The currency to express it in, or the season's own.", name="in")]


def code(wanted: Currency | None) -> str | None:
    """The code of the currency that was asked for, None being the season's own."""
    currency = present(wanted)
    return None if currency is None else currency.code


@object_type
class ExchangeRate:
    """The rate at which one currency was converted into another."""

    base: Currency = strawberry.field(name="from", description="The currency that was converted.")
    to: Currency = strawberry.field(description="The currency that it was converted into.")
    value: Decimal = strawberry.field(description="How many units of `to` one unit of `from` is worth.")
    source: str = strawberry.field(description="Who states the rate, such as ECB, or CONFIGURATION when the operator fixed it.")
    as_of: datetime = strawberry.field(description="The day for which the rate was stated.")

    @classmethod
    def of(cls, rate: model.Rate) -> "ExchangeRate":
        """A rate of the model, its value in plain digits."""
        return cls(
            base=Currency.of(rate.base),
            to=Currency.of(rate.quote),
            value=Decimal(f"{rate.value:f}"),
            source=rate.source,
            as_of=rate.as_of,
        )


@object_type
class ConvertedMoney:
    """A sum of amounts in several currencies, expressed in one."""

    value: strawberry.Private[model.Converted]

    @field
    def money(self) -> Money | None:
        """The sum of all parts that could be converted, rounded once. \
        It is null when there are parts and none of them could be."""
        return shown(self.value.money)

    @field
    def parts(self) -> list[Money]:
        """The exact sum in each currency before conversion, largest share first. \
        These figures reconcile with the networks' own."""
        return [Money(value=part) for part in self.value.parts]

    @field
    def rates(self) -> list[ExchangeRate]:
        """The rates that were used, one for each part in another currency. \
        They are the latest known ones, also for past amounts."""
        return [ExchangeRate.of(rate) for rate in self.value.rates]

    @field
    def missing(self) -> list[Currency]:
        """The currencies for which no rate is known. Their parts are not in `money`, so that it is too low: say so."""
        return [Currency.of(each) for each in self.value.missing]

    @field
    def is_approximate(self) -> bool:
        """Whether any rate was used, so that `money` is an estimate rather than a count."""
        return self.value.is_approximate
