"""The gateway's parts put together on a real Redis, with a clock that a test turns and networks that say what it wants."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import Route

from connectors.spec import ConnectorSpec
from connectors.testing.fakes import FakeClock
from gateway.accounts import Account
from gateway.configured import Configured, Current
from gateway.intake.archive import Archive
from gateway.intake.ingest import Ingest
from gateway.intake.placement import Placements
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.live.hub import Hub
from gateway.observe import Metrics
from gateway.read.catalog import Catalog
from gateway.read.follower import Follower, Step
from gateway.read.reads import LedgerReads
from gateway.settings import Settings
from gateway.store.connection import listener
from gateway.store.health import HealthBook
from gateway.store.ledger import Ledger
from gateway.store.record import face
from gateway.store.seal import Sealer
from gateway.store.shelf import Head, Shelf
from schema.model.errors import NotFound
from schema.model.facts import DonationState, RefundState
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway import acme

PATIENCE = 10.0
"""An upper bound in seconds for what comes by itself; nothing waits that long."""
DECLARED: Mapping[str, Any] = {
    "accounts": {"lunch": {"connector": "acme", "general": "other-gifts"}},
    "campaigns": [
        {
            "platform": "acme",
            "id": "school-lunch",
            "title": "School lunch",
            "currency": "CNY",
            "goal": "1000",
            "match": [
                {"account": "lunch", "attach": "lunch;star=*", "endorser": "star"},
                {"account": "lunch", "attach": "lunch*"},
            ],
        },
        {"platform": "acme", "id": "other-gifts", "title": "Other gifts", "currency": "CNY"},
    ],
    "endorsers": [{"id": "star", "name": "A star"}],
}
UNDECLARED: Mapping[str, Any] = {"accounts": {"lunch": {"connector": "acme"}}}
Value = TypeVar("Value")


class World:
    """One process of the gateway, without its web server and its schedule. ``specs`` are those of single accounts."""

    def __init__(
        self,
        redis: Redis,
        *connectors: object,
        spec: ConnectorSpec | None = None,
        specs: Mapping[str, ConnectorSpec] | None = None,
        values: Mapping[str, Any] = DECLARED,
        clock: FakeClock | None = None,
        archive: "Passing | None" = None,
    ) -> None:
        self.redis = redis
        self.clock = clock or FakeClock(acme.NOW)
        self.spec = spec or acme.spec()
        self.values = values
        self.settings = Settings.of(values)
        offered = connectors or (acme.Acme(),)
        self.accounts = {
            name: Account(name, (specs or {}).get(name, self.spec), connector)
            for name, connector in zip(self.settings.accounts, offered, strict=True)
        }
        self.account = next(iter(self.accounts.values()))
        self.metrics = Metrics()
        self.ledger = Ledger(redis, self.clock, "Asia/Shanghai")
        self.shelf = Shelf(redis)
        self.book = HealthBook(redis, self.clock)
        self.current = Current(Configured.of(self.settings, self.accounts, self.clock.now()))
        self.directory = self.current.now.directory
        self.placements = Placements(redis)
        self.ingest = Ingest(self.ledger, self.placements, self.current, self.book, self.metrics)
        self.sealer = Sealer(b"k" * 32)
        self.quarantine = Quarantine(redis, self.sealer, self.clock)
        self.archive = archive or Passing(Path(tempfile.mkdtemp()), self.sealer, self.metrics)

    def reading(self, built: Mapping[str, Account] | None = None, /, **changed: Any) -> Configured:
        """The configuration read again, in which this has changed, with the accounts that are built for it, or the same."""
        settings = Settings.of({**self.values, **changed})
        return Configured.of(settings, self.accounts if built is None else built, self.clock.now(), self.current.now)

    def webhooks(self, **limits: Any) -> Webhooks:
        """The way in."""
        doors = (self.current, self.ingest, self.quarantine, self.book, self.clock, self.metrics, self.archive)
        return Webhooks(*doors, **limits)

    async def put(self, fact: DonationState | RefundState, campaign: CampaignId = acme.LUNCH, endorser: str = "") -> None:
        """Past intake, straight into the ledger."""
        if isinstance(fact, RefundState):
            outcome = await self.ledger.refund(campaign, fact)
        else:
            outcome = await self.ledger.donation(campaign, fact, endorser=endorser, face=face(fact))
        assert not outcome.is_held, outcome

    async def open(self, campaign: CampaignId = acme.LUNCH, basis: Basis = Basis.COUNTED, code: str = "CNY") -> None:
        """Opens a campaign."""
        await self.ledger.open(campaign, basis, code)

    async def head(self, campaign: CampaignId = acme.LUNCH) -> Head | None:
        """What the ledger has."""
        [head] = await self.shelf.heads([campaign])
        return head

    async def raised(self, campaign: CampaignId = acme.LUNCH) -> int | None:
        """What the ledger has raised, in minor units."""
        head = await self.head(campaign)
        return None if head is None or head.raised is None else int(head.raised)

    def counted(self, name: str, **labels: str) -> float:
        """A figure of the metrics."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


class Passing(Archive):
    """An archive that goes with whoever holds it, and its folder with it."""

    def __init__(self, folder: Path, sealer: Sealer, metrics: Metrics) -> None:
        super().__init__(folder, sealer, metrics)
        self.folder = folder

    def __del__(self) -> None:
        # memory is cleaned up within any thread, also one that is just starting: to wait for another there may never end
        self._writer.shutdown(wait=False)
        for each in self._logs.values():
            each.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def application(webhooks: Webhooks) -> Starlette:
    """The way in, at the addresses that it has in the gateway."""
    methods = ["POST", "GET"]
    return Starlette(
        routes=[
            Route("/webhooks/{connector}", webhooks, methods=methods),
            Route("/webhooks/{connector}/{account}", webhooks, methods=methods),
        ]
    )


class Impatient:
    """A pace in which every message is due at once."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """An hour has passed since the last look."""
        self.seconds += 3_600
        return self.seconds


@dataclass
class Followed:
    """What one process knows, and the doors to it."""

    follower: Follower
    reads: LedgerReads
    hub: Hub
    steps: list[Step]
    stepped: asyncio.Event

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for the step after which something holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.stepped.clear()
                await self.stepped.wait()

    def raised(self, campaign: CampaignId = acme.LUNCH) -> int | None:
        """What is visible, in minor units."""
        row = self.follower.totals[campaign]
        return None if row is None else row.raised


def parts(world: World, *, monotonic: Callable[[], float] | None = None) -> Followed:
    """What follows the ledger, before it does."""
    catalog = Catalog()
    follower = Follower(world.shelf, world.book, world.current, catalog)
    reads = LedgerReads(follower, world.clock, "Asia/Shanghai")
    followed = Followed(follower, reads, Hub(follower, reads, monotonic or Impatient()), [], asyncio.Event())

    def note(step: Step) -> None:
        followed.steps.append(step)
        followed.stepped.set()

    follower.observers.append(note)
    return followed


@asynccontextmanager
async def known(world: World) -> AsyncIterator[Followed]:
    """A process that has read everything once."""
    followed = parts(world)
    await followed.follower.lost()
    yield followed
    followed.follower.catalog.close()


@asynccontextmanager
async def following(world: World, redis_url: str, *, monotonic: Callable[[], float] | None = None) -> AsyncIterator[Followed]:
    """A process that follows the ledger, and has read it once."""
    followed, ears = parts(world, monotonic=monotonic), listener(redis_url)
    task = asyncio.create_task(followed.follower.run(ears))
    try:
        async with asyncio.timeout(PATIENCE):
            await followed.follower.ready.wait()
        yield followed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await ears.aclose()
        followed.follower.catalog.close()


async def soon(feed: AsyncGenerator[Value, None]) -> Value:
    """The next message of a feed."""
    async with asyncio.timeout(PATIENCE):
        return await anext(feed)


async def refused(feed: AsyncGenerator[Any, None]) -> bool:
    """Whether a feed says that there is no such thing."""
    try:
        await soon(feed)
    except NotFound:
        return True
    return False
