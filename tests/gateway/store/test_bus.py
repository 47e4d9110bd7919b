"""The one channel: what its messages say, and what a listener is told when some may have been missed."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.bus import PING_SECONDS, Change, HealthChanged, TotalMoved, WordsChanged, listen, parse
from gateway.store.connection import listener
from gateway.store.words import written
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.total import AmountSource, Basis, Place
from tests.gateway.acme import LUNCH, NOW, REEF, back, given, state, who
from tests.gateway.world import PATIENCE, World


class Ear:
    """What was heard, in order: changes, and "lost" and "silent" as such."""

    def __init__(self) -> None:
        self.heard: list[Change | str] = []
        self.rang = asyncio.Event()
        self.failures = 0
        self.hold = asyncio.Event()
        self.hold.set()

    def hear(self, change: Change) -> None:
        """A change."""
        self._note(change)

    def silent(self) -> None:
        """The connection broke."""
        self._note("silent")

    async def lost(self) -> None:
        """Everything must be read again."""
        self._note("lost")
        await self.hold.wait()
        if self.failures:
            self.failures -= 1
            raise LedgerUnavailable("not yet")

    async def until(self, number: int) -> None:
        """Waits until so much was heard."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < number:
                self.rang.clear()
                await self.rang.wait()

    def _note(self, what: Change | str) -> None:
        self.heard.append(what)
        self.rang.set()


@asynccontextmanager
async def listening(ear: Ear, url: str, ping_seconds: float = PING_SECONDS) -> AsyncIterator[None]:
    """Somebody listens."""
    client = listener(url)
    task = asyncio.create_task(listen(client, ear.hear, ear.lost, ear.silent, ping_seconds=ping_seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.aclose()


@asynccontextmanager
async def serving(take: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """The address of a server that does this with its connections."""
    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


async def black_hole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and says nothing."""
    while await reader.read(4_096):
        pass
    writer.close()


async def test_what_the_scripts_publish_is_what_is_heard(redis: Redis, redis_url: str) -> None:
    world, ear = World(redis), Ear()
    async with listening(ear, redis_url):
        await ear.until(1)
        await world.open()
        await world.put(given(1, 400, name="coral\nfan"))
        await world.put(back(1, 150))
        await world.put(given(2, 100, at=NOW - timedelta(days=2)))
        await world.open(REEF, Basis.REPORTED, "EUR")
        await world.ledger.describe(REEF, 1, written(state(5_000), "lunch"))
        await world.ledger.total(REEF, state(5_000))
        await world.put(given(3, 700, "reef", code="EUR"), REEF)
        await world.book.polled("lunch")
        await ear.until(8)
    lost, *changes = ear.heard
    assert lost == "lost"
    moves = [change for change in changes if isinstance(change, TotalMoved)]
    bit = AmountSource.PLATFORM_EVENT.bit
    assert [(m.campaign, m.raised, m.refunded, m.count, m.sources, m.kind, m.entity) for m in moves] == [
        (LUNCH, 400, 0, 1, bit, "received", who(1)),
        (LUNCH, 250, 150, 1, bit, "changed", who(1)),
        (LUNCH, 350, 150, 2, bit, "late", who(2)),
        (REEF, 5_000, None, None, AmountSource.PLATFORM_API.bit, "", b""),
        (REEF, 5_000, None, None, AmountSource.PLATFORM_API.bit, "received", who(3)),
    ]
    assert {m.at for m in moves} == {NOW}
    assert moves[0].place < moves[1].place < moves[2].place
    assert [change for change in changes if not isinstance(change, TotalMoved)] == [WordsChanged(REEF), HealthChanged("lunch")]


async def test_a_listener_is_told_before_the_first_message_and_after_every_reconnect(redis: Redis, redis_url: str) -> None:
    ear = Ear()
    async with listening(ear, redis_url):
        await ear.until(1)
        await redis.publish(keys.CHANNEL, "health\na")
        await ear.until(2)
        await redis.client_kill_filter(_type="pubsub")
        await ear.until(4)
        await redis.publish(keys.CHANNEL, "health\nb")
        await ear.until(5)
    assert ear.heard == ["lost", HealthChanged("a"), "silent", "lost", HealthChanged("b")]


async def test_messages_queue_up_while_everything_is_read(redis: Redis, redis_url: str) -> None:
    ear = Ear()
    ear.hold.clear()
    async with listening(ear, redis_url):
        await ear.until(1)
        for name in "abc":
            assert await redis.publish(keys.CHANNEL, f"health\n{name}") == 1  # it has subscribed already
        ear.hold.set()
        await ear.until(4)
    assert ear.heard == ["lost", HealthChanged("a"), HealthChanged("b"), HealthChanged("c")]


async def test_a_reading_that_fails_is_begun_again(redis: Redis, redis_url: str) -> None:
    ear = Ear()
    ear.failures = 1
    async with listening(ear, redis_url):
        await ear.until(3)
    assert ear.heard == ["lost", "silent", "lost"]


async def test_a_server_that_is_not_there_is_asked_again(redis_url: str) -> None:
    ear = Ear()
    async with listening(ear, "redis://127.0.0.1:1"):
        await ear.until(2)
    assert ear.heard == ["silent", "silent"]


async def test_a_server_that_takes_a_connection_and_never_answers_is_asked_again() -> None:
    ear = Ear()
    async with serving(black_hole) as url, listening(ear, url, ping_seconds=0.1):
        await ear.until(2)
    assert ear.heard[:2] == ["silent", "silent"]


async def test_a_server_that_comes_back_and_never_answers_is_asked_again(redis_url: str) -> None:
    """The client connects anew by itself when the line breaks, while a message is waited for."""
    lines: list[asyncio.StreamWriter] = []

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(4_096):
                writer.write(data)
        writer.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)
        if len(lines) > 1:
            await black_hole(reader, writer)
            return
        there, back = await asyncio.open_unix_connection(redis_url.removeprefix("unix://"))
        await asyncio.gather(pipe(reader, back), pipe(there, writer))

    ear = Ear()
    async with serving(take) as url, listening(ear, url, ping_seconds=0.2):
        await ear.until(1)
        lines[0].close()
        await ear.until(3)
    assert ear.heard[:3] == ["lost", "silent", "silent"]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"total",
        b"total\n" + b"\n" * 8,
        b"total\nacme:reef\n1-0\n1\n2\n3\n4\n5",
        b"total\nacme:reef\n1-0\nx\n\n\n1\n0\n\n\n",
        b"total\nACME:reef\n1-0\n1\n\n\n1\n0\n\n\n",
        b"total\n\xff\n1-0\n1\n\n\n1\n0\n\n\n",
        b"total\nacme:reef\n1-0\n1\n\n\n1e99\n0\n\n\n",
        b"total\nacme:reef\n1-0\n1\n\n\n999999999999999999\n0\n\n\n",
        b"words\n",
        b"words\nreef",
        b"health\n\xff",
        b"season\nx",
    ],
)
def test_a_message_of_another_version_says_nothing(message: bytes) -> None:
    assert parse(message) is None


def test_an_entity_may_hold_any_byte() -> None:
    entity = b"\n" * 8 + bytes(range(8))
    message = b"total\nacme:a:b\n5-1\n1\n\n\n1788000000\n1\n\nreceived\n" + entity + b'{"k":"ONE_TIME"}'
    change = parse(message)
    assert isinstance(change, TotalMoved)
    assert (change.entity, change.campaign, change.place) == (entity, CampaignId("acme", "a:b"), Place(5, 1))


async def test_a_message_that_cannot_be_read_does_not_end_the_listening(redis: Redis, redis_url: str) -> None:
    ear = Ear()
    async with listening(ear, redis_url):
        await ear.until(1)
        for message in (b"total\nnonsense", b"\xff\xff", b"health\nlunch"):
            await redis.publish(keys.CHANNEL, message)
        await ear.until(2)
    assert ear.heard == ["lost", HealthChanged("lunch")]


async def test_a_line_that_was_cut_without_a_word_is_noticed(client: Redis, redis_url: str) -> None:
    dead = asyncio.Event()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4_096):
            if not dead.is_set():  # else a black hole: it takes everything and gives nothing
                writer.write(data)

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(redis_url.removeprefix("unix://"))
        both = [asyncio.create_task(pipe(reader, back)), asyncio.create_task(pipe(there, writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task, end in zip(both, (back, writer), strict=True):
            task.cancel()
            end.close()

    folder = tempfile.mkdtemp(prefix="bus")  # a socket's path may have 107 bytes
    link = await asyncio.start_unix_server(forward, f"{folder}/link")
    ear, through = Ear(), listener(f"unix://{folder}/link")
    listening = asyncio.create_task(listen(through, ear.hear, ear.lost, ear.silent, ping_seconds=0.2))
    try:
        await ear.until(1)
        await asyncio.sleep(0.5)  # quiet, and asked whether it is there more than once
        assert ear.heard == ["lost"]
        await client.publish(keys.CHANNEL, "health\nlunch")
        await ear.until(2)
        dead.set()
        await ear.until(3)
        assert ear.heard == ["lost", HealthChanged("lunch"), "silent"]
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await through.aclose()
        link.close()
        await link.wait_closed()
        await asyncio.sleep(0)
        shutil.rmtree(folder)
