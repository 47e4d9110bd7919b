"""A process lacks what it needs: row 54."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import aiohttp

from tests.end_to_end.commands import command
from tests.end_to_end.gateway_process import is_running
from tests.end_to_end.waiting import until
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import calm
from tests.faults.rows.held import quarantine
from tests.faults.sim import Sim, simulated

LIVE_WITHIN: Final = 10.0
"""Seconds after which a process that does not say that it lives is ended by whatever runs it."""
STRANGERS_LEAVE: Final = 60.0
"""Seconds within which all who say nothing must be gone: each has ten, and whoever had to wait for a descriptor begins then."""
DESCRIPTORS: Final = 64
"""What the gateway may have open when it may have little."""
STRANGERS: Final = 64
KEPT: Final = "weibo"
"""A network of which deliveries are archived before they are answered."""
FAILED: Final = {"account": KEPT, "outcome": "failed"}
MERCHANTS: Final = ("wechat_pay", "weibo", "alipay")


@contextmanager
def limited(pid: int, what: int, most: int) -> Iterator[None]:
    """A running process has so much of a resource at most, until the context ends or it does."""
    soft, hard = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (most, hard))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, what, (soft, hard))


def _attempts(sim: Sim, *statuses: int) -> int:
    return sum(attempt.status in statuses for network in sim.networks for attempt in network.sender.attempts)


# ------------------------------------------------------------------------------------------------------------------ disk


async def disk_full(stage: Stage) -> Told:
    """The gateway can write no file any further: what must be archived is not taken, which is told."""
    async with simulated(stage, *MERCHANTS, own_redis=True) as sim:
        await calm(sim)
        tries = 0
        for number in range(stage.times(10, 1)):
            stage.say(f"{number}")
            await sim.give(10, KEPT)
            await sim.settle()
            refused, failures = _attempts(sim, 503), await sim.count("giving_archived_total", **FAILED)
            # of its log nothing is written either, and now and then a delivery has room in a file of its own
            with limited(sim.gateway.pid, resource.RLIMIT_FSIZE, stage.rng.choice((256, 3_000))):
                await sim.give(8, KEPT)
                await sim.reach("giving_archived_total", failures + 1, **FAILED)
                await until(lambda seen=refused: _attempts(sim, 503) > seen)  # type: ignore[misc]
            await sim.settle()
            tries += _attempts(sim, 503) - refused
        others = {attempt.status for network in sim.networks for attempt in network.sender.attempts} - {200, 204, 503}
        expect(not others, f"with a full disk deliveries are answered {others}")
        balance, healed = await sim.even()
        await _archive_is_whole(sim)
        says = "; ".join((f"{tries} deliveries answered 503", *balance.says))
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _archive_is_whole(sim: Sim) -> None:
    """All that was acknowledged can be read from it, though files in it are torn."""
    assert sim.server is not None
    await sim.gateway.kill()
    await sim.server.kill()
    sim.server.lose_all()
    await sim.server.start()
    await sim.gateway.start()
    ended = await command("reconcile", KEPT, "--archive", "--config", str(sim.folder / "giving.toml"), "--json")
    expect(ended.code == 0, f"the archive cannot be read: {ended}")
    left = [line for line in (await sim.balance()).says if line.startswith(KEPT)]
    expect(not left, f"from the archive alone: {left}")


async def ledger_disk_full(stage: Stage) -> Told:
    """The ledger's server can write no further, and ends; it is started again once there is room."""
    async with simulated(stage, *MERCHANTS, own_redis=True) as sim:
        await calm(sim)
        assert sim.server is not None
        server, tries = sim.server, 0
        for number in range(stage.times(10, 1)):
            stage.say(f"{number}")
            await sim.give(10)
            await sim.settle()
            written = max(file.stat().st_size for file in server.folder.glob("appendonlydir/*.aof"))
            with limited(server.pid, resource.RLIMIT_FSIZE, written + stage.rng.randrange(3_000)):
                refused = _attempts(sim, 503)
                await sim.give(20)
                await until(lambda: not is_running(server.pid))
                await until(lambda seen=refused: _attempts(sim, 503) > seen)  # type: ignore[misc]
                ready = await sim.ask("GET", "/readyz")
                expect(ready.status == 503, f"without a ledger it says that it is ready: {ready.status}")
            tries += _attempts(sim, 503) - refused
            await server.kill()  # it has ended, and is collected
            await server.start()
        balance, healed = await sim.even()
        says = "; ".join((f"{tries} deliveries answered 503", *balance.says))
        return Told(tries, balance.lost, balance.doubled, healed, says)


# ----------------------------------------------------------------------------------------------------------- descriptors


async def no_descriptors(stage: Stage) -> Told:
    """The gateway may open few files, and strangers come for all of them, without a word."""
    async with simulated(stage, *MERCHANTS, own_redis=True) as sim:
        await calm(sim)
        tries = 0
        with limited(sim.gateway.pid, resource.RLIMIT_NOFILE, DESCRIPTORS):
            for number in range(stage.times(8, 1)):
                stage.say(f"{number}")
                sim.ingress.cut()  # on lines that are open already the networks could go on telling
                async with _strangers(sim, STRANGERS):
                    async with _none_left(sim):
                        refused = _attempts(sim, 0, 503)
                        await sim.give(15, back=0.2)
                        await until(lambda seen=refused: _attempts(sim, 0, 503) > seen)  # type: ignore[misc]
                    async with asyncio.timeout(STRANGERS_LEAVE):  # they are shown out, though they stay
                        while not await _probed(sim):
                            await asyncio.sleep(0.2)
                await sim.settle()
                tries += STRANGERS
            # what could not be asked meanwhile is held, and would be tried again after a minute, then after five
            replayed = await quarantine(sim, "replay", "all")
            expect(replayed.code == 0, f"with descriptors again something stays held: {replayed.out} {replayed.err}")
            balance, healed = await sim.even()
        says = "; ".join((f"{_attempts(sim, 503)} answered 503, {_attempts(sim, 0)} not at all", *balance.says))
        return Told(tries, balance.lost, balance.doubled, healed, says)


@asynccontextmanager
async def _none_left(sim: Sim) -> AsyncIterator[None]:
    """Probes come, and those that are told that all is well stay, each on a descriptor that the gateway had left or had just
    done with, until one is not. Raises Broken where none of them meets it.
    """
    async with AsyncExitStack() as stack:
        for _ in range(DESCRIPTORS):
            if not await _told(await stack.enter_async_context(aiohttp.ClientSession()), f"{sim.url}/readyz"):
                break
        else:
            expect(False, "it has no descriptors left, and probes find nothing wrong")
        yield


async def _probed(sim: Sim, path: str = "/readyz", within: float = 2.0) -> bool:
    """Whether somebody who comes new is told that the gateway is ready."""
    async with aiohttp.ClientSession() as session:
        return await _told(session, f"{sim.url}{path}", within)


async def _told(session: aiohttp.ClientSession, url: str, within: float = 2.0) -> bool:
    """Whether it is answered 200."""
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=within)) as told:
            return told.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


@asynccontextmanager
async def _strangers(sim: Sim, number: int) -> AsyncIterator[None]:
    """So many connections that say nothing."""
    lines = [await asyncio.open_connection("127.0.0.1", sim.port) for _ in range(number)]
    try:
        yield
    finally:
        for _, writer in lines:
            writer.transport.abort()


# ---------------------------------------------------------------------------------------------------------------- memory


async def no_memory(stage: Stage) -> Told:
    """The gateway gets no more memory while large deliveries come. One that does not live on is started anew."""
    async with simulated(stage, *MERCHANTS, own_redis=True) as sim:
        await calm(sim)
        tries = deaths = failed = 0
        for number in range(stage.times(10, 1)):
            stage.say(f"{number}")
            deaths += await _alive(sim)
            room = stage.rng.choice((0, 1, 2, 4)) * 1024 * 1024
            with limited(sim.gateway.pid, resource.RLIMIT_AS, _size(sim.gateway.pid) + room):
                given = asyncio.create_task(sim.give(15, back=0.2))
                statuses = await _large(sim, stage.times(150, 100))
                await given
            tries += len(statuses)
            failed += sum(status in (0, 500, 503) for status in statuses)
            expect(not any(200 <= status < 300 for status in statuses), f"a forged delivery was answered {set(statuses)}")
        deaths += await _alive(sim)
        expect(failed, "memory was never short")
        balance, healed = await sim.even()
        says = f"{failed} failed for want of memory, {deaths} starts anew"
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _alive(sim: Sim) -> bool:
    """Starts the gateway anew if it has died or is not live any more, as whatever runs it would; gives whether it had."""
    if is_running(sim.gateway.pid) and await _probed(sim, "/livez", LIVE_WITHIN):
        return False
    await sim.restart()
    return True


def _size(pid: int) -> int:
    """Bytes of address space that a process has."""
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmSize:")]
    return int(line.split()[1]) * 1024


async def _large(sim: Sim, number: int) -> list[int]:
    """Forged deliveries of nearly the size that is read at most, all at once; gives their statuses, 0 for none."""
    body = b"{" + b" " * 500_000

    async def one(session: aiohttp.ClientSession) -> int:
        try:
            async with session.post(f"{sim.url}/webhooks/wechat_pay/wechat_pay", data=body) as told:
                return told.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0

    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        return list(await asyncio.gather(*(one(session) for _ in range(number))))


FAULTS: Final = (
    Fault("54", "disk full", disk_full),
    Fault("54", "disk of the ledger full", ledger_disk_full),
    Fault("54", "no descriptors", no_descriptors),
    Fault("54", "no memory", no_memory),
)
