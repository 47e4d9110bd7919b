"""The bench: one connector, its emulator, and a small gateway between them that keeps what was delivered."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, cast

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract import (
    Connector,
    Delivery,
    KeepsFeed,
    ReadsDonations,
    Receipt,
    ReceivesDeliveries,
    RefreshesKeys,
    Reply,
)
from connectors.http import Headers
from connectors.ports import Clock, Ports, Sockets, Tokens
from connectors.spec import SettingValue
from connectors.testing.conformance.account import settings_of
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.ledger import Opens
from connectors.testing.conformance.watching import Watched, WatchedHttp
from connectors.testing.emulation import Emulator, serve
from connectors.testing.fakes import FakeTokens
from connectors.testing.ports import PlainHttp, PlainSockets
from schema.model.errors import DeliveryRejected, KeyUnknown, TryLater, Unreadable
from schema.model.facts import DonationState, Fact, RefundState

SETTLED: Final = 20.0
"""Seconds within which an emulator's deliveries must have been accepted, where nothing says earlier that they will not be."""

LOOKED: Final = 0.01
"""Seconds after which it is looked again whether anything is to be made again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One delivery and what the connector made of it."""

    delivery: Delivery
    receipt: Receipt | None
    error: Exception | None = None


@dataclass
class Bench:
    """What a check looks at. ``heard`` is every delivery so far, ``touched`` every use of a port, ``files`` every file that
    was handed over, ``named`` every lookup text that a list, a bill or a file gave. ``ledger`` is a real one, where there is.
    """

    case: AnyCase
    emulator: Emulator
    settings: dict[str, SettingValue]
    http: PlainHttp
    sockets: PlainSockets
    ledger: Opens | None = None
    callback: str = ""
    heard: list[Heard] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    connector: Connector = None
    _crashed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.port = WatchedHttp(self.http, self.touched)
        self.tokens = FakeTokens(self.emulator.clock)
        self.connector = self.build(self.settings)

    def build(self, settings: dict[str, SettingValue]) -> Connector:
        """A connector with these settings and the ports of the bench."""
        sockets, tokens, clock = (
            Watched(name, port, self.touched)
            for name, port in (("sockets", self.sockets), ("tokens", self.tokens), ("clock", self.emulator.clock))
        )
        return self.case.spec.build(
            settings, Ports(self.port, cast("Sockets", sockets), cast("Tokens", tokens), cast("Clock", clock))
        )

    def receive(self, delivery: Delivery) -> Receipt:
        """What the connector makes of a delivery."""
        expect(isinstance(self.connector, ReceivesDeliveries), "deliveries come to a connector that receives none")
        return cast("ReceivesDeliveries", self.connector).receive(delivery)

    async def take(self, delivery: Delivery) -> Reply:
        """Answers a delivery as the gateway does, and keeps it."""
        try:
            receipt = await self._with_fresh_keys(delivery)
        except Exception as error:  # whatever a connector raises is what the checks are to see
            self.heard.append(Heard(delivery, None, error))
            if isinstance(error, Unreadable):
                return self.case.spec.accepted
            if not isinstance(error, DeliveryRejected | TryLater):
                self._crashed.set()
            return Reply(401 if isinstance(error, DeliveryRejected) else 500)
        self.heard.append(Heard(delivery, receipt))
        return receipt.reply

    async def _with_fresh_keys(self, delivery: Delivery) -> Receipt:
        try:
            return self.receive(delivery)
        except KeyUnknown:
            if not isinstance(self.connector, RefreshesKeys):
                raise
            await self.connector.refresh_keys()
            return self.receive(delivery)

    async def give(self, *amounts: int) -> None:
        """Makes donations one after the other, each delivered before the next."""
        for minor in amounts:
            await self.case.give(self.emulator, minor)
            await self.settle()

    async def settle(self) -> None:
        """Waits until every delivery has been accepted, or given up; what is to be made again comes at once, as the clock is
        turned to it. Raises Broken as soon as it is clear that one will not be accepted: the connector crashed, or it was not
        accepted when it came again either.
        """
        settling = asyncio.create_task(self.case.settle(self.emulator))
        hopeless = (asyncio.create_task(self._crashed.wait()), asyncio.create_task(self._come_again()))
        try:
            done, _ = await asyncio.wait((settling, *hopeless), timeout=SETTLED, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (settling, *hopeless):
                task.cancel()
            await asyncio.gather(settling, *hopeless, return_exceptions=True)
        errors = [heard.error for heard in self.heard if heard.error is not None]
        problem = f"{type(errors[-1]).__name__}: {errors[-1]!s:.200}" if errors else "no error"
        if self._crashed.is_set():
            raise Broken(f"a delivery crashed: {problem}")
        if settling not in done:
            answers = [attempt.status for attempt in self.emulator.sender.attempts[-2:]]
            raise Broken(f"deliveries were not accepted: the last answers were {answers}, after {problem}")
        settling.result()

    async def _come_again(self) -> None:
        """Turns the clock to each delivery that is to be made again. Ends when one came again, was not accepted, and is not
        given up.
        """
        sender = self.emulator.sender
        before = len(sender.attempts)
        while True:
            pause = await sender.rest()
            if pause is None:
                await asyncio.sleep(LOOKED)
            elif any(attempt.number and not sender.accepts(attempt) for attempt in sender.attempts[before:]):
                return
            else:
                self.emulator.clock.turn(pause)

    @property
    def again(self) -> int:
        """How many deliveries were made again, after their first attempt."""
        return sum(attempt.number > 0 for attempt in self.emulator.sender.attempts)

    @property
    def genuine(self) -> list[tuple[Delivery, Receipt]]:
        """The deliveries that were understood."""
        return [(heard.delivery, heard.receipt) for heard in self.heard if heard.receipt is not None]

    @property
    def telling(self) -> list[tuple[Delivery, Receipt]]:
        """Those of them that tell or name something, so not handshakes."""
        return [(delivery, receipt) for delivery, receipt in self.genuine if receipt.facts or receipt.fetch]

    async def delivered(self) -> list[Fact]:
        """The facts of all deliveries in their order, with what they name read as the gateway reads it."""
        facts: list[Fact] = []
        for _, receipt in self.genuine:
            facts.extend(receipt.facts)
            for lookup in receipt.fetch:
                expect(isinstance(self.connector, ReadsDonations), "a receipt names what to read, and nothing can read it")
                facts.extend(await cast("ReadsDonations", self.connector).donation(lookup))
        return facts

    @property
    def lookups(self) -> list[str]:
        """The lookup texts that the connector has made so far, each once."""
        receipts = [receipt for _, receipt in self.genuine]
        fetched = [lookup for receipt in receipts for lookup in receipt.fetch]
        return list(dict.fromkeys([*fetched, *lookups_of(fact for r in receipts for fact in r.facts), *self.named]))

    @property
    def campaigns(self) -> Sequence[str]:
        """The native ids of the campaigns."""
        return self.case.campaign_ids(self.emulator)

    @property
    def seen(self) -> bytes:
        """All that came from the emulator so far, in any way."""
        heard = [
            repr(sorted(h.delivery.headers.items())).encode() + h.delivery.query.encode() + h.delivery.body for h in self.heard
        ]
        return b"\n".join([*heard, *self.http.seen, *self.sockets.seen, *self.files])


def donations_of(facts: Sequence[object]) -> list[DonationState]:
    """The donations among facts."""
    return [fact for fact in facts if isinstance(fact, DonationState)]


def lookups_of(facts: Iterable[object]) -> list[str]:
    """The lookup texts in facts."""
    return [fact.lookup for fact in facts if isinstance(fact, RefundState)]


@asynccontextmanager
async def running(case: AnyCase, emulator: Emulator | None = None, *, ledger: Opens | None = None) -> AsyncIterator[Bench]:
    """A bench on which the network runs, its keys are fetched and its feed is kept. ``emulator`` None takes the case's."""
    emulator = emulator or case.emulator()
    async with aiohttp.ClientSession() as session, emulator.serve():
        settings = settings_of(case.spec, emulator.account())
        bench = Bench(case, emulator, settings, PlainHttp(session), PlainSockets(session), ledger)

        async def door(request: Request) -> Response:
            delivery = Delivery(
                method=request.method,
                query=request.url.query,
                headers=Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]),
                body=await request.body(),
                received_at=emulator.clock.now(),
            )
            reply = await bench.take(delivery)
            return Response(reply.body, reply.status, {"Content-Type": reply.content_type})

        async with serve(Starlette(routes=[Route("/deliveries", door, methods=["GET", "POST"])])) as address:
            bench.callback = emulator.callback = f"{address}/deliveries"
            if isinstance(bench.connector, RefreshesKeys):
                await bench.connector.refresh_keys()
            if isinstance(bench.connector, KeepsFeed):
                await bench.connector.keep_feed(bench.campaigns, bench.callback)
                await bench.settle()
            yield bench
