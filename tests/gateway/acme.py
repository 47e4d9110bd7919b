"""Acme, a network made up for these tests: it says what a test lets it say, and no byte of it is real."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from connectors.contract import Delivery, Receipt
from connectors.http import Headers
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace, Setting
from schema.model.errors import DeliveryRejected, NotFound
from schema.model.facts import CampaignState, Clues, DonationState, Fact, Movement, Raised, RefundState, Stage
from schema.model.ids import CampaignId, entity
from schema.model.money import Money
from schema.model.total import AmountSource, Basis

NOW = datetime(2026, 9, 2, 3, 0, tzinfo=UTC)
LUNCH = CampaignId("acme", "school-lunch")
OTHER = CampaignId("acme", "other-gifts")
REEF = CampaignId("acme", "reef")


class Pushing:
    """Receives only. ``receipts`` says what a body means; any other body proves nothing."""

    def __init__(self) -> None:
        self.receipts: dict[bytes, Receipt | Exception] = {}
        self.received: list[Delivery] = []

    def receive(self, delivery: Delivery) -> Receipt:
        """What the test said."""
        self.received.append(delivery)
        found = self.receipts.get(delivery.body, DeliveryRejected("signature"))
        if isinstance(found, Exception):
            raise found
        return found


class Acme(Pushing):
    """Can be asked as well. ``known`` are its donations by lookup."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Sequence[Movement] | Exception] = {}
        self.asked: list[str] = []

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """What the test said."""
        self.asked.append(native_id)
        found = self.known.get(native_id, NotFound("no such donation"))
        if isinstance(found, Exception):
            raise found
        return found


class Listing:
    """Lists only. What is an error is raised in its turn."""

    def __init__(self) -> None:
        self.states: list[CampaignState | Exception] = []
        self.movements: dict[str, list[Movement | Exception]] = {}
        self.listed: list[str] = []
        self.since: list[datetime | None] = []

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """What the test said."""
        for state in self.states:
            if isinstance(state, Exception):
                raise state
            yield state

    async def donations(self, campaign: str, *, since: datetime | None) -> AsyncIterator[Movement]:
        """What the test said."""
        self.listed.append(campaign)
        self.since.append(since)
        for movement in self.movements.get(campaign, []):
            if isinstance(movement, Exception):
                raise movement
            yield movement


class Listening:
    """Holds a connection. Each connection plays one script, to its end or its error."""

    def __init__(self, *scripts: list[Fact | Exception]) -> None:
        self.scripts = list(scripts)
        self.connections = 0

    async def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """What the test said."""
        self.connections += 1
        for fact in self.scripts.pop(0):
            if isinstance(fact, Exception):
                raise fact
            yield fact


def spec(
    basis: Basis = Basis.COUNTED,
    *,
    declares: bool = True,
    poll: timedelta | None = None,
    posts: timedelta | None = None,
    promises: bool = False,
    key: str = "acme",
) -> ConnectorSpec:
    """Acme's, as a test needs it; or one like it with another key."""
    return ConnectorSpec(
        key=key,
        name=key.title(),
        homepage=f"https://{key}.example",
        contract_version=CONTRACT_VERSION,
        settings=(Setting("secret", "what deliveries are signed with", "secret"),),
        pace=Pace(poll=poll, posts=posts, milestones=timedelta(minutes=10) if promises else None),
        basis=basis,
        build=lambda _settings, _ports: Acme(),
        declares_campaigns=declares,
    )


LUNCH_CLUES = Clues(attach="lunch")


def delivery(body: bytes = b"{}", *, query: str = "", method: str = "POST", at: datetime = NOW) -> Delivery:
    """One delivery."""
    return Delivery(method, query, Headers({"Acme-Signature": "canary-signature"}), body, at)


def given(
    number: int,
    minor: int | None,
    campaign: str | tuple[str, ...] | Clues = LUNCH_CLUES,
    *,
    code: str = "CNY",
    stage: Stage = Stage.COMPLETED,
    at: datetime | None = None,
    name: str | None = None,
    version: int = 0,
) -> DonationState:
    """A donation, given so many minutes before the present of these tests."""
    return DonationState(
        native_id=f"d{number}",
        campaign=campaign,
        stage=stage,
        version=version,
        amount=None if minor is None else Money.of_minor(minor, code),
        donated_at=at or NOW - timedelta(minutes=number % 50),
        source=AmountSource.PLATFORM_EVENT,
        donor_name=name,
    )


def back(number: int, minor: int, *, refund: int = 1) -> RefundState:
    """A refund of donation ``number``."""
    moment = NOW - timedelta(seconds=refund)
    source = AmountSource.PLATFORM_EVENT
    return RefundState(
        f"r{number}-{refund}",
        f"d{number}",
        f"look-{number}",
        Stage.COMPLETED,
        0,
        Money.of_minor(minor, "CNY"),
        moment,
        source,
    )


def state(
    minor: int | None, *, version: int = 1, native: str = "reef", code: str = "EUR", title: str = "Reef"
) -> CampaignState:
    """A campaign as Acme states it."""
    raised = None if minor is None else Raised(Money.of_minor(minor, code))
    return CampaignState(native, version, AmountSource.PLATFORM_API, title=title, raised=raised)


def who(number: int) -> bytes:
    """The ledger's key of donation ``number``."""
    return entity("acme", f"d{number}")
