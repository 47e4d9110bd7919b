"""The one place where parts are put together. Nothing in the gateway is global: a test builds its own in three lines."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from connectors.ports import Clock, Ports
from gateway import VERSION
from gateway.accounts import Account
from gateway.clock import SystemClock
from gateway.health import Probes
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.pages import Pages
from gateway.intake.ingest import Ingest
from gateway.intake.placement import Placements, Rules
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.live.hub import Hub
from gateway.live.sse import EventStreams
from gateway.live.websocket import WebSockets
from gateway.observe import Metrics
from gateway.outbound.budgets import Budgets
from gateway.outbound.http import OutboundHttp
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.session import open_session
from gateway.outbound.sockets import OutboundSockets
from gateway.outbound.tokens import OutboundTokens
from gateway.read.catalog import Catalog
from gateway.read.directory import AccountEntry, Directory
from gateway.read.follower import Follower
from gateway.read.reads import LedgerReads
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.connection import connect, examine, listener
from gateway.store.embedded import embedded
from gateway.store.health import HealthBook
from gateway.store.key_file import data_key
from gateway.store.ledger import Ledger
from gateway.store.seal import Sealer
from gateway.store.shelf import Shelf
from gateway.upkeep.upkeep import Upkeep
from schema.api.build import build
from schema.api.ports import Context
from schema.model.errors import SettingsInvalid

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway. ``asgi`` is served by whoever opened it; ``drain`` lets viewers go before it ends."""

    asgi: Starlette
    accounts: dict[str, Account]
    metrics: Metrics
    follower: Follower
    probes: Probes
    sockets: WebSockets
    streams: EventStreams

    def drain(self) -> None:
        """From now on it is not ready, and viewers are sent to the next one."""
        self.probes.draining = True
        self.streams.drain()
        self.sockets.drain()


def examine_settings(settings: Settings, registry: Registry | None = None) -> dict[str, Account]:
    """Builds every connector and starts nothing. Raises SettingsInvalid with all problems at once."""
    nothing = cast("Any", None)  # a connector that is built keeps its ports, and asks nothing yet
    nowhere = Ports(nothing, nothing, nothing, nothing)
    found, problems = (registry or Registry()).read(settings.accounts)
    try:
        accounts = _built(found, lambda _: nowhere)
    except SettingsInvalid as error:
        problems.extend(error.problems)
    if problems:
        raise SettingsInvalid(problems)
    return accounts


@asynccontextmanager
async def running(
    settings: Settings, *, registry: Registry | None = None, clock: Clock | None = None
) -> AsyncIterator[Gateway]:
    """A gateway with everything started; it ends with the context. Raises OperatorError by name when it cannot start."""
    clock = clock or SystemClock()
    prepared = (registry or Registry()).prepare(settings.accounts)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        sealer = Sealer(data_key(settings))
        url = settings.ledger_url
        if url is None:
            url = await stack.enter_async_context(embedded(settings.data_dir / "redis"))
        redis = await _client(stack, connect(url))
        await examine(redis, "ledger_url" if settings.ledger_url else "the private server")
        cache = Cache(redis if settings.cache_url is None else await _client(stack, connect(settings.cache_url)))
        session = await stack.enter_async_context(open_session(VERSION))
        calls = CallMetrics(metrics.registry)

        folder = settings.data_dir / "downloads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

        def ports(entry: Prepared) -> Ports:
            budgets = Budgets(entry.spec.pace.budgets)
            http = OutboundHttp(entry.spec.key, session, clock=clock, budgets=budgets, metrics=calls, folder=folder)
            # with the ledger, as a cache may lose a refresh token that cannot be had again
            tokens = OutboundTokens(entry.name, Cache(redis).tokens(entry.name, sealer), clock)
            stack.push_async_callback(tokens.close)
            return Ports(http, OutboundSockets(session), tokens, clock)

        accounts = _built(prepared, ports)
        ledger = Ledger(redis, clock, settings.reporting_time_zone)
        if (zone := await ledger.settle_zone()) != settings.reporting_time_zone:
            raise SettingsInvalid([f"reporting_time_zone: the ledger's days are cut in {zone}, for good"])
        directory = Directory(
            settings,
            {name: AccountEntry.of(name, account.spec, account.connector) for name, account in accounts.items()},
            clock.now(),
        )
        book = HealthBook(redis, clock)
        catalog = Catalog(settings.reporting_currency, settings.rates)
        stack.callback(catalog.close)
        # readers have connections of their own: a crowd of them must not keep a donation waiting
        follower = Follower(Shelf(await _client(stack, connect(url))), book, directory, catalog)
        reads = LedgerReads(follower, clock, settings.reporting_time_zone)
        hub = Hub(follower, reads)
        rules = Rules(settings, {name: account.platform for name, account in accounts.items()})
        ingest = Ingest(ledger, Placements(redis), rules, directory, book, metrics)
        quarantine = Quarantine(redis, sealer, clock)
        webhooks = Webhooks(accounts, ingest, quarantine, book, clock, metrics)
        upkeep = Upkeep(accounts, ingest, webhooks, quarantine, book, cache, metrics, settings.public_url)
        limits = Limits()
        development = settings.profile == "development"
        operations = Operations(build(), lambda: Context(reads, hub), limits, introspection=development)
        streams = EventStreams(limits)
        sockets = WebSockets(operations, limits, origins=settings.allowed_origins)
        background = _Background()
        probes = Probes(lambda: follower.ready.is_set() and background.whole, lambda: _answers(redis))
        http = GraphQLEndpoint(operations, streams, limits, free_get=development)
        # pages of other origins may ask as well; nothing here depends on cookies
        shared = CORSMiddleware(
            http,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["content-type", "last-event-id"],
        )
        asgi = Starlette(routes=[*_routes(webhooks, shared, sockets, probes, metrics), _page(settings)])
        gateway = Gateway(asgi, accounts, metrics, follower, probes, sockets, streams)
        ears = await _client(stack, listener(url))
        async with background.running(follower.run(ears), hub.run(), upkeep.run()):
            await background.until(follower.ready)  # a query before would find no campaign where there are some
            yield gateway


def _built(prepared: Mapping[str, Prepared], ports: Callable[[Prepared], Ports]) -> dict[str, Account]:
    accounts: dict[str, Account] = {}
    problems: list[str] = []
    for name, entry in prepared.items():
        try:
            accounts[name] = Account(name, entry.spec, entry.build(ports(entry)))
        except SettingsInvalid as error:
            problems.extend(error.problems)
    if problems:
        raise SettingsInvalid(problems)
    return accounts


def _routes(webhooks: Webhooks, http: CORSMiddleware, sockets: WebSockets, probes: Probes, metrics: Metrics) -> list[BaseRoute]:
    async def figures(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/webhooks/{connector}", webhooks, methods=["POST", "GET"]),
        Route("/webhooks/{connector}/{account}", webhooks, methods=["POST", "GET"]),
        Route("/graphql", http),
        WebSocketRoute("/graphql", sockets),
        Route("/livez", probes.livez),
        Route("/readyz", probes.readyz),
        Route("/metrics", figures),
    ]


def _page(settings: Settings) -> Mount:
    return Mount("/", Pages(files("gateway.web"), frame_ancestors=settings.frame_ancestors))


async def _client(stack: AsyncExitStack, client: Redis) -> Redis:
    stack.push_async_callback(client.aclose)
    return client


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError, TimeoutError):
        return False


class _Background:
    """What runs beside serving. A part that ends by a fault is said so loudly, and the process is ready no more."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def whole(self) -> bool:
        return not any(_fault(task) for task in self._tasks if task.done())

    @asynccontextmanager
    async def running(self, *work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        self._tasks = [asyncio.create_task(each) for each in work]
        for task in self._tasks:
            task.add_done_callback(_tell)
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(self, event: asyncio.Event) -> None:
        """Waits for it, or raises what ended a part before it came."""
        waiting = asyncio.create_task(event.wait())
        done, _ = await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done - {waiting}:
            task.result()


def _tell(task: asyncio.Task[None]) -> None:
    if (error := _fault(task)) is not None:
        log.critical("background.fault", exc_info=error)


def _fault(task: asyncio.Task[None]) -> BaseException | None:
    # without an account there is no scheduled work, so that its task has simply ended
    return None if task.cancelled() else task.exception()
