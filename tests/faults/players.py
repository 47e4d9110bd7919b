"""The eight networks as the bench plays them: who gives, who takes back, what the configuration must say of them."""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final

from connectors.alipay.emulator import AlipayEmulator
from connectors.donordrive.emulator import DonorDriveEmulator
from connectors.justgiving.emulator import JustGivingEmulator
from connectors.tencent_gongyi.emulator import TencentGongyiEmulator
from connectors.testing.emulation import Book, Emulator, ScaledClock
from connectors.tiltify.emulator import TiltifyEmulator
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.weibo.emulator import WeiboEmulator

SOON: Final = (timedelta(seconds=0.25),) * 400
"""A table of retries for the bench, which does not wait for hours."""
LUNCH: Final = "school-lunch"
RIVER: Final = "clean-river"
CLINIC: Final = "208391"
MANY: Final = 100
"""Gifts of which one is no large part."""


class Player(ABC):
    """One network. ``declared`` are the campaigns that the configuration has to name, with the rule that leads to each."""

    declared: ClassVar[Mapping[str, str]] = MappingProxyType({})
    counted: ClassVar[bool] = True
    """Whether its donations are added up, or its own totals are believed."""
    pushes: ClassVar[bool] = True
    heals_within: ClassVar[float] = 60.0
    """Seconds after which its totals must be its books again, whatever happened."""
    by_link: ClassVar[bool] = True
    """Whether it can be asked at another address: not where its ids hold the host."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.lookup = False
        """Whether the account finds campaigns that nobody has seen."""
        self.strange: set[str] = set()
        """Native ids of those."""

    @property
    def books(self) -> Mapping[str, Book]:
        """What it knows of the campaigns that the account follows."""
        return {native: book for native, book in self.emulator.books.items() if native not in self.strange}

    @property
    def key(self) -> str:
        """The connector's key, which is also what the account is called."""
        return self.emulator.key

    def account(self) -> dict[str, Any]:
        """The account's settings."""
        return {"connector": self.key, **({"lookup": True} if self.lookup else {}), **self.emulator.account()}

    @abstractmethod
    async def give(self, rng: random.Random) -> None:
        """Somebody gives something, somewhere."""

    async def give_back(self, rng: random.Random) -> bool:
        """Something of some gift goes back; False where the network tells no such thing, or nothing is left."""
        return False


class _Merchant(Player):
    """A payment network: payments carry what tells their campaign."""

    declared = MappingProxyType({LUNCH: f'attach = "campaign={LUNCH}*"', RIVER: f'attach = "campaign={RIVER}*"'})

    def __init__(self, emulator: Any) -> None:
        super().__init__(emulator)
        self._network = emulator
        self._left: list[tuple[Any, int]] = []
        emulator.sender.retries = SOON

    async def give(self, rng: random.Random) -> None:
        """To one of two campaigns."""
        fen, book = rng.randrange(1, 50_000), rng.choice((LUNCH, RIVER))
        payment = await self._network.pay(fen, attach=f"campaign={book}", book=book)
        self._left.append((payment, fen))

    async def give_back(self, rng: random.Random) -> bool:
        """The whole, or a part: what is left may go back later."""
        if not self._left:
            return False
        place = rng.choice((-1, rng.randrange(len(self._left))))  # often of the newest, which may still be on its way
        payment, left = self._left.pop(place)
        fen = rng.choice((left, rng.randint(1, left)))
        await self._network.refund(payment, fen)
        if left > fen:
            self._left.append((payment, left - fen))
        return True


class Tencent(_Merchant):
    """Tells in files alone."""

    declared = MappingProxyType({CLINIC: ""})
    pushes = False

    async def give(self, rng: random.Random) -> None:
        """To its one project."""
        fen = rng.randrange(1, 50_000)
        self._left.append((await self._network.pay(fen, book=CLINIC), fen))


class Twitch(Player):
    """A streamer."""

    counted = False
    emulator: TwitchEmulator

    async def give(self, rng: random.Random) -> None:
        """A viewer gives."""
        await self.emulator.donate(rng.randrange(1, 50_000))


class Tiltify(Player):
    """A fundraiser with a campaign. It is asked every two minutes, and what it answers may be ten seconds old."""

    counted = False
    heals_within = 200.0
    emulator: TiltifyEmulator

    def __init__(self, emulator: TiltifyEmulator) -> None:
        super().__init__(emulator)
        self._given: list[str] = []

    async def give(self, rng: random.Random) -> None:
        """Somebody gives."""
        self._given.append((await self.emulator.donate(rng.randrange(1, 50_000))).id)

    async def give_back(self, rng: random.Random) -> bool:
        """The whole. Not while there are few: a total that falls far is not believed at once."""
        if len(self._given) < MANY:
            return False
        self.emulator.refund(self._given.pop(rng.randrange(len(self._given))))
        return True


class DonorDrive(Player):
    """A player of a game day. Every call waits 15 s for its turn."""

    counted = False
    pushes = False
    by_link = False
    emulator: DonorDriveEmulator

    @property
    def books(self) -> Mapping[str, Book]:
        """The team's."""
        return {self.emulator.team.native_id: self.emulator.books[self.emulator.team.native_id]}

    def account(self) -> dict[str, Any]:
        """The team alone."""
        return super().account() | {"fundraisers": [self.emulator.team.path]}

    async def give(self, rng: random.Random) -> None:
        """Somebody gives."""
        await self.emulator.donate(rng.randrange(1, 50_000))


class JustGiving(Player):
    """A runner with a page."""

    counted = False
    pushes = False
    emulator: JustGivingEmulator

    def __init__(self, emulator: JustGivingEmulator) -> None:
        super().__init__(emulator)
        self._given: list[int] = []

    async def give(self, rng: random.Random) -> None:
        """Somebody gives."""
        self._given.append((await self.emulator.donate(rng.randrange(1, 50_000))).id)

    async def give_back(self, rng: random.Random) -> bool:
        """The whole. Not while there are few: a total that falls far is not believed at once."""
        if len(self._given) < MANY:
            return False
        self.emulator.set_status(self._given.pop(rng.randrange(len(self._given))), "Refunded")
        return True


def _wechat(seed: int) -> Player:
    return _Merchant(WeChatPayEmulator(seed=seed, wire_clock=ScaledClock()))


def _weibo(seed: int) -> Player:
    return _Merchant(WeiboEmulator(seed=seed))


def _alipay(seed: int) -> Player:
    return _Merchant(AlipayEmulator(seed=seed, wire_clock=ScaledClock()))


def _tencent(seed: int) -> Player:
    return Tencent(TencentGongyiEmulator(seed=seed))


def _twitch(seed: int) -> Player:
    emulator = TwitchEmulator(habits=Habits(retries=SOON, failures_allowed=1_000_000, points_per_minute=100_000), seed=seed)
    emulator.start_campaign(currency="EUR")
    return Twitch(emulator)


def _tiltify(seed: int) -> Player:
    emulator = TiltifyEmulator(seed=seed)
    emulator.sender.retries = SOON
    emulator.add_campaign("Sample Reef Weekend", currency="GBP")
    return Tiltify(emulator)


def _donordrive(seed: int) -> Player:
    return DonorDrive(DonorDriveEmulator(seed=seed))


def _justgiving(seed: int) -> Player:
    emulator = JustGivingEmulator(seed=seed)
    emulator.add_page("page/sample-run", "A sample run")
    return JustGiving(emulator)


PLAYERS: Final = MappingProxyType(
    {
        "wechat_pay": _wechat,
        "weibo": _weibo,
        "alipay": _alipay,
        "tencent_gongyi": _tencent,
        "twitch": _twitch,
        "tiltify": _tiltify,
        "donordrive": _donordrive,
        "justgiving": _justgiving,
    }
)
"""Makes each of them, by the connector's key and with a seed."""
