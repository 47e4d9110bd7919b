"""People giving in the demo: first to one charity, urged by stars; then to many. Some get their money back."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from gateway.demo.calendar import PAST
from gateway.demo.networks import RUN, Networks

STARS: Final = ("demo-star", "demo-singer", "demo-athlete", "")
"""Who is named by a gift to school lunches; the last names nobody."""
WEIGHTS: Final = (5, 3, 2, 4)
LUNCH: Final = "school-lunch"
ONE: Final = (("wechat", LUNCH, 5), ("weibo", LUNCH, 4))
"""The first phase: networks and campaigns with how often each is chosen."""
MANY: Final = (
    *(("wechat", book, 2) for book in ("clean-river", "warm-coats", "village-library", "clean-wells")),
    *(("alipay", book, 2) for book in ("deaf-school", "plant-trees", "flood-relief", "elder-meals")),
    *(("gongyi", book, 1) for book in ("100001", "100002")),
    ("twitch", "", 3),
    ("tiltify", "", 3),
    ("donordrive", "", 2),
    ("justgiving", "", 2),
    ("wechat", LUNCH, 3),
    ("weibo", LUNCH, 2),
    ("wechat", "other-gifts", 1),
)
AMOUNTS_FEN: Final = (400, 800, 2_000, 5_000, 10_000, 50_000)
LIVELY: Final = (8, 8, 7, 4, 2, 0)
"""Small gifts while somebody watches, so that a minute does not outweigh the days before."""
STEADY: Final = (4, 4, 4, 3, 3, 1)
AMOUNTS_CENT: Final = (300, 500, 1_000, 2_550)
DONORS: Final = ("coral_fan", "DeepBlue", "tidepool", "海星", "NightDiver", "reef_ranger")
REFUNDS: Final = 0.06
HIDDEN: Final = 0.2
"""The share of donors who do not show their amount, where they may: it is in the total, and not in the list."""
PAUSE_SECONDS: Final = 0.35
SEEDED_A_DAY: Final = 16
BILLED_DAYS: Final = 2
"""The bill of a day is there at ten the next morning, so those of today and yesterday may not be."""


class Paying(Protocol):
    """A payment network's understudy."""

    async def refund(self, payment: Any, amount_fen: int) -> Any:
        """Gives something back."""
        ...


class Fundraiser:
    """Gives money at every network. ``many_from`` is when the second phase begins, on the networks' clock."""

    def __init__(self, networks: Networks, many_from: datetime, seed: int) -> None:
        self._networks = networks
        self._many_from = many_from
        self._rng = random.Random(seed)  # noqa: S311
        self._unseen = list(dict.fromkeys(network for network, *_ in MANY))
        """Networks at which the second phase has not begun yet."""
        self.campaign = networks.twitch.start_campaign(goal=500_000, currency="EUR")

    async def before(self) -> None:
        """Gifts of past days that the gateway learns of from WeChat Pay's bills alone. It must not run yet."""
        await self._look_back("wechat", range(PAST.days, BILLED_DAYS, -1), notify=False)

    async def since(self) -> None:
        """Gifts of past days that were notified: those of which there is no bill yet, and Weibo Pay's, which has none."""
        await self._look_back("wechat", range(BILLED_DAYS, 0, -1), notify=True)
        await self._look_back("weibo", range(PAST.days, 0, -1), notify=True)

    async def run(self) -> None:
        """Gives for ever."""
        while True:
            await self.once()
            await asyncio.sleep(self._rng.uniform(0.2, 1.8) * PAUSE_SECONDS)

    async def once(self) -> None:
        """One gift, now and then a refund, and what followers do with a post. Nobody gives where a network was killed."""
        many = self._networks.wechat.clock.now() >= self._many_from
        open_ = tuple(entry for entry in (MANY if many else ONE) if self._networks.is_up(entry[0]))
        unseen = next((network for network in self._unseen if many and self._networks.is_up(network)), None)
        if unseen is not None:  # so that nobody waits for chance to see each network
            open_ = tuple(entry for entry in open_ if entry[0] == unseen)
            self._unseen.remove(unseen)
        if not open_:
            return
        network, book, _ = self._choose(open_)
        await (self._pay(network, book) if book else self._donate(network))
        self._engage()

    async def settle(self) -> None:
        """Waits until every delivery has arrived."""
        await asyncio.gather(*(emulator.sender.settle() for emulator in self._networks.paying))

    async def _look_back(self, network: str, days: range, *, notify: bool) -> None:
        now = self._networks.wechat.clock.now()
        for day in days:
            for _ in range(SEEDED_A_DAY + 2 * (PAST.days - day)):
                at = now - timedelta(days=day - 1, seconds=self._rng.randrange(600, 86_400))
                await self._pay(network, LUNCH, at=at, notify=notify)

    async def _pay(self, network: str, book: str, *, at: datetime | None = None, notify: bool = True) -> None:
        star = self._rng.choices(STARS, WEIGHTS)[0] if book == LUNCH else ""
        attach = "thank you" if book == "other-gifts" else f"campaign={book}" + (f";star={star}" if star else "")
        fen = self._rng.choices(AMOUNTS_FEN, LIVELY if at is None else STEADY)[0]
        given: dict[str, Any] = {"attach": attach, "book": book, "star": star, "notify": notify}
        emulator: Any = getattr(self._networks, network)
        payment = await emulator.pay(fen, **given, **({} if at is None else {"paid_at" if network == "wechat" else "at": at}))
        if at is None and self._rng.random() < REFUNDS:
            await emulator.refund(payment, self._rng.choice((fen, fen // 2)))

    async def _donate(self, network: str) -> None:
        cents, donor = self._rng.choice(AMOUNTS_CENT), self._rng.choice(DONORS)
        match network:
            case "twitch":
                await self._networks.twitch.donate(cents, user_name=donor)
            case "tiltify":
                campaign = self._rng.choice(
                    [native for native in self._networks.tiltify.books if native.startswith("campaign/")]
                )
                await self._networks.tiltify.donate(cents, campaign=campaign, donor_name=donor)
            case "donordrive":
                hides = self._rng.random() < HIDDEN
                await self._networks.donordrive.donate(cents, to=self._networks.players, donor_name=donor, hide_amount=hides)
            case "justgiving":
                hides = self._rng.random() < HIDDEN
                await self._networks.justgiving.donate(cents, page=RUN, donor_name=donor, hide_amount=hides)

    def _choose(self, among: tuple[tuple[str, str, int], ...]) -> tuple[str, str, int]:
        return self._rng.choices(among, [weight for *_, weight in among])[0]

    def _engage(self) -> None:
        posts = list(self._networks.weibo.society.posts.values())
        if posts and self._networks.is_up("weibo") and self._rng.random() < 0.5:
            # spam is taken out now and then, so counters fall as well
            self._networks.weibo.engage(
                self._rng.choice(posts),
                reposts=self._rng.randint(-2, 12),
                comments=self._rng.randint(-1, 6),
                likes=self._rng.randint(-5, 80),
            )
