"""A network answers with what is no answer: row 33."""

import asyncio
import gzip
import zlib
from pathlib import Path
from typing import Final

from tests.faults.eager import asked, cycled, eagerly
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import ill
from tests.faults.rows.answers import figures
from tests.faults.sim import Sim
from tests.gateway.outbound.upstream import Behaviour, answer, truncate

MOST_GROWN: Final = 64
"""MiB that the gateway may have needed more at its height: a few bodies of 5 MiB, decoded and read."""
DEEP: Final = 100_000
LARGE: Final = ("a gigabyte", "bomb", "deep lists")
"""What has to be bounded, and is told every time."""


def _json(body: bytes, **headers: str) -> bytes:
    return answer(200, body, Content_Type="application/json", **headers)


async def _a_gigabyte(writer: asyncio.StreamWriter) -> None:
    """As much of it as is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(16 * 1024):
        if writer.is_closing():
            return
        writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        await writer.drain()


def _bomb(times: int) -> bytes:
    """Hundreds of megabytes in one of some hundred kilobytes; twice packed, which is one header more, even less."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b" " * (1024 * 1024)) for _ in range(256)) + packer.flush()
    for _ in range(times - 1):
        packed = gzip.compress(packed)
    return packed


def garbage() -> dict[str, Behaviour]:
    """Everything that is no answer, by what it is."""
    said = b'{"data": [{"id": "1", "current_amount": {"value": 1'
    return {
        "HTML": answer(200, b"<!doctype html><title>Sorry</title>", Content_Type="text/html"),
        "nothing": answer(200),
        "half": _json(said),
        "cut off": truncate,
        "null": _json(b"null"),
        "a list": _json(b"[" + b"1," * 1000 + b"1]"),
        "wrong types": _json(b'{"data": {"data": 7, "id": [], "total_amount_raised": "much"}, "metadata": 3, "donations": {}}'),
        "no money": _json(b'{"data": [{"id": "x", "current_amount": {"value": "NaN", "decimal_places": 1e400}}]}'),
        "5,000 digits": _json(b'{"data": ' + b"7" * 5_000 + b"}"),
        "bad UTF-8": _json(b'{"data": "\xff\xfe\xc0"}'),
        "deep lists": _json(b"[" * DEEP),
        "deep objects": _json(b'{"data":' * DEEP),
        "a gigabyte": _a_gigabyte,
        "said to be a gigabyte": answer(200, b"{}", Content_Length=str(2**30)),
        "bomb": _json(_bomb(1), Content_Encoding="gzip"),
        "bomb in a bomb": _json(_bomb(2), Content_Encoding="gzip, gzip"),
        "no gzip": _json(b"{}", Content_Encoding="gzip"),
        "no HTTP": _no_http,
    }


async def _no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 100)
    await writer.drain()


async def nonsense(stage: Stage) -> Told:
    """Garbage of eighteen kinds: the last value stays, memory is bounded, and what follows is believed again."""
    tries, every, answers = 0, garbage(), list[str]()
    others = stage.rng.sample(sorted(every.keys() - set(LARGE)), stage.times(len(every) - len(LARGE), 4))
    kinds = {kind: every[kind] for kind in (*LARGE, *others)}
    async with eagerly(stage) as sim:
        await sim.give(12)
        await sim.even()
        small = _height(sim.gateway.pid)
        for name in sim.players:
            before = await figures(sim, name)
            for kind, reply in kinds.items():
                stage.say(f"{kind} of {name}")
                calls = await sim.count("giving_upstream_calls_total", platform=name)
                async with ill(sim.egress[name], reply):
                    if not await cycled(sim, name):
                        answers.append(f"{kind} of {name}")
                tries += int(await sim.count("giving_upstream_calls_total", platform=name) - calls)
                await _unchanged(sim, name, before, f"after {kind}")
                await asked(sim, name, cycles=1)
            await _unchanged(sim, name, before, "well again")
        grown = _height(sim.gateway.pid) - small
        expect(grown < MOST_GROWN, f"the gateway grew by {grown} MiB")
        faults = [line for line in sim.gateway.events() if line["event"] in ("job.fault", "background.fault")]
        expect(not faults, f"the gateway itself failed: {faults[:1]}")
        if not stage.quick:
            await _counted_by_the_breaker(sim)
        await sim.give(6)
        balance, healed = await sim.even(within=90)
        says = f"{len(kinds)} kinds, at most {grown} MiB more; no failure, and no change: {', '.join(answers) or 'none'}"
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _unchanged(sim: Sim, name: str, before: dict[str, tuple[str | None, int | None]], when: str) -> None:
    """A network may tell of campaigns that nobody knew, as long as nothing was raised for them."""
    now = await figures(sim, name)
    new = {native: figure for native, figure in now.items() if native not in before and figure[0] is not None}
    same = {native: now.get(native) for native in before}
    expect(same == before and not new, f"{when} {before} became {now}")


async def _counted_by_the_breaker(sim: Sim) -> None:
    """Bodies without an end are no answer: after enough of them the network is left alone."""
    async with ill(sim.egress["justgiving"], _a_gigabyte):
        async with asyncio.timeout(90):
            while not await sim.count("giving_upstream_open", account="justgiving"):
                await asyncio.sleep(0.1)


def _height(pid: int) -> int:
    """The most memory that a process had so far, in MiB."""
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


FAULTS: Final = (Fault("33", "garbage", nonsense),)
