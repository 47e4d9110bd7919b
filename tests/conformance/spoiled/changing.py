"""Acme's connector with one fault each in what it makes of change and of time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from connectors.contract import Delivery, Receipt
from connectors.spec import Secret, Settings
from schema.model.facts import CampaignState, DonationState
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults

LONDON = ZoneInfo("Europe/London")


class ConstantVersion(AcmeConnector):
    def version_of(self, row: Any) -> int:
        return 1


class DatesByTheClock(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), donated_at=self.ports.clock.now())


class NeverLowers(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        state = super().campaign_of(row)
        highest = max(state, vars(self).get("highest", state), key=lambda s: s.raised.amount.minor if s.raised else 0)
        vars(self)["highest"] = highest
        return replace(state, raised=highest.raised)


class DatesByReceipt(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        receipt, at = super().receive(delivery), delivery.received_at
        return replace(
            receipt, facts=tuple(replace(f, donated_at=at) if isinstance(f, DonationState) else f for f in receipt.facts)
        )


class LosesTheSecondHour(AcmeConnector):
    """Keeps wall-clock time in London, where one hour of the year comes twice."""

    def time_of(self, seconds: Any) -> datetime:
        return super().time_of(seconds).astimezone(LONDON).replace(fold=0).astimezone(UTC)


class BillsInTheMachinesZone(AcmeConnector):
    """Reads times without a zone as they are, which the machine takes for its own."""

    def local_of(self, text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(UTC)


class KnowsOneSecret(AcmeConnector):
    def __init__(self, settings: Settings, ports: Any) -> None:
        super().__init__(settings, ports)
        self.secrets = (self.secret,)


class ForgetsNoSecret(AcmeConnector):
    """Keeps what belongs to an account for all of them."""

    known: ClassVar[list[Secret]] = []

    def __init__(self, settings: Settings, ports: Any) -> None:
        super().__init__(settings, ports)
        self.known.extend(self.secrets)
        self.secrets = tuple(self.known)


class KeepsItsFeedOnce(AcmeConnector):
    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        if not vars(self).get("kept"):
            vars(self)["kept"] = True
            await super().keep_feed(campaigns, callback)


BY_RULE: Final[Faults] = {
    "what-changed-is-newer": (
        ConstantVersion,
        DatesByTheClock,
    ),
    "totals-move-without-donations": (
        NeverLowers,
        ConstantVersion,
    ),
    "held-back-deliveries-say-the-same": (DatesByReceipt,),
    "midnight-and-summer-time-are-exact": (LosesTheSecondHour,),
    "the-machines-zone-does-not-matter": (BillsInTheMachinesZone,),
    "rotated-keys-are-both-accepted": (KnowsOneSecret,),
    "retired-keys-are-refused": (ForgetsNoSecret,),
    "a-stopped-feed-is-started-anew": (KeepsItsFeedOnce,),
}
