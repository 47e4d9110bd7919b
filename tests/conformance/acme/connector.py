"""Acme's connector, in one piece so that a spoiled variant can change any of its steps."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from typing import Any, BinaryIO
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connectors.contract import (
    CONTRACT_VERSION,
    ConnectorSpec,
    Delivery,
    FetchesStatements,
    ListsCampaigns,
    ListsDonations,
    Pace,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    ReadsFollowers,
    ReadsPosts,
    Receipt,
    ReceivesDeliveries,
    Row,
    Secret,
    Setting,
    Settings,
)
from connectors.http import HttpRequest, read_json
from connectors.ports import Ports
from connectors.signing import hmac_sha256_hex, same
from schema.model.errors import BadTime, BadUserInput, DeliveryRejected, SettingsInvalid, Unreadable, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Fact, Movement, Raised, RefundState, Stage, Unrecognised
from schema.model.money import Money
from schema.model.text import MAX_TITLE, link, plain
from schema.model.time import micros, read_local, read_unix
from schema.model.total import AmountSource, Basis
from tests.conformance.acme.public import Garbled, PublicSquare

ZONE = ZoneInfo("Asia/Shanghai")
WINDOW = timedelta(seconds=300)


class AcmeConnector(PublicSquare):
    """One account."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        secret, address = settings["secret"], settings["base_url"]
        problems = []
        if not isinstance(secret, Secret) or not secret.reveal().isprintable():
            problems.append("secret: is missing or not printable")
        if link(address) is None:
            problems.append("base_url: is no address")
        if problems or not isinstance(secret, Secret):
            raise SettingsInvalid(problems)
        self.secret = secret
        self.address = str(address)
        self.ports = ports

    # deliveries

    def receive(self, delivery: Delivery) -> Receipt:
        """Verifies, then reads."""
        self.verify(delivery)
        try:
            message = read_json(delivery.body)
            facts = self.read(message)
            return Receipt((*facts, self.campaign_of(message["state"])))
        except (UpstreamGarbled, BadUserInput, KeyError, TypeError):
            raise Unreadable("message") from None

    def verify(self, delivery: Delivery) -> None:
        """The signature first, then the window."""
        stamp, signature = delivery.headers.get("Acme-Time", ""), delivery.headers.get("Acme-Signature", "")
        signed = stamp.encode("utf-8", "surrogatepass") + b"." + delivery.body
        if not same(signature, hmac_sha256_hex(self.secret.reveal().encode(), signed)):
            raise DeliveryRejected("signature")
        try:
            sent_at = read_unix(stamp)
        except BadTime:
            raise DeliveryRejected("timestamp") from None
        if abs(delivery.received_at - sent_at) > WINDOW:
            raise DeliveryRejected("window")

    def read(self, message: Any) -> tuple[Fact, ...]:
        """The facts of a message."""
        match message["type"]:
            case "donation":
                return (self.donation_of(message["donation"], AmountSource.PLATFORM_EVENT),)
            case "refund":
                return (self.refund_of(message["refund"]),)
            case kind:
                return (Unrecognised(str(kind)),)

    # mapping

    def money_of(self, text: Any, code: Any) -> Money:
        """An amount."""
        return Money.of_decimal(text, code)

    def time_of(self, seconds: Any) -> datetime:
        """A moment."""
        return read_unix(seconds)

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        """A donation."""
        return DonationState(
            native_id=_text(row["id"]),
            campaign=_text(row["campaign"]),
            stage=Stage.COMPLETED,
            version=0,
            amount=self.money_of(row["amount"], row["currency"]),
            donated_at=self.time_of(row["at"]),
            source=source,
            donor_name=self.donor_of(row),
        )

    def donor_of(self, row: Any) -> str | None:
        """Nobody: payers are not shown."""
        return None

    def refund_of(self, row: Any) -> RefundState:
        """A refund."""
        donation, at = _text(row["donation"]), self.time_of(row["at"])
        amount = self.money_of(row["amount"], "CNY")
        native = _text(row["id"])
        return RefundState(native, donation, donation, Stage.COMPLETED, 0, amount, at, AmountSource.PLATFORM_EVENT)

    def campaign_of(self, row: Any) -> CampaignState:
        """A campaign."""
        return CampaignState(
            native_id=_text(row["id"]),
            version=self.version_of(row),
            source=AmountSource.PLATFORM_API,
            title=plain(row["title"], MAX_TITLE),
            url=link(row["url"]),
            raised=Raised(self.money_of(row["raised"]["amount"], row["raised"]["currency"])),
        )

    def version_of(self, row: Any) -> int:
        """The network's own time."""
        return micros(read_unix(row["at"]))

    # asking

    async def ask(self, path: str) -> Any:
        """An answer's JSON."""
        return (await self.ports.http.send(HttpRequest("GET", self.address + path))).expect(200).object()

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The account's campaigns."""
        with Garbled():
            for row in (await self.ask("/campaigns"))["data"]:
                yield self.campaign_of(row)

    async def campaign(self, native_id: str) -> CampaignState:
        """One campaign."""
        with Garbled():
            return self.campaign_of(await self.ask(f"/campaigns/{quote(native_id, safe='')}"))

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """A campaign's donations."""
        with Garbled():
            for row in (await self.ask(f"/campaigns/{quote(campaign, safe='')}/donations"))["data"]:
                yield self.donation_of(row, AmountSource.PLATFORM_API)

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """One donation."""
        with Garbled():
            return [self.donation_of(await self.ask(f"/donations/{quote(native_id, safe='')}"), AmountSource.PLATFORM_API)]

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """The bill of a day."""
        async with self.ports.http.download(HttpRequest("GET", f"{self.address}/bills/{day}")) as file:
            yield file

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """The rows of a bill."""
        for number, text in enumerate(TextIOWrapper(source, "utf-8", "replace"), 1):
            if number > 1:
                yield self.row(number, text.strip().split(","))

    def row(self, number: int, cells: list[str]) -> Row:
        """One row of a bill."""
        try:
            native, campaign, amount, code, _, at, refunded = cells
            moment, back = read_local(at, ZONE).astimezone(UTC), self.money_of(refunded, code)
            source = AmountSource.MERCHANT_BILL
            given = DonationState(native, campaign, Stage.COMPLETED, 0, self.money_of(amount, code), moment, source)
            refund = RefundState(f"R{native}", native, native, Stage.COMPLETED, 0, back, moment, source)
            return Row(number, (given, refund) if back.minor else (given,))
        except (ValueError, BadUserInput):
            return Row(number, problem="unreadable")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


CONNECTOR = ConnectorSpec(
    key="acme",
    name="Acme",
    homepage="https://acme.example",
    contract_version=CONTRACT_VERSION,
    settings=(Setting("secret", "what deliveries are signed with", "secret"), Setting("base_url", "where the API is", "url")),
    pace=Pace(poll=timedelta(seconds=60)),
    basis=Basis.REPORTED,
    build=AcmeConnector,
    abilities=(
        ReceivesDeliveries,
        ReadsDonations,
        ReadsCampaigns,
        ListsCampaigns,
        ListsDonations,
        ReadsExports,
        FetchesStatements,
        ReadsPosts,
        ReadsFollowers,
    ),
)
