"""Acme's connector, in steps so that a spoiled variant can change any of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.contract import (
    Delivery,
    FetchesStatements,
    KeepsFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    ReadsFollowers,
    ReadsMilestones,
    ReadsPosts,
    Receipt,
    ReceivesDeliveries,
)
from connectors.http import HttpRequest, read_json
from connectors.paging import each_read, paged
from connectors.ports import Ports
from connectors.signing import hmac_sha256_hex, same
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace, Secret, Setting, Settings
from schema.model.campaign import Milestone
from schema.model.errors import BadTime, BadUserInput, DeliveryRejected, SettingsInvalid, Unreadable, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Fact, Movement, Raised, RefundState, Stage, Unrecognised
from schema.model.money import Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_TITLE, link, plain
from schema.model.time import read_unix
from schema.model.total import AmountSource, Basis
from tests.conformance.acme.bills import Bills
from tests.conformance.acme.public import Garbled, PublicSquare

WINDOW = timedelta(seconds=300)
STAGES = {"done": Stage.COMPLETED, "under way": Stage.PENDING, "refused": Stage.VOID, "failed": Stage.PENDING}


class AcmeConnector(PublicSquare, Bills):
    """One account."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        account, secret, address = settings["account"], settings["secret"], settings["base_url"]
        old = settings["old_secret"]
        problems = []
        if not isinstance(account, str) or not account.isalnum():
            problems.append("account: is missing, or no name of letters and digits")
        if not isinstance(secret, Secret) or not secret.reveal().isprintable():
            problems.append("secret: is missing or not printable")
        if isinstance(old, Secret) and not old.reveal().isprintable():
            problems.append("old_secret: is not printable")
        if link(address) is None:
            problems.append("base_url: is no address")
        if problems or not isinstance(secret, Secret):
            raise SettingsInvalid(problems)
        self.account = str(account)
        self.secret = secret
        self.secrets: tuple[Secret, ...] = (secret, old) if isinstance(old, Secret) else (secret,)
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
        if not any(same(signature, hmac_sha256_hex(secret.reveal().encode(), signed)) for secret in self.secrets):
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
                return (self.refund_of(message["refund"], AmountSource.PLATFORM_EVENT),)
            case kind:
                return (Unrecognised(plain(kind, MAX_NAME) or "unnamed"),)

    # mapping

    def money_of(self, text: Any, code: Any) -> Money:
        """An amount."""
        return Money.of_decimal(text, code)

    def amount_of(self, row: Any) -> Money | None:
        """What was given, whoever paid; None where that is hidden."""
        return None if row["amount"] is None else self.money_of(row["amount"], row["currency"])

    def time_of(self, seconds: Any) -> datetime:
        """A moment."""
        return read_unix(seconds)

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        """A donation."""
        return DonationState(
            native_id=_text(row["id"]),
            campaign=_text(row["campaign"]),
            stage=self.progress_of(row["status"]),
            version=0,
            amount=self.amount_of(row),
            donated_at=self.time_of(row["at"]),
            source=source,
            donor_name=self.donor_of(row),
            message=plain(row["message"], MAX_MESSAGE),
        )

    def progress_of(self, status: Any) -> Stage:
        """How far a donation has come."""
        return STAGES[_text(status)]

    def donor_of(self, row: Any) -> str | None:
        """The name that Acme shows; nobody, where the donor does not want to be named. Payers are never shown."""
        return None if row["anonymous"] is not False else plain(row["name"], MAX_NAME)

    def refund_of(self, row: Any, source: AmountSource) -> RefundState:
        """A refund."""
        donation, at = _text(row["donation"]), self.time_of(row["at"])
        amount = self.money_of(row["amount"], row["currency"])
        return RefundState(_text(row["id"]), donation, donation, self.stage_of(row["status"]), 0, amount, at, source)

    def stage_of(self, status: Any) -> Stage:
        """How far a refund has come."""
        return STAGES[_text(status)]

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
        """The network's own count of changes."""
        if type(row["revision"]) is not int:
            raise TypeError("no revision")
        return int(row["revision"])

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
        """A campaign's donations, each with its refunds."""
        with Garbled():
            async for movements in each_read(self.pages(campaign), lambda row: self.listed_of(row, campaign)):
                for movement in movements:
                    yield movement

    def listed_of(self, row: Any, campaign: str) -> Sequence[Movement]:
        """A row of a campaign's list; none where it is of another campaign."""
        with Garbled():
            return self.movements_of(row) if row["campaign"] == campaign else ()

    def pages(self, campaign: str) -> AsyncIterator[Any]:
        """The rows of a campaign's list, page by page."""

        async def page(cursor: str | None) -> tuple[Sequence[Any], str | None]:
            path = f"/campaigns/{quote(campaign, safe='')}/donations"
            answer = await self.ask(path if cursor is None else f"{path}?page={quote(cursor, safe='')}")
            return answer["data"], answer["next"]

        return paged(page)

    def movements_of(self, row: Any) -> Sequence[Movement]:
        """A donation and its refunds."""
        source = AmountSource.PLATFORM_API
        return [self.donation_of(row, source), *(self.refund_of(each, source) for each in row["refunds"])]

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """One donation, with its refunds."""
        with Garbled():
            return self.movements_of(await self.ask(f"/donations/{quote(native_id, safe='')}"))

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """A campaign's milestones."""
        with Garbled():
            rows = (await self.ask(f"/campaigns/{quote(native_id, safe='')}/milestones"))["data"]
            told = [Milestone(plain(r["title"], MAX_TITLE) or "", self.money_of(r["amount"], r["currency"])) for r in rows]
            return sorted(told, key=lambda milestone: milestone.amount.minor)

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """Makes Acme deliver here."""
        with Garbled():
            if callback not in (await self.ask("/feeds"))["data"]:
                await self.ports.http.send(HttpRequest("POST", f"{self.address}/feeds", body=callback.encode()))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


CONNECTOR = ConnectorSpec(
    key="acme",
    name="Acme",
    homepage="https://acme.example",
    contract_version=CONTRACT_VERSION,
    settings=(
        Setting("account", "the account's name"),
        Setting("secret", "what deliveries are signed with", "secret"),
        Setting("old_secret", "what they were signed with before, while that is changed", "secret", required=False),
        Setting("base_url", "where the API is", "url"),
    ),
    pace=Pace(poll=timedelta(seconds=60), budgets={"default": 60, "bills": 6}),
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
        KeepsFeed,
        ReadsMilestones,
        ReadsPosts,
        ReadsFollowers,
    ),
)
