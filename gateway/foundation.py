"""What every process stands on, whether it serves or does one job: the store, the accounts, and the one way in for facts."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import aiohttp
from redis.asyncio import Redis

from connectors.ports import Clock, Ports
from gateway import VERSION
from gateway.accounts import Account
from gateway.clock import SystemClock
from gateway.configured import Configured, Current
from gateway.intake.archive import Archive
from gateway.intake.ingest import Ingest
from gateway.intake.placement import Placements
from gateway.observe import Metrics
from gateway.outbound.budgets import Budgets
from gateway.outbound.http import OutboundHttp
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.session import open_session
from gateway.outbound.sockets import OutboundSockets
from gateway.outbound.tokens import OutboundTokens
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.connection import connect, examine
from gateway.store.embedded import embedded
from gateway.store.health import HealthBook
from gateway.store.key_file import data_key
from gateway.store.ledger import Ledger
from gateway.store.seal import Sealer
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
    ports: Callable[[Prepared], Ports]
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


@asynccontextmanager
async def founded(
    settings: Settings,
    *,
    registry: Registry | None = None,
    clock: Clock | None = None,
    server: Callable[[Path], AbstractAsyncContextManager[str]] = embedded,
    connecting: Callable[[str], Redis] = connect,
) -> AsyncIterator[Foundation]:
    """The foundation of one process; it ends with the context. Raises OperatorError by name when it cannot stand.

    ``server`` gives the private server where no ledger is named, ``connecting`` its client.
    """
    clock = clock or SystemClock()
    prepared = (registry or Registry()).prepare(settings.accounts)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        sealer = Sealer(data_key(settings))
        url = settings.ledger_url
        if url is None:
            url = await stack.enter_async_context(server(settings.data_dir / "redis"))
        redis = await client(stack, connecting(url))
        await examine(redis, "ledger_url" if settings.ledger_url else "the private server")
        cache = Cache(redis if settings.cache_url is None else await client(stack, connect(settings.cache_url)))
        ledger = Ledger(redis, clock, settings.reporting_time_zone)
        if (zone := await ledger.settle_zone()) != settings.reporting_time_zone:
            raise SettingsInvalid([f"reporting_time_zone: the ledger's days are cut in {zone}, for good"])
        outside = await _outside(stack, settings, redis, sealer, clock, metrics)
        current = Current(Configured.of(settings, built(prepared, outside.ports), clock.now()))
        book = HealthBook(redis, clock)
        archive = Archive(settings.data_dir / "archive", sealer, metrics)
        stack.callback(archive.close)
        ingest = Ingest(ledger, Placements(redis), current, book, metrics)
        public = outside.http("ecb", Budgets({"default": 10}))
        stores = (url, redis, cache, sealer, clock, metrics)
        yield Foundation(*stores, current, outside.ports, ledger, book, archive, ingest, public)


async def client(stack: AsyncExitStack, made: Redis) -> Redis:
    """The same, closed with the stack."""
    stack.push_async_callback(made.aclose)
    return made


def built(
    prepared: Mapping[str, Prepared],
    ports: Callable[[Prepared], Ports],
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
        try:
            accounts[name] = Account(name, entry.spec, entry.build(ports(entry)), entry.settings)
        except SettingsInvalid as error:
            problems.extend(error.problems)
    if problems:
        raise SettingsInvalid(problems)
    return accounts


@dataclass(frozen=True, slots=True)
class _Outside:
    """Makes the ports of accounts, and asks what is no account's."""

    stack: AsyncExitStack
    session: aiohttp.ClientSession
    calls: CallMetrics
    clock: Clock
    folder: Path
    cache: Cache
    """On the ledger's server, as a cache may lose a refresh token that cannot be had again."""
    sealer: Sealer

    def ports(self, entry: Prepared) -> Ports:
        """The world as one account may use it."""
        daily = {
            name: self.cache.bucket(entry.name, name, int(limit), self.clock)  # a restart must not fill it
            for name, setting in entry.spec.pace.daily.items()
            if isinstance(limit := entry.settings[setting], str) and limit.isdecimal()
        }
        tokens = OutboundTokens(entry.name, self.cache.tokens(entry.name, self.sealer), self.clock)
        self.stack.push_async_callback(tokens.close)
        http = self.http(entry.spec.key, Budgets(entry.spec.pace.budgets, daily=daily, spacing=entry.spec.pace.spacing))
        return Ports(http, OutboundSockets(self.session), tokens, self.clock)

    def http(self, name: str, budgets: Budgets) -> OutboundHttp:
        """Asks under this name in the figures."""
        return OutboundHttp(name, self.session, clock=self.clock, budgets=budgets, metrics=self.calls, folder=self.folder)


async def _outside(
    stack: AsyncExitStack, settings: Settings, redis: Redis, sealer: Sealer, clock: Clock, metrics: Metrics
) -> _Outside:
    session = await stack.enter_async_context(open_session(VERSION))
    folder = settings.data_dir / "downloads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _Outside(stack, session, CallMetrics(metrics.registry), clock, folder, Cache(redis), sealer)
