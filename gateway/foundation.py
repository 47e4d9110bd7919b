"""What every process stands on, whether it serves or does one job: the store, the accounts, and the one way in for facts."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from redis.asyncio import Redis

from connectors.ports import Clock
from gateway.accounts import Account, Outfit, breakers
from gateway.clock import SystemClock
from gateway.configured import Configured, Current
from gateway.intake.archive import Archive
from gateway.intake.ingest import Ingest
from gateway.intake.placement import Placements
from gateway.observe import Metrics
from gateway.outbound.http import OutboundHttp
from gateway.outbound.metrics import BreakerStates, CallMetrics
from gateway.outside import opened
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.connection import connect
from gateway.store.embedded import embedded
from gateway.store.health import HealthBook
from gateway.store.key_file import data_key, peppers
from gateway.store.ledger import Ledger
from gateway.store.seal import Sealer
from gateway.store.server import examine
from schema.model.errors import SettingsInvalid


@dataclass(frozen=True, slots=True)
class Foundation:
    """The parts by name. ``url`` is the ledger's, for further connections."""

    url: str
    redis: Redis
    cache: Cache
    sealer: Sealer
    clock: Clock
    metrics: Metrics
    current: Current
    """What the configuration says now."""
    outfit: Callable[[Prepared], Outfit]
    """Makes the world as one account may use it."""
    ledger: Ledger
    book: HealthBook
    archive: Archive
    ingest: Ingest
    public: OutboundHttp
    """Asks the publisher of exchange rates, on no account's budget."""

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Those that are configured now."""
        return self.current.now.accounts


class Connects(Protocol):
    """Makes a client of the ledger."""

    def __call__(self, url: str, *, replicas: int) -> Redis:
        """Which answers a write when so many replicas have it."""
        ...


@asynccontextmanager
async def founded(
    settings: Settings,
    *,
    registry: Registry | None = None,
    clock: Clock | None = None,
    server: Callable[[Path], AbstractAsyncContextManager[str]] = embedded,
    connecting: Connects = connect,
) -> AsyncIterator[Foundation]:
    """The foundation of one process; it ends with the context. Raises OperatorError by name when it cannot stand.

    ``server`` gives the private server where no ledger is named, ``connecting`` its client.
    """
    clock = clock or SystemClock()
    prepared = (registry or Registry()).prepare(settings.accounts)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        sealer, hashing = Sealer(data_key(settings)), peppers(settings)
        url = settings.ledger_url
        if url is None:
            url = await stack.enter_async_context(server(settings.data_dir / "redis"))
        replicas = settings.ledger_replicas
        redis = await client(stack, connecting(url, replicas=replicas))
        await examine(redis, "ledger_url" if settings.ledger_url else "the private server", replicas)
        cache = Cache(redis if settings.cache_url is None else await client(stack, connect(settings.cache_url)))
        ledger = Ledger(redis, clock, settings.reporting_time_zone)
        if (zone := await ledger.settle_zone()) != settings.reporting_time_zone:
            raise SettingsInvalid([f"reporting_time_zone: the ledger's days are cut in {zone}, for good"])
        calls = CallMetrics(metrics.registry)
        outside = await stack.enter_async_context(opened(settings.data_dir / "downloads", Cache(redis), sealer, clock, calls))
        current = Current(Configured.of(settings, built(prepared, outside.outfit), clock.now(), peppers=hashing))
        metrics.registry.register(BreakerStates(lambda: breakers(current.now.accounts)))
        book = HealthBook(redis, clock)
        archive = Archive(settings.data_dir / "archive", sealer, metrics)
        stack.callback(archive.close)
        ingest = Ingest(ledger, Placements(redis), current, book, metrics)
        public = outside.http("ecb", settings.ecb_url, per_minute=10)
        stores = (url, redis, cache, sealer, clock, metrics)
        yield Foundation(*stores, current, outside.outfit, ledger, book, archive, ingest, public)


async def client(stack: AsyncExitStack, made: Redis) -> Redis:
    """The same, closed with the stack."""
    stack.push_async_callback(made.aclose)
    return made


def built(
    prepared: Mapping[str, Prepared],
    outfit: Callable[[Prepared], Outfit],
    former: Mapping[str, Account] = MappingProxyType({}),
) -> dict[str, Account]:
    """Every account with its connector; one of ``former`` for which nothing has changed is that one.

    Raises SettingsInvalid with the problems of all of them.
    """
    accounts: dict[str, Account] = {}
    problems: list[str] = []
    for name, entry in prepared.items():
        known = former.get(name)
        if known is not None and known.was_built_from(entry.spec, entry.settings):
            accounts[name] = known
            continue
        given = outfit(entry)
        try:
            accounts[name] = Account(name, entry.spec, entry.build(given.ports), entry.settings, given.breaker)
        except SettingsInvalid as error:
            problems.extend(error.problems)
    if problems:
        raise SettingsInvalid(problems)
    return accounts
