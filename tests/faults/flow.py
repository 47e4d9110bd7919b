"""What is given during a soak: by many people at once, over all networks, told as badly as networks tell it."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from connectors.testing.emulation import Mischief
from tests.end_to_end.commands import command
from tests.end_to_end.merchants import noon
from tests.faults.fault import Broken
from tests.faults.sim import Sim

SHARES: Final = MappingProxyType(
    {
        "tencent_gongyi": 400,
        "wechat_pay": 330,
        "alipay": 180,
        "weibo": 50,
        "twitch": 15,
        "tiltify": 10,
        "donordrive": 8,
        "justgiving": 7,
    }
)
"""Of a thousand donations: most where one costs little. A delivery of Weibo's is a question to Weibo as well, and networks that
state their totals are listed whole after each restart."""
BACK: Final = 0.03
MISCHIEF: Final = Mischief(duplicate=0.1, reorder=0.05, delay=1.0)
AT_ONCE: Final = 24
"""Deliveries of one network that are under way."""
FILES: Final = 5
"""How often an organisation imports its export meanwhile. A killed import is begun again, so often at most:"""
IMPORTS: Final = 30
BILLED: Final = ("wechat_pay", "alipay")
FIRST_DAY, SECOND_DAY = 3, 2
"""Days ago on which payments of networks with bills are made: by the end there is a bill of each."""
COMMAND_SECONDS: Final = 3_600.0


class Flow:
    """``given`` and ``back`` count what was given and given back, by network; ``days`` are those of which there will be bills,
    in Beijing. ``tell`` hears of each gift.
    """

    def __init__(self, sim: Sim, rng: random.Random, donations: int, tell: Callable[[int], None]) -> None:
        self.donations = donations
        self.given = Counter[str]()
        self.back = Counter[str]()
        self.imports = 0
        self.days: list[str] = []
        self._sim = sim
        self._rng = rng
        self._tell = tell
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Gives everything. Waits where networks have much under way, so nothing runs ahead of a gateway that is down."""
        for network in self._sim.networks:
            network.sender.mischief = MISCHIEF
        self._begin(noon(FIRST_DAY))
        for number, name in enumerate(self._planned()):
            if number == self.donations // 2:
                self._begin(noon(SECOND_DAY))
            player = self._sim.players[name]
            await player.emulator.sender.room(AT_ONCE)
            await player.give(self._rng)
            if self._rng.random() < BACK and await player.give_back(self._rng):
                self.back[name] += 1
            self.given[name] += 1
            self._tell(number + 1)
            self._moved.set()
            await asyncio.sleep(0)

    async def reach(self, number: int) -> None:
        """Waits until so many were given."""
        while self.given.total() < number:
            self._moved.clear()
            await self._moved.wait()

    async def files(self) -> None:
        """Has the file of the network that tells nothing else imported every now and then, while all else goes on."""
        for part in range(1, FILES + 1):
            await self.reach(self.donations * part // (FILES + 1))
            await self.hand_over()

    async def hand_over(self) -> None:
        """Imports that file as it is now, until it was read to its end."""
        player = self._sim.players["tencent_gongyi"]
        file = self._sim.folder / "gongyi.csv"
        file.write_bytes(player.emulator.export_csv())  # type: ignore[attr-defined]
        words = ("import", player.key, str(file), "--config", str(self._sim.folder / "giving.toml"))
        for _ in range(IMPORTS):
            self.imports += 1
            ended = await command(*words, seconds=COMMAND_SECONDS)
            if ended.code == 0:
                return
        raise Broken(f"an import failed {IMPORTS} times: {ended}")

    def end_the_days(self) -> None:
        """It is today: all bills are ready."""
        self._turn(datetime.now(UTC))

    def _begin(self, moment: datetime) -> None:
        self.days.append(f"{moment:%Y-%m-%d}")
        self._turn(moment)

    def _turn(self, moment: datetime) -> None:
        for name in BILLED:
            clock = self._sim.players[name].emulator.clock
            clock.turn(moment - clock.now())

    def _planned(self) -> list[str]:
        whole = sum(SHARES.values())
        planned = [name for name, share in SHARES.items() for _ in range(max(1, self.donations * share // whole))]
        planned += ["tencent_gongyi"] * (self.donations - len(planned))
        self._rng.shuffle(planned)
        return planned[: self.donations]
