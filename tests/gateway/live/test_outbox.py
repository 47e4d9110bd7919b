"""One reader's outbox: bounded, in order, and patient for so long."""

import asyncio

import pytest

from gateway.http.limits import Limits
from gateway.live.outbox import Outbox, SlowReader, Source


class Reader:
    """Takes frames as long as it is let."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()

    async def write(self, frame: bytes) -> None:
        """Takes one frame."""
        await self.open.wait()
        self.taken.append(frame)


async def settle() -> None:
    """Lets every task that can run do so."""
    for _ in range(10):
        await asyncio.sleep(0)


class Pumped:
    """An outbox with whoever pumps it, as a connection has them."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.reader = Reader()
        self.outbox = Outbox(limits or Limits(), self._blocked, self._push)
        self.pumps: list[asyncio.Task[None]] = []

    def _blocked(self) -> None:
        self.pumps.append(asyncio.create_task(self.outbox.pump(self.reader.write)))

    def _push(self, frame: bytes) -> bool:
        if not self.reader.open.is_set():
            return False
        self.reader.taken.append(frame)
        return True


def unpumped(limits: Limits | None = None) -> Outbox:
    """One whose reader takes nothing."""
    return Outbox(limits or Limits(), lambda: None)


async def test_what_can_be_sent_is_sent_at_once_and_no_task_stands_by() -> None:
    pumped = Pumped()
    for number in range(5):
        pumped.outbox.offer(b"%d" % number)
    assert (pumped.reader.taken, pumped.pumps) == ([b"0", b"1", b"2", b"3", b"4"], [])


async def test_what_waits_is_handed_on_in_order_and_new_frames_do_not_pass_it() -> None:
    pumped = Pumped()
    pumped.reader.open.clear()
    for number in range(5):
        pumped.outbox.offer(b"%d" % number)
    pumped.reader.open.set()
    pumped.outbox.offer(b"5")
    await settle()
    pumped.outbox.offer(b"6")
    assert pumped.reader.taken == [b"0", b"1", b"2", b"3", b"4", b"5", b"6"]
    assert [pump.done() for pump in pumped.pumps] == [True]


async def test_sources_that_have_much_take_turns() -> None:
    pumped = Pumped()
    pumped.reader.open.clear()
    frames = {name: [b"%s%d" % (name, number) for number in range(3)] for name in (b"a", b"b")}

    def source(name: bytes) -> Source:
        return lambda: frames[name].pop(0) if frames[name] else None

    pumped.outbox.offer(b"0")
    for name in frames:
        pumped.outbox.call(source(name))
    pumped.reader.open.set()
    await settle()
    await settle()
    assert pumped.reader.taken == [b"0", b"a0", b"b0", b"a1", b"b1", b"a2", b"b2"]


async def test_a_source_is_asked_only_when_its_frame_can_be_sent() -> None:
    pumped = Pumped()
    pumped.reader.open.clear()
    newest = [b"old"]
    pumped.outbox.offer(b"0")
    pumped.outbox.call(lambda: newest.pop() if newest else None)
    newest[:] = [b"new"]
    pumped.reader.open.set()
    await settle()
    assert pumped.reader.taken == [b"0", b"new"]


async def test_so_many_frames_wait_and_no_more() -> None:
    outbox = unpumped()
    for _ in range(64):
        outbox.offer(b"x")
    with pytest.raises(SlowReader):
        outbox.offer(b"x")


async def test_so_many_bytes_wait_and_no_more() -> None:
    outbox = unpumped()
    outbox.offer(b"x" * (1024 * 1024 - 1))
    outbox.offer(b"x")
    with pytest.raises(SlowReader):
        outbox.offer(b"x")


async def test_a_frame_of_any_size_is_let_in_where_nothing_waits() -> None:
    outbox = unpumped(Limits(outbox_bytes=10))
    outbox.offer(b"x" * 100)
    with pytest.raises(SlowReader):
        outbox.offer(b"")


async def test_a_reader_that_takes_nothing_for_too_long_is_slow() -> None:
    pumped = Pumped(Limits(slow_reader_seconds=0.02))
    pumped.reader.open.clear()
    pumped.outbox.offer(b"x")
    with pytest.raises(SlowReader):
        await pumped.pumps[0]


async def test_who_answers_waits_until_it_is_half_empty() -> None:
    pumped = Pumped(Limits(outbox_frames=4))
    pumped.reader.open.clear()
    pumped.outbox.offer(b"1")
    pumped.outbox.offer(b"2")
    await asyncio.wait_for(pumped.outbox.room(), 1)
    pumped.outbox.offer(b"3")
    waiting = asyncio.create_task(pumped.outbox.room())
    await settle()
    assert not waiting.done()
    pumped.reader.open.set()
    await asyncio.wait_for(waiting, 1)
