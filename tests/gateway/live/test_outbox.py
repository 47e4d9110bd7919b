"""One reader's outbox: bounded, in order, and patient for so long."""

import asyncio

import pytest

from gateway.http.limits import Limits
from gateway.live.outbox import Outbox, SlowReader


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


async def test_frames_are_handed_on_in_order() -> None:
    outbox, reader = Outbox(Limits()), Reader()
    pump = asyncio.create_task(outbox.pump(reader.write))
    for number in range(5):
        outbox.offer(b"%d" % number)
    await settle()
    outbox.offer(b"5")
    await settle()
    assert reader.taken == [b"0", b"1", b"2", b"3", b"4", b"5"]
    pump.cancel()


async def test_so_many_frames_wait_and_no_more() -> None:
    outbox = Outbox(Limits())
    for _ in range(64):
        outbox.offer(b"x")
    with pytest.raises(SlowReader):
        outbox.offer(b"x")


async def test_so_many_bytes_wait_and_no_more() -> None:
    outbox = Outbox(Limits())
    outbox.offer(b"x" * (1024 * 1024 - 1))
    outbox.offer(b"x")
    with pytest.raises(SlowReader):
        outbox.offer(b"x")


async def test_a_frame_of_any_size_is_let_in_where_nothing_waits() -> None:
    outbox = Outbox(Limits(outbox_bytes=10))
    outbox.offer(b"x" * 100)
    with pytest.raises(SlowReader):
        outbox.offer(b"")


async def test_a_reader_that_takes_nothing_for_too_long_is_slow() -> None:
    outbox, reader = Outbox(Limits(slow_reader_seconds=0.02)), Reader()
    reader.open.clear()
    outbox.offer(b"x")
    with pytest.raises(SlowReader):
        await outbox.pump(reader.write)


async def test_a_reader_of_whom_nothing_waits_is_never_slow() -> None:
    outbox, reader = Outbox(Limits(slow_reader_seconds=0.02)), Reader()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(outbox.pump(reader.write), 0.1)


async def test_who_answers_waits_until_it_is_half_empty() -> None:
    outbox, reader = Outbox(Limits(outbox_frames=4)), Reader()
    reader.open.clear()
    pump = asyncio.create_task(outbox.pump(reader.write))
    outbox.offer(b"1")
    outbox.offer(b"2")
    await asyncio.wait_for(outbox.room(), 1)
    outbox.offer(b"3")
    waiting = asyncio.create_task(outbox.room())
    await settle()
    assert not waiting.done()
    reader.open.set()
    await asyncio.wait_for(waiting, 1)
    pump.cancel()
