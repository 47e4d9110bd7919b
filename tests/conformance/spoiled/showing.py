"""Acme's connector with one fault each in what it shows and says."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import structlog

from connectors.contract import Delivery, Receipt
from connectors.spec import Settings
from schema.model.campaign import Milestone
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import DonationState
from schema.model.money import Money
from schema.model.text import MAX_NAME, plain
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class NamesEverybody(AcmeConnector):
    def donor_of(self, row: Any) -> str | None:
        return plain(row["name"], MAX_NAME)


class KnowsEverybody(AcmeConnector):
    """Tells the payer's id with every gift, also of those who do not want to be named."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), donor=row["payer"])


class KeepsTricksOfDonors(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), message=row["message"])


class RefusesLongNames(AcmeConnector):
    def donor_of(self, row: Any) -> str | None:
        if len(row["name"]) > MAX_NAME:
            raise TypeError("no name")
        return super().donor_of(row)


class AsPromised(AcmeConnector):
    """Tells milestones in the order in which they were promised."""

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        return sorted(await super().milestones(native_id), key=lambda milestone: milestone.title)


class LogsDeliveries(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        logging.getLogger("acme").debug("received %s", delivery.body)
        return super().receive(delivery)


class LogsItsSecret(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        try:
            super().verify(delivery)
        except DeliveryRejected:
            structlog.get_logger().warning("refused", expected=self.secret.reveal())
            raise


class QuotesThePayer(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        try:
            return super().receive(delivery)
        except Unreadable as error:
            raise Unreadable(f"message of {delivery.body!r}") from error


class AsksWhileItIsBuilt(AcmeConnector):
    def __init__(self, settings: Settings, ports: Any) -> None:
        super().__init__(settings, ports)
        self.built_at = self.ports.clock.now()


class HundredsEverywhere(AcmeConnector):
    def money_of(self, text: Any, code: Any) -> Money:
        return Money.of_minor(int(Decimal(super().money_of(text, code).decimal) * 100), code)


class CountsBraces(AcmeConnector):
    """Looks into what is not proven, again and again."""

    def verify(self, delivery: Delivery) -> None:
        if any(delivery.body[:end].count(b"{") > 10**9 for end in range(0, len(delivery.body), 32)):
            raise DeliveryRejected("braces")
        super().verify(delivery)


BY_RULE: Final[Faults] = {
    "anonymous-donors-are-nobody": (NamesEverybody, KnowsEverybody),
    "hostile-words-are-harmless": (
        KeepsTricksOfDonors,
        RefusesLongNames,
    ),
    "milestones-agree-with-the-network": (AsPromised,),
    "nothing-private-is-said": (
        LogsDeliveries,
        LogsItsSecret,
        QuotesThePayer,
    ),
    "building-asks-nothing": (AsksWhileItIsBuilt,),
    "every-currency-is-exact": (HundredsEverywhere,),
    "large-deliveries-are-refused-at-once": (CountsBraces,),
}
