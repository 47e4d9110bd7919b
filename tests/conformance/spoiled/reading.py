"""Acme's connector with one fault each in what it makes of a delivery, by the rule that must name it."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.contract import Delivery, Receipt, Reply
from connectors.http import HttpRequest
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, Fact, RefundState, Unrecognised
from schema.model.money import Money
from schema.model.time import read_unix
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class NaiveTime(AcmeConnector):
    def time_of(self, seconds: Any) -> datetime:
        return super().time_of(seconds).replace(tzinfo=None)


class RemembersDeliveries(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        receipt = super().receive(delivery)
        seen = vars(self).setdefault("seen", set())
        if delivery.body in seen:
            return Receipt()
        seen.add(delivery.body)
        return receipt


class AsksTheClock(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        super().verify(delivery)
        self.ports.clock.now()


class RepliesElsewhere(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        return replace(super().receive(delivery), reply=Reply(302))


class FloatMoney(AcmeConnector):
    def money_of(self, text: Any, code: Any) -> Money:
        return Money.of_minor(int(float(text) * 100), code)


class OneIdForAll(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return super().donation_of({**row, "id": "G"}, source)


class IdPerDelivery(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        receipt = super().receive(delivery)
        named = delivery.headers["Acme-Id"]
        return replace(
            receipt, facts=tuple(replace(f, native_id=named) if isinstance(f, DonationState) else f for f in receipt.facts)
        )


class IdOfTheMoment(AcmeConnector):
    """Takes the signed time of a delivery into the ids of what it tells."""

    def receive(self, delivery: Delivery) -> Receipt:
        receipt, moment = super().receive(delivery), delivery.headers["Acme-Time"]
        return replace(receipt, facts=tuple(self.moved(fact, moment) for fact in receipt.facts))

    def moved(self, fact: Fact, moment: str) -> Fact:
        return replace(fact, native_id=f"{fact.native_id}-{moment}") if isinstance(fact, DonationState) else fact


class RefundOfTheMoment(IdOfTheMoment):
    def moved(self, fact: Fact, moment: str) -> Fact:
        return replace(fact, native_id=f"{fact.native_id}-{moment}") if isinstance(fact, RefundState) else fact


class GivenWhenDelivered(IdOfTheMoment):
    def moved(self, fact: Fact, moment: str) -> Fact:
        return replace(fact, donated_at=read_unix(moment)) if isinstance(fact, DonationState) else fact


class NewWhenDelivered(IdOfTheMoment):
    def moved(self, fact: Fact, moment: str) -> Fact:
        return replace(fact, version=int(moment)) if isinstance(fact, CampaignState) else fact


class CountsBackwards(AcmeConnector):
    def version_of(self, row: Any) -> int:
        return 10**9 - super().version_of(row)


class DoublesItsFeed(AcmeConnector):
    """Asks for a feed every time."""

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        await self.ports.http.send(HttpRequest("POST", f"{self.address}/feeds", body=callback.encode()))


class RaisesTheUnknown(AcmeConnector):
    def read(self, message: Any) -> tuple[Fact, ...]:
        facts = super().read(message)
        if any(isinstance(fact, Unrecognised) for fact in facts):
            raise Unreadable("kind")
        return facts


class CrashesOnPoison(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        self.verify(delivery)
        return Receipt(self.read(json.loads(delivery.body)))


class FloatVersion(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        state = super().campaign_of(row)
        object.__setattr__(state, "goal", float(row["raised"]["amount"]))
        return state


class MistakenZone(AcmeConnector):
    def time_of(self, seconds: Any) -> datetime:
        return super().time_of(seconds) + timedelta(hours=8)


class MakesUpCampaigns(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), campaign="somewhere-else")


class KeepsTricks(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        return replace(super().campaign_of(row), title=row["title"])


class LeaksThePayer(AcmeConnector):
    def donor_of(self, row: Any) -> str | None:
        return str(row["payer"])


class ForgetsRefunds(AcmeConnector):
    def read(self, message: Any) -> tuple[Fact, ...]:
        return super().read(message) if message["type"] != "refund" else ()


class MumblesOverTheFeed(AcmeConnector):
    """Has a feed besides, which tells each donation twice as large."""

    async def listen(self, campaigns: Sequence[str]) -> AsyncIterator[Fact]:
        while True:
            async for movement in self.donations(campaigns[0]):
                if isinstance(movement, DonationState) and movement.amount is not None:
                    yield replace(movement, amount=movement.amount + movement.amount)


BY_RULE: Final[Faults] = {
    "genuine-deliveries-are-understood": (NaiveTime,),
    "receive-is-pure": (
        RemembersDeliveries,
        AsksTheClock,
    ),
    "replies-are-2xx": (RepliesElsewhere,),
    "amounts-are-exact": (
        FloatMoney,
        OneIdForAll,
    ),
    "redelivery-is-the-same-donation": (IdPerDelivery,),
    "a-delivery-signed-anew-is-the-same-donation": (
        IdOfTheMoment,
        RefundOfTheMoment,
        GivenWhenDelivered,
    ),
    "versions-do-not-shrink": (CountsBackwards,),
    "a-feed-kept-again-is-not-doubled": (DoublesItsFeed,),
    "unknown-kinds-are-unrecognised": (RaisesTheUnknown,),
    "absurd-content-is-unreadable": (CrashesOnPoison,),
    "money-is-exact": (FloatVersion,),
    "many-amounts-are-exact": (FloatMoney,),
    "times-are-in-utc": (MistakenZone,),
    "ids-are-usable": (MakesUpCampaigns,),
    "words-are-plain": (KeepsTricks,),
    "no-person-is-in-a-fact": (LeaksThePayer,),
    "deliveries-agree-with-the-books": (ForgetsRefunds,),
    "the-feed-tells-every-donation": (MumblesOverTheFeed,),
}
