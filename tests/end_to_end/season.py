"""A season over five networks and the euro's bank, all in this process; the gateway in its own, and the books beside it."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp

from connectors.alipay.emulator import AlipayEmulator
from connectors.tencent_gongyi.emulator import TencentGongyiEmulator
from connectors.testing.emulation import Emulator, Mischief
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.weibo.emulator import WeiboEmulator
from connectors.weibo.emulator.society import Post, User
from gateway.demo.ecb import EcbEmulator
from tests.end_to_end import season_file
from tests.end_to_end.commands import command
from tests.end_to_end.configuration import free_port
from tests.end_to_end.gateway_process import ROOT, GatewayProcess
from tests.end_to_end.season_file import CLINIC, LUNCH, NAMES, STARS
from tests.end_to_end.visitor import Visitor

SHANGHAI: Final = timezone(timedelta(hours=8))
SLUG: Final = "giving"
BOARD: Final = (ROOT / "examples" / "queries" / "season-board.graphql").read_text("utf-8")
REPORT: Final = (ROOT / "examples" / "queries" / "partner-report.graphql").read_text("utf-8")
SOON: Final = (timedelta(seconds=0.2),) * 200
"""A table of retries for tests, which do not wait for four minutes."""


class Moved(NamedTuple):
    """Money that moved at a moment: a gift, or less than nothing for a refund. In minor units."""

    campaign: tuple[str, str]
    at: datetime
    minor: int
    star: str


@dataclass(repr=False)
class SeasonWorld(Visitor):
    """``rng`` is the test's own chance. ``turn`` is when the second phase begins, written at each start."""

    folder: Path
    seed: int
    rng: random.Random
    wechat: WeChatPayEmulator
    weibo: WeiboEmulator
    alipay: AlipayEmulator
    gongyi: TencentGongyiEmulator
    twitch: TwitchEmulator
    ecb: EcbEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    port: int
    turn: datetime
    gamer: str
    """The broadcaster of the account ``games``; the one of ``reef`` is the emulator's own."""
    speakers: dict[str, tuple[User, Post]] = field(default_factory=dict)

    @property
    def networks(self) -> Sequence[Emulator]:
        """Those with books."""
        return self.wechat, self.weibo, self.alipay, self.gongyi, self.twitch

    @property
    def begins(self) -> datetime:
        """When the season begins: the first day of a month, so that there are two to report on."""
        return (datetime.now(SHANGHAI).replace(day=1) - timedelta(days=1)).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )

    async def start(self, *, bank: bool = True) -> None:
        """Starts the gateway, and waits until it has asked everybody what it asks when it starts; the ``bank``, too."""
        accounts = {
            "lunch": {"connector": "wechat_pay", "general": "other-gifts", **self.wechat.account()},
            "stars": {"connector": "weibo", **self.weibo.account()},
            "giving": {"connector": "alipay", **self.alipay.account()},
            "gongyi": {"connector": "tencent_gongyi", **self.gongyi.account()},
            "reef": {"connector": "twitch", **self.twitch.account()},
            "games": {"connector": "twitch", **self.twitch.account(self.gamer)},
        }
        speakers = {star: (user.id, post.id) for star, (user, post) in self.speakers.items()}
        dates = (self.begins, self.turn, self.turn + timedelta(days=60))
        season_file.write(self.folder, self.port, accounts, speakers, self.ecb.url, dates)
        await self.gateway.start()
        jobs = [(account, job) for account in ("reef", "games") for job in ("feed", "poll")]
        jobs += [("stars", "posts"), ("lunch", "reconcile"), ("giving", "reconcile"), *([("ECB", "rates")] if bank else [])]
        for account, job in jobs:
            await self.reach("giving_jobs_total", 1, account=account, job=job, outcome="done")
        await self.settle()

    async def told(self, document: str, operation: str, **variables: Any) -> Any:
        """The answer of one operation of a document that has several, which must have no errors."""
        asked = {"query": document, "operationName": operation, "variables": {"slug": SLUG, **variables}}
        async with self.session.post(f"{self.url}/graphql", json=asked) as answer:
            found = await answer.json(content_type=None)
        assert "errors" not in found, found
        (root,) = (value for name, value in found["data"].items() if name in ("season", "campaign"))
        return root

    # ------------------------------------------------------------------------------------------------------------ gifts

    async def give(self, gifts: int, *, earlier: bool = False) -> None:
        """So many gifts all over the networks, to stars and to nobody, some given back. ``earlier``: half of them were made at
        some time since the season began."""
        for number in range(gifts):
            at = self.rng.choice((None, self._some_time_ago())) if earlier else None
            fen, star = self.rng.randrange(100, 50_000), self.rng.choice((*STARS, "", ""))
            payment: Any
            match number % 7:
                case 0 | 1:
                    payment = await self.lunch(fen, star, at)
                case 2:
                    attach = f"campaign={LUNCH};star={star}"
                    star = "" if star == "athlete" else star  # no rule of this campaign knows the athlete
                    payment = await self.weibo.pay(fen, attach=attach, book=LUNCH, star=star, at=at)
                case 3:
                    star = self.rng.choice(("athlete", ""))
                    attach = "campaign=deaf-school" + (f";star={star}" if star else "")
                    payment = await self.alipay.pay(fen, attach=attach, book="deaf-school", star=star, at=at)
                case 4:
                    payment = await self.wechat.pay(fen, book="clean-river", paid_at=at)
                case 5:
                    payment = await self.gongyi.pay(fen, book=CLINIC, at=at)
                case _:
                    payment = None
                    await self.twitch.donate(fen, broadcaster_id=self.rng.choice((None, self.gamer)))
            if payment is not None and self.rng.random() < 0.3:
                await self.give_back(payment, self.rng.choice((fen, fen // 3)))

    async def lunch(self, fen: int, star: str, at: datetime | None = None) -> Any:
        """A lunch paid through WeChat Pay. The athlete's followers are known by their order numbers."""
        order = f"ATHLETE{len(self.wechat.payments):08}" if star == "athlete" else None
        attach = f"campaign={LUNCH}" + (f";star={star}" if star not in ("", "athlete") else "")
        return await self.wechat.pay(fen, attach=attach, out_trade_no=order, book=LUNCH, star=star, paid_at=at)

    async def give_back(self, payment: Any, fen: int) -> None:
        """A refund, at this moment."""
        for network in (self.wechat, self.weibo, self.alipay, self.gongyi):
            if any(payment is paid for paid in network.payments):
                await network.refund(payment, fen)

    async def hand_over(self) -> None:
        """The partner's export is imported beside the gateway."""
        file = self.folder / "gongyi.csv"
        file.write_bytes(self.gongyi.export_csv())
        ended = await command("import", "gongyi", str(file), "--config", str(self.folder / "giving.toml"))
        assert ended.code == 0, ended

    async def agree(self) -> None:
        """Everything has come: the deliveries, and what only an export tells."""
        await self.hand_over()
        await super().agree()

    def _some_time_ago(self) -> datetime:
        begun = int((datetime.now(UTC) - self.begins).total_seconds())
        return self.begins + timedelta(seconds=self.rng.randrange(begun))

    # ------------------------------------------------------------------------------------------------------------ books

    def movements(self) -> Iterator[Moved]:
        """Everything that networks which count know to have moved, payments and refunds one by one."""
        for paying in (self.wechat, self.weibo, self.alipay, self.gongyi):
            for paid in paying.payments:
                assert paid.paid_at is not None
                yield Moved((paying.key, paid.book), paid.paid_at, paid.amount_fen, paid.star)
            for refund in paying.refunds:
                at = refund.refunded_at if hasattr(refund, "refunded_at") else refund.finished_at
                assert at is not None
                yield Moved((paying.key, refund.payment.book), at, -refund.amount_fen, refund.payment.star)

    def by_currency(self) -> Counter[str]:
        """What the campaigns of the season raised, in minor units."""
        found: Counter[str] = Counter()
        for network in self.networks:
            for book in network.books.values():
                found[book.currency] += book.raised
        return found


@asynccontextmanager
async def idle_season(folder: Path, seed: int, *, turns_in: timedelta) -> AsyncIterator[SeasonWorld]:
    """Networks that are up, and a gateway that is not started yet."""
    rng = random.Random(seed)
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    small = seed % 10_000
    wechat, weibo, alipay = WeChatPayEmulator(seed=small), WeiboEmulator(seed=small), AlipayEmulator(seed=small)
    gongyi, ecb = TencentGongyiEmulator(seed=small), EcbEmulator(seed=small)
    habits = Habits(retries=SOON, failures_allowed=10_000, points_per_minute=100_000)
    twitch = TwitchEmulator(habits=habits, seed=small)
    for paying in (wechat, weibo, alipay):
        paying.sender.retries = SOON
        paying.sender.mischief = Mischief(duplicate=0.2, reorder=0.2, lose=0.1)
    gamer = twitch.add_broadcaster("Games_Channel").id
    twitch.start_campaign(currency="EUR")
    twitch.start_campaign(currency="USD", broadcaster_id=gamer)
    port = free_port(rng)
    gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log")
    async with AsyncExitStack() as stack:
        for network in (wechat, weibo, alipay, gongyi, twitch):
            await stack.enter_async_context(network.serve())
        await stack.enter_async_context(ecb.serve())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        wechat.callback = f"{gateway.url}/webhooks/wechat_pay/lunch"
        weibo.callback = f"{gateway.url}/webhooks/weibo/stars"
        alipay.callback = f"{gateway.url}/webhooks/alipay/giving"
        turn = datetime.now(UTC) + turns_in
        networks = (wechat, weibo, alipay, gongyi, twitch)
        world = SeasonWorld(folder, seed, rng, *networks, ecb, session, gateway, port, turn, gamer)
        for number, star in enumerate(STARS, 1):
            user = weibo.add_user(NAMES[star], followers=1_000_000 * number)
            post = weibo.add_post(user, f"Four yuan are a lunch, says {NAMES[star]}.")
            weibo.engage(post, reposts=rng.randrange(1_000), comments=rng.randrange(1_000), likes=rng.randrange(1, 100_000))
            world.speakers[star] = user, post
        try:
            yield world
        finally:
            await gateway.kill()
