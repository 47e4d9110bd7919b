"""Acme's connector with one fault each, by the rule that must name it."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final

from connectors.contract import Delivery, Receipt, Reply, Row, Secret
from connectors.http import HttpRequest
from connectors.signing import hmac_sha256_hex, same
from schema.model.errors import DeliveryRejected, GivingError, NotFound, SettingsInvalid, Unreadable
from schema.model.facts import CampaignState, DonationState, Fact, Movement, Unrecognised
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector


class FloatMoney(AcmeConnector):
    def money_of(self, text: Any, code: Any) -> Money:
        return Money.of_minor(int(float(text) * 100), code)


class FloatVersion(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        state = super().campaign_of(row)
        object.__setattr__(state, "goal", float(row["raised"]["amount"]))
        return state


class NaiveTime(AcmeConnector):
    def time_of(self, seconds: Any) -> datetime:
        return super().time_of(seconds).replace(tzinfo=None)


class MistakenZone(AcmeConnector):
    def time_of(self, seconds: Any) -> datetime:
        return super().time_of(seconds) + timedelta(hours=8)


class AcceptsUnsigned(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        if "Acme-Signature" in delivery.headers:
            super().verify(delivery)


class VerifiesWhatItParsed(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        try:
            body = json.dumps(json.loads(delivery.body)).encode()
        except ValueError:
            body = delivery.body
        super().verify(replace(delivery, body=body))


class SignsOnlyTheTime(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        stamp = delivery.headers.get("Acme-Time", "")
        if not same(delivery.headers.get("Acme-Signature", ""), hmac_sha256_hex(b"secret", stamp.encode())):
            return


class TrustsTheTime(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        signed = delivery.headers.get("Acme-Signature", "")
        if not signed:
            raise DeliveryRejected("signature")
        stamp = self.genuine.setdefault(delivery.body, (delivery.headers.get("Acme-Time", ""), signed))
        if stamp[1] != signed:
            raise DeliveryRejected("signature")

    genuine: Final[dict[bytes, tuple[str, str]]] = {}


class CrashesOnStrangeHeaders(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        int(delivery.headers.get("Acme-Time", "0"))
        super().verify(delivery)


class LooksBackOnly(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        sent_at = datetime.fromtimestamp(int(delivery.headers["Acme-Time"]), UTC)
        super().verify(
            replace(delivery, received_at=min(delivery.received_at, sent_at + timedelta(days=1)))
            if delivery.received_at > sent_at
            else replace(delivery, received_at=sent_at)
        )


class KnowsNoAccounts(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        signed = delivery.headers["Acme-Time"].encode() + b"." + delivery.body
        if not any(
            same(delivery.headers["Acme-Signature"], hmac_sha256_hex(f"secret-of-account-{name}".encode(), signed))
            for name in ("ours", "theirs")
        ):
            raise DeliveryRejected("signature")


class ShowsItsSecret(AcmeConnector):
    def __repr__(self) -> str:
        return f"AcmeConnector({self.secret.reveal()})"


class QuotesItsSecret(AcmeConnector):
    def __init__(self, settings: Any, ports: Any) -> None:
        secret = settings["secret"]
        if isinstance(secret, Secret) and not secret.reveal().isprintable():
            raise SettingsInvalid([f"secret: {secret.reveal()} is not printable"])
        super().__init__(settings, ports)


class StopsAtTheFirstProblem(AcmeConnector):
    def __init__(self, settings: Any, ports: Any) -> None:
        for name in ("secret", "base_url"):
            if settings[name] is None:
                raise SettingsInvalid([f"{name}: is missing"])
        super().__init__(settings, ports)


class IdPerDelivery(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        receipt = super().receive(delivery)
        named = delivery.headers["Acme-Id"]
        return replace(
            receipt, facts=tuple(replace(f, native_id=named) if isinstance(f, DonationState) else f for f in receipt.facts)
        )


class OneIdForAll(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return super().donation_of({**row, "id": "G"}, source)


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


class RefusesRefunds(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        return replace(super().receive(delivery), reply=Reply(302))


class LeaksThePayer(AcmeConnector):
    def donor_of(self, row: Any) -> str | None:
        return str(row["payer"])


class KeepsTricks(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        return replace(super().campaign_of(row), title=row["title"])


class MakesUpCampaigns(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), campaign="somewhere-else")


class CountsBackwards(AcmeConnector):
    def version_of(self, row: Any) -> int:
        return 10**9 - Money.of_decimal(row["raised"]["amount"], "CNY").minor


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


class ListsOtherIds(AcmeConnector):
    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        async for movement in super().donations(campaign, since=since):
            yield replace(movement, native_id=f"list-{movement.native_id}")


class LooksUpAnother(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        return [replace(movement, native_id="G000001") for movement in await super().donation(native_id)]


class ListsGross(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        amount = Money.of_decimal(row["raised"]["amount"], "CNY")
        state = super().campaign_of(row)
        return replace(state, raised=replace(state.raised, amount=amount + Money.of_minor(1, "CNY"))) if state.raised else state


class ForgetsRefunds(AcmeConnector):
    def read(self, message: Any) -> tuple[Fact, ...]:
        return super().read(message) if message["type"] != "refund" else ()


class BillsInUtc(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return replace(
            row,
            movements=tuple(
                replace(m, donated_at=m.donated_at + timedelta(hours=8)) if isinstance(m, DonationState) else m
                for m in row.movements
            ),
        )


class StopsAtABadRow(AcmeConnector):
    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        for row in super().read_export(source):
            if row.problem:
                return
            yield row


class BlamesNobody(AcmeConnector):
    async def ask(self, path: str) -> Any:
        return (await self.ports.http.send(HttpRequest("GET", self.address + path))).object()


class SwallowsFailures(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        try:
            return await super().donation(native_id)
        except GivingError:
            raise NotFound("no such donation") from None


class FindsEverything(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        try:
            return await super().donation(native_id)
        except NotFound:
            return []


class TrustsAnswers(AcmeConnector):
    async def campaign(self, native_id: str) -> CampaignState:
        return self.campaign_of(await self.ask(f"/campaigns/{native_id}"))


class MumblesOverTheFeed(AcmeConnector):
    """Has a feed besides, which tells each donation twice as large."""

    async def listen(self, campaigns: Sequence[str]) -> AsyncIterator[Fact]:
        while True:
            async for movement in self.donations(campaigns[0]):
                if isinstance(movement, DonationState) and movement.amount is not None:
                    yield replace(movement, amount=movement.amount + movement.amount)


class LosesItsKeys(AcmeConnector):
    """Fetches its key, and forgets the one that it has before it holds the next."""

    async def refresh_keys(self) -> None:
        known, self.secret = self.secret, Secret("none")
        await self.ask("/campaigns")
        self.secret = known


BY_RULE: Final[dict[str, tuple[type[AcmeConnector], ...]]] = {
    "missing-settings-are-named-at-once": (StopsAtTheFirstProblem,),
    "malformed-settings-are-named-at-once": (QuotesItsSecret,),
    "secrets-are-not-printed": (ShowsItsSecret,),
    "genuine-deliveries-are-understood": (NaiveTime,),
    "receive-is-pure": (RemembersDeliveries, AsksTheClock),
    "replies-are-2xx": (RefusesRefunds,),
    "amounts-are-exact": (FloatMoney, OneIdForAll),
    "redelivery-is-the-same-donation": (IdPerDelivery,),
    "versions-do-not-shrink": (CountsBackwards,),
    "unknown-kinds-are-unrecognised": (RaisesTheUnknown,),
    "absurd-content-is-unreadable": (CrashesOnPoison,),
    "a-changed-body-is-refused": (SignsOnlyTheTime,),
    "a-changed-header-is-refused": (TrustsTheTime,),
    "a-missing-header-is-refused": (AcceptsUnsigned,),
    "absurd-deliveries-are-refused": (VerifiesWhatItParsed, CrashesOnStrangeHeaders),
    "another-account-is-refused": (KnowsNoAccounts,),
    "late-and-early-deliveries-are-refused": (LooksBackOnly,),
    "money-is-exact": (FloatVersion,),
    "times-are-in-utc": (MistakenZone,),
    "ids-are-usable": (MakesUpCampaigns,),
    "words-are-plain": (KeepsTricks,),
    "no-person-is-in-a-fact": (LeaksThePayer,),
    "lists-agree-with-deliveries": (ListsOtherIds,),
    "lookups-agree-with-deliveries": (LooksUpAnother,),
    "listed-campaigns-agree-with-the-books": (ListsGross,),
    "read-campaigns-agree-with-the-books": (ListsGross,),
    "deliveries-agree-with-the-books": (ForgetsRefunds,),
    "statements-agree-with-deliveries": (BillsInUtc,),
    "a-damaged-row-hides-no-other": (StopsAtABadRow,),
    "the-feed-tells-every-donation": (MumblesOverTheFeed,),
    "refused-credentials-are-told": (BlamesNobody,),
    "a-failing-network-is-unavailable": (SwallowsFailures,),
    "a-missing-object-is-not-found": (FindsEverything,),
    "an-unknown-id-is-not-found": (FindsEverything,),
    "garbage-is-garbled": (TrustsAnswers,),
    "wrong-types-are-garbled": (TrustsAnswers,),
    "keys-survive-a-failed-refresh": (LosesItsKeys,),
}
"""Of each rule the connectors that break it."""
