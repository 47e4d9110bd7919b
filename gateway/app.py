"""The one place where parts are put together. Nothing in the gateway is global: a test builds its own in three lines."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any, Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp

from gateway.accounts import breakers
from gateway.clock import SystemClock, Time
from gateway.examination import unmet
from gateway.fixed_limits import FIXED
from gateway.foundation import Foundation, client, founded
from gateway.health import Probes
from gateway.http.answer_figures import AnswerFigures
from gateway.http.answers import Answers
from gateway.http.graphiql import Browsers, graphiql
from gateway.http.graphql import STREAM_HEADER, GraphQLEndpoint
from gateway.http.manifest import documents_of, read_manifests
from gateway.http.metrics import LimitFigures, RunFigures
from gateway.http.operations import Operations
from gateway.http.pages import Pages
from gateway.http.recent import Recent
from gateway.http.registered import RegisteredDocuments
from gateway.http.repeats import Repeats
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.live.hub import Hub
from gateway.live.metrics import LiveFigures
from gateway.live.places import Places
from gateway.live.running import RunningOperations
from gateway.live.streams import Streams
from gateway.live.websocket import WebSockets
from gateway.observe import Metrics
from gateway.read.alarms import Alarms
from gateway.read.catalog import Catalog
from gateway.read.follower import Follower
from gateway.read.noted import noted
from gateway.read.reads import LedgerReads
from gateway.read.sight import Sight
from gateway.registry import Registry
from gateway.reload import Reload
from gateway.settings import Settings
from gateway.store.bulk import in_pieces
from gateway.store.connection import connect, listener
from gateway.store.continuity import Continuity
from gateway.store.documents import SharedDocuments
from gateway.store.rates import RateShelf
from gateway.store.shelf import Shelf
from gateway.upkeep.audit import Audit
from gateway.upkeep.holdings import Holdings
from gateway.upkeep.invariants import SHARE, Invariants
from gateway.upkeep.jobs import catching, jobs, tracked
from gateway.upkeep.rates import ReferenceRates
from gateway.upkeep.retention import Retention
from gateway.upkeep.suitability import Suitability
from gateway.upkeep.upkeep import Upkeep
from gateway.upkeep.watch import Watch
from schema.api.build import build
from schema.api.ports import Context
from schema.model.errors import SettingsInvalid

_PAGES: Final = files("gateway.web")
PATIENCE: Final = 0.8
"""The share of an operation's time for which it waits for a campaign that nobody has seen: the rest is for its answer."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway. ``asgi`` is served by whoever opened it; ``drain`` lets viewers go before it ends."""

    asgi: Repeats
    base: Foundation
    follower: Follower
    probes: Probes
    sockets: WebSockets
    streams: Streams
    reload: Reload
    refused: Counter[str]
    """How often each limit was met."""

    def drain(self) -> None:
        """From now on it is not ready, and viewers are sent to the next one."""
        self.probes.draining = True
        self.streams.drain()
        self.sockets.drain()


@asynccontextmanager
async def running(
    settings: Settings, *, installed: Callable[[], Registry] = Registry, clock: Time | None = None
) -> AsyncIterator[Gateway]:
    """A gateway with everything started; it ends with the context. Raises OperatorError by name when it cannot start.

    ``installed`` is asked which connectors there are, now and with each other reading of the configuration.
    """
    clock = clock or SystemClock()
    registry = installed()
    if problems := [*registry.read(settings.accounts)[1], *unmet(settings, registry)]:
        raise SettingsInvalid(problems)
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(founded(settings, registry=registry, clock=clock, connecting=in_pieces))
        if settings.ledger_url is None and settings.cache_url is None:
            await base.cache.free()  # a private server has one gateway: whoever still holds a lease there was killed
        current, metrics, redis, url = base.current, base.metrics, base.redis, base.url
        catalog = Catalog()
        stack.callback(catalog.close)
        # readers have connections of their own: a crowd of them must not keep a donation waiting
        shelf = Shelf(await client(stack, connect(url)))
        follower = Follower(shelf, base.book, current, catalog)
        continuity = Continuity(redis, clock)
        watch = Watch(continuity, current, clock.sleep, [redis, shelf.redis])
        follower.reconnected = watch.look
        reads = LedgerReads(follower, clock, settings.reporting_time_zone)
        answers = Answers(settings.limits, reads, noted, Recent())
        follower.observers.append(answers.on_step)  # the first one: nobody may be told what answers do not know yet
        hub = Hub(follower, reads)
        Alarms(follower, metrics)
        quarantine = Quarantine(redis, base.sealer, clock)
        limits, refused = settings.limits, Counter[str]()
        doors = (current, base.ingest, quarantine, base.book, clock, metrics, base.archive)
        webhooks = Webhooks(*doors, limits=limits, refused=refused)
        upkeep = Upkeep(
            current,
            base.ingest,
            webhooks,
            quarantine,
            base.book,
            base.cache,
            metrics,
            jobs=partial(jobs, base, webhooks),
            catching=partial(catching, base, webhooks, continuity, clock.sleep),
            sleep=watch.sleep,
        )
        rates = ReferenceRates(base.public, settings.ecb_url, RateShelf(redis), base.cache, clock, metrics, sleep=watch.sleep)
        development = settings.profile == "development"
        ours = documents_of((_PAGES / "documents.js").read_text("utf-8"))
        registered = RegisteredDocuments(
            limits,
            ours | read_manifests(settings.trusted_document_files),
            SharedDocuments(base.cache),
            only_trusted=settings.only_trusted_documents,
        )
        operations = Operations(
            build(),
            lambda: Context(reads, hub),
            limits,
            introspection=development,
            registered=registered,
            answers=answers,
            refused=refused,
        )
        sight = reads.sight = Sight(
            follower,
            lambda account: tracked(base, base.accounts[account]),
            refused,
            most=limits.found_campaigns,
            patience_seconds=PATIENCE * limits.operation_seconds,
            watched=lambda: hub.followed,
        )
        shared = RunningOperations(operations)
        places = Places(limits)
        metrics.registry.register(LiveFigures(shared, places))
        metrics.registry.register(RunFigures(operations.runs))
        metrics.registry.register(AnswerFigures(answers))
        metrics.registry.register(LimitFigures(limits, FIXED, refused))
        streams = Streams(limits)
        sockets = WebSockets(shared, places, limits, origins=settings.allowed_origins)
        background = _Background()
        suitability = Suitability(redis, settings.ledger_replicas, metrics)
        probes = Probes(
            lambda: follower.ready.is_set() and background.whole,
            lambda: _answers(redis),
            lambda: suitability.problems,
            lambda: sorted(name for name, breaker in breakers(base.accounts).items() if breaker.is_open),
        )
        http = GraphQLEndpoint(shared, streams, places, limits, free_get=development)
        # pages of other origins may ask as well; nothing here depends on cookies
        endpoint = CORSMiddleware(
            http,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["content-type", "last-event-id", STREAM_HEADER],
        )
        ide = stack.enter_context(graphiql(settings.frame_ancestors)) if development else []
        door = Browsers(endpoint) if development else endpoint
        router = Router(routes=[*_routes(webhooks, door, sockets, probes, metrics), *ide, _page(settings)])
        asgi = Repeats(router, answers, limits)

        def trust(documents: Mapping[str, str], *, only: bool) -> None:
            registered.trust({**ours, **documents}, only=only)
            asgi.forget()

        reload = Reload(base, follower, trust, installed)
        gateway = Gateway(asgi, base, follower, probes, sockets, streams, reload, refused)
        ears = await client(stack, listener(url))
        retention = Retention(redis, lambda: follower.campaigns, clock, settings.reporting_time_zone)
        holdings = Holdings(quarantine, current, clock, metrics)
        invariants = Invariants(Audit(shelf.redis, clock, share=SHARE), follower.known, metrics)
        scheduled = [upkeep.run(), retention.run(base.cache, metrics, clock.sleep), holdings.run(clock.sleep)]
        scheduled += [invariants.run(base.cache, clock.sleep), suitability.run(watch.sleep), sight.run(clock.sleep)]
        scheduled += [rates.run()] if settings.ecb_rates else []
        async with background.running(follower.run(ears), hub.run(), *scheduled):
            await background.until(follower.ready)  # a query before would find no campaign where there are some
            yield gateway


def _routes(webhooks: Webhooks, http: ASGIApp, sockets: WebSockets, probes: Probes, metrics: Metrics) -> list[BaseRoute]:
    async def figures(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/graphql", http),
        WebSocketRoute("/graphql", sockets),
        Route("/webhooks/{connector}", webhooks, methods=["POST", "GET"]),
        Route("/webhooks/{connector}/{account}", webhooks, methods=["POST", "GET"]),
        Route("/livez", probes.livez),
        Route("/readyz", probes.readyz),
        Route("/metrics", figures),
    ]


def _page(settings: Settings) -> Mount:
    return Mount("/", Pages(_PAGES, frame_ancestors=settings.frame_ancestors))


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
    return None if task.cancelled() else task.exception()
