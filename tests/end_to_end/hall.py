"""A hall full of viewers: a campaign with many words and one without gifts, and a gateway that tells of them."""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import aiohttp

from connectors.testing.emulation import Emulator, ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.text import MAX_SUMMARY
from tests.end_to_end import configuration
from tests.end_to_end.footprint import Footprint
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.lines import SocketLine
from tests.end_to_end.viewers import DONATIONS
from tests.end_to_end.visitor import Visitor
from tests.end_to_end.waiting import until

LUNCH: Final = "school-lunch"
RIVER: Final = "clean-river"
WORDS: Final = MAX_SUMMARY
ALIASES: Final = 14
WARM: Final = 20
"""Gifts after which the gateway has all connections and tasks that gifts need."""
LAG: Final = 1.0
"""Seconds from a gift to whoever watches, whatever others do."""
IN_TIME: Final = 0.95
"""The share of gifts for which that holds, as a machine that others use may be late itself."""
BACK_WITHIN: Final = 10.0
"""Seconds until nothing is left of viewers who have gone."""


@dataclass(repr=False)
class Hall(Visitor):
    """``campaign`` is the global id of the one that gifts go to, ``quiet`` of the other; ``given`` are the moments of gifts.

    ``title`` is that of the former, in the configuration that the gateway has read last.
    """

    folder: Path
    seed: int
    rng: random.Random
    wechat: WeChatPayEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    campaign: str = ""
    quiet: str = ""
    given: list[float] = field(default_factory=list)
    title: str = LUNCH

    @property
    def networks(self) -> Sequence[Emulator]:
        """The only one."""
        return (self.wechat,)

    async def give(self, gifts: int = 1) -> None:
        """So many gifts of a yuan, one after the other."""
        for _ in range(gifts):
            self.given.append(asyncio.get_running_loop().time())
            await self.wechat.pay(100, book=LUNCH)

    @asynccontextmanager
    async def giving(self, pause: float) -> AsyncIterator[None]:
        """Gifts come as long as the context is open."""

        async def give() -> NoReturn:
            while True:
                await self.give()
                await asyncio.sleep(pause)

        async with _meanwhile(give()):
            yield

    async def edit(self, was: str, now: str) -> None:
        """Writes another configuration; returns when the gateway has taken it over, without a restart."""
        path, before = self.folder / "giving.toml", len(self.gateway.reloads())
        path.write_text(path.read_text("utf-8").replace(was, now), "utf-8")
        self.gateway.reload()
        await until(lambda: len(self.gateway.reloads()) > before)
        assert self.gateway.reloads()[-1]["event"] == "reload.done"

    async def rename(self) -> None:
        """The campaign has another title, which is seen with the next gift."""
        title = f"School lunch {len(self.gateway.reloads())}"
        await self.edit(f'title = "{self.title}"', f'title = "{title}"')
        self.title = title

    @asynccontextmanager
    async def renaming(self, pause: float) -> AsyncIterator[None]:
        """The same again and again as long as the context is open."""

        async def rename() -> NoReturn:
            while True:
                await self.rename()
                await asyncio.sleep(pause)

        async with _meanwhile(rename()):
            yield

    async def emptied(self, before: Footprint) -> Footprint:
        """Waits until viewers have left nothing behind, and gives what is taken then."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while not (now := await Footprint.of(self)).within(before):
            assert loop.time() - begun < BACK_WITHIN, f"{now} after {before}"
            await asyncio.sleep(0.1)
        return now


@asynccontextmanager
async def _meanwhile(work: Coroutine[None, None, NoReturn]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Watching:
    """Somebody who reads: ``gifts`` are the moments at which each was told of."""

    def __init__(self, hall: Hall, line: SocketLine) -> None:
        self._hall = hall
        self._line = line
        self.ids: list[str] = []
        self.gifts: list[float] = []

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            told = await self._line.told()
            assert told["missed"] == 0
            self.ids += [each["id"] for each in told["received"]]
            self.gifts += [asyncio.get_running_loop().time()] * len(told["received"])


@asynccontextmanager
async def watched(hall: Hall) -> AsyncIterator[Watching]:
    """Somebody watches who is told of every gift once, and soon; all of it is over when the context ends."""
    line = await SocketLine.open(hall.url)
    await line.follow(DONATIONS, id=hall.campaign)
    first = await line.told()
    assert first["received"] == []
    begun, watching = len(hall.given), Watching(hall, line)
    task = asyncio.create_task(watching.run())
    try:
        yield watching
        await until(lambda: task.done() or len(watching.ids) >= len(hall.given) - begun)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        line.close()
    assert len(watching.ids) == len(set(watching.ids)) == len(hall.given) - begun
    lags = sorted(heard - given for given, heard in zip(hall.given[begun:], watching.gifts, strict=True))
    assert not lags or lags[int(len(lags) * IN_TIME)] < LAG, (
        f"gifts were told after {lags[-1]:.2f} s, {lags[len(lags) // 2]:.2f} s"
    )


def wide(name: str, rate: float = 20) -> str:
    """A total with 200 kB of words beside it, as an operation that is nobody else's."""
    words = " ".join(f"{name}{number}: summary" for number in range(ALIASES))
    fields = f"position recovered campaign {{ {words} title total {{ donationCount }} }}"
    return f"subscription ($id: ID!) {{ campaignTotal(id: $id, maxRate: {rate}) {{ {fields} }} }}"


@asynccontextmanager
async def opened_hall(folder: Path, seed: int, more: str = "") -> AsyncIterator[Hall]:
    """A gateway that has had some gifts, and that nobody watches. ``more`` is added to its configuration."""
    rng = random.Random(seed)
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    wechat = WeChatPayEmulator(wire_clock=ScaledClock(), seed=seed % 10**6)
    port = configuration.free_port(rng)
    path = folder / "giving.toml"
    gateway = GatewayProcess(path, port, folder / "gateway.log")
    async with wechat.serve(), aiohttp.ClientSession() as session:
        wechat.callback = f"{gateway.url}/webhooks/wechat_pay/lunch"
        account = {"connector": wechat.key, **wechat.account()}
        lines = configuration.basics(folder, port, {"lunch": account})
        # letters that nothing can press together, three bytes each
        summary = "".join(chr(rng.randrange(0x4E00, 0x9FA6)) for _ in range(WORDS))
        for name, words in ((LUNCH, summary), (RIVER, "")):
            lines += ["[[campaigns]]", 'platform = "wechat_pay"', f'id = "{name}"', f'title = "{name}"', 'currency = "CNY"']
            lines += [f'match = [{{ account = "lunch", attach = "campaign={name}" }}]', f'summary = "{words}"']
        path.write_text("\n".join([*lines, more]) + "\n", "utf-8")
        hall = Hall(folder, seed, rng, wechat, session, gateway)
        try:
            await gateway.start()
            await hall.give(WARM)
            for job in ("keys", "reconcile"):
                await hall.reach("giving_jobs_total", 1, account="lunch", job=job, outcome="done")
            await hall.agree()
            found = await hall.campaigns()
            hall.campaign, hall.quiet = found[LUNCH]["id"], found[RIVER]["id"]
            yield hall
        finally:
            await gateway.kill()
