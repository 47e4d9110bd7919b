"""Weibo with real processes: what it is paid, which only the query tells, and what its posts stir up, which is no money."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from connectors.testing.emulation import Emulator
from connectors.weibo.emulator import Fault, Post, User, WeiboEmulator
from tests.end_to_end import configuration
from tests.end_to_end.commands import command
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import SECONDS, Visitor

LUNCH: Final = "campaign=school-lunch"
ENGAGEMENT: Final = """
{ campaignByExternalId(platform: "weibo", externalId: "school-lunch") {
    engagement { reposts comments likes freshness }
    endorsements { nodes { account { followerCount } posts { text url engagement { likes } } } } } }
"""


@dataclass(repr=False)
class WeiboWorld(Visitor):
    """Weibo in this process with one star, who has two posts for the one campaign."""

    folder: Path
    seed: int
    weibo: WeiboEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    star: User
    posts: tuple[Post, Post]

    @property
    def networks(self) -> Sequence[Emulator]:
        """Weibo alone."""
        return (self.weibo,)

    async def start(self) -> None:
        """Starts the gateway, and waits until it has read the posts."""
        await self.gateway.start()
        await self.reach("giving_jobs_total", 1, account="stars", job="posts", outcome="done")

    async def restart(self) -> None:
        """The next version takes over, and reads what this one would read half an hour later."""
        self.gateway.terminate()
        assert await self.gateway.ended(SECONDS) == 0
        await self.start()

    async def engages(self, engagement: dict[str, Any], followers: int, *likes: int) -> None:
        """Waits until viewers see this engagement of the campaign, so many followers of the star, and these likes of the
        posts beside their words."""
        posts = {(post.text, f"https://weibo.example/{post.id}", count) for post, count in zip(self.posts, likes, strict=True)}
        expected, seen = (engagement, followers, posts), None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                while (seen := await self._engaged()) != expected:
                    await asyncio.sleep(0.02)
        assert seen == expected

    async def _engaged(self) -> Any:
        told = (await self.query(ENGAGEMENT))["campaignByExternalId"]
        (endorsement,) = told["endorsements"]["nodes"]
        posts = {(post["text"], post["url"], (post["engagement"] or {}).get("likes")) for post in endorsement["posts"]}
        return told["engagement"], endorsement["account"]["followerCount"], posts

    def answers(self) -> list[tuple[int, bytes]]:
        """What Weibo's notifications were answered."""
        return [(attempt.status, attempt.body) for attempt in self.weibo.sender.attempts]


def described(folder: Path, port: int, weibo: WeiboEmulator, star: User, posts: Sequence[Post]) -> None:
    """Writes ``giving.toml``."""
    lines = configuration.basics(folder, port, {"stars": {"connector": "weibo", **weibo.account()}}, ecb_rates=False)
    told = ", ".join(
        f'{{ id = "{post.id}", campaign = "weibo:school-lunch", url = "https://weibo.example/{post.id}" }}' for post in posts
    )
    lines += [
        *("[[campaigns]]", 'platform = "weibo"', 'id = "school-lunch"', 'title = "A warm lunch"', 'currency = "CNY"'),
        f'match = [{{ account = "stars", attach = "{LUNCH}*" }}]',
        *(
            "[[endorsers]]",
            'id = "star"',
            'name = "A star"',
            'platform = "weibo"',
            f'account = "{star.id}"',
            f"posts = [{told}]",
        ),
    ]
    (folder / "giving.toml").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
async def world(tmp_path: Path, seed: int) -> AsyncIterator[WeiboWorld]:
    weibo = WeiboEmulator(seed=seed % 10**6)
    star = weibo.add_user("demo_star", followers=30_000_000)
    posts = weibo.add_post(star, "#免费午餐# 一顿饭四块钱"), weibo.add_post(star, "Who gives with me?")
    weibo.engage(posts[0], reposts=120, comments=45, likes=900)
    weibo.engage(posts[1], reposts=3, comments=2, likes=100)
    port = configuration.free_port(random.Random(seed))
    gateway = GatewayProcess(tmp_path / "giving.toml", port, tmp_path / "gateway.log")
    async with weibo.serve(), aiohttp.ClientSession() as session:
        weibo.callback = f"{gateway.url}/webhooks/weibo/stars"
        described(tmp_path, port, weibo, star, posts)
        made = WeiboWorld(tmp_path, seed, weibo, session, gateway, star, posts)
        try:
            await made.start()
            yield made
        finally:
            await gateway.kill()


async def test_the_amount_that_is_queried_counts_and_never_the_notified_one(world: WeiboWorld) -> None:
    world.weibo.faults.once(Fault.WRONG_AMOUNT)
    await world.weibo.pay(400, attach=LUNCH, book="school-lunch")

    await world.agree()

    assert world.answers() == [(200, b"success")]
    assert (await world.campaigns())["school-lunch"]["total"]["raised"]["amount"] == "4.00"


async def test_what_others_are_paid_and_what_nobody_signed_is_refused_and_counts_when_it_is_told_rightly(
    world: WeiboWorld,
) -> None:
    world.weibo.sender.retries = (world.weibo.sender.retries[0] / 1_000,) * 9
    for fault in (Fault.FORGED, Fault.TAMPERED, Fault.OTHER_SELLER, Fault.OTHER_APP):
        world.weibo.faults.once(fault)
        await world.weibo.pay(400, attach=LUNCH, book="school-lunch")
        await world.settle()

    await world.agree()

    assert world.answers() == [(401, b""), (200, b"success")] * 4


async def test_while_the_query_is_down_a_payment_is_held_and_answered_and_its_refund_brings_it_when_it_is_up(
    world: WeiboWorld,
) -> None:
    world.weibo.pay_outage.fail_next = 1_000
    payment = await world.weibo.pay(400, attach=LUNCH, book="school-lunch")
    await world.settle()

    assert world.answers() == [(200, b"success")]
    assert await world.count("giving_held_total", account="stars", reason="unconfirmed") == 1
    assert (await world.campaigns())["school-lunch"]["total"] is None

    world.weibo.pay_outage.fail_next = 0
    await world.weibo.refund(payment, 150)
    await world.agree()


async def imported(world: WeiboWorld) -> None:
    """Takes in the file of all payments."""
    file = world.folder / "export.csv"
    file.write_bytes(world.weibo.export_csv())
    ended = await command("import", "stars", str(file), "--config", str(world.folder / "giving.toml"))
    assert ended.code == 0, ended


async def test_a_partners_file_brings_what_was_never_told_and_doubles_nothing_that_was(world: WeiboWorld) -> None:
    for fen, back, told in ((400, 0, True), (999, 150, True), (250, 250, True), (700, 0, False), (800, 300, False)):
        payment = await world.weibo.pay(fen, attach=LUNCH, book="school-lunch", notify=told)
        for part in (back // 2, back - back // 2) if back else ():
            await world.weibo.refund(payment, part, notify=told)
    await world.settle()
    assert await world.differences()

    await imported(world)
    await world.agree()
    await world.weibo.refund(world.weibo.payments[-1], 50, notify=False)
    assert await world.differences()
    await imported(world)  # a later file, in which more has gone back
    await world.agree()


async def test_engagement_of_posts_is_shown_beside_the_money_it_falls_and_a_deleted_post_keeps_its_last(
    world: WeiboWorld,
) -> None:
    await world.engages({"reposts": 123, "comments": 47, "likes": 1_000, "freshness": "CACHED"}, 30_000_000, 900, 100)
    assert (await world.campaigns())["school-lunch"]["total"] is None

    world.weibo.engage(world.posts[0], reposts=-20, likes=-300)
    world.weibo.delete(world.posts[1])
    world.weibo.follow(world.star, -1_000_000)
    await world.restart()

    await world.engages({"reposts": 103, "comments": 47, "likes": 700, "freshness": "CACHED"}, 29_000_000, 600, 100)


async def test_a_token_that_has_expired_takes_no_engagement_away_and_no_money(world: WeiboWorld) -> None:
    shown = {"reposts": 123, "comments": 47, "likes": 1_000, "freshness": "CACHED"}
    await world.engages(shown, 30_000_000, 900, 100)
    world.weibo.expire_token()
    world.gateway.terminate()
    assert await world.gateway.ended(SECONDS) == 0

    await world.gateway.start()
    await world.reach("giving_jobs_total", 1, account="stars", job="posts", outcome="credentials_refused")

    await world.engages(shown, 30_000_000, 900, 100)
    await world.weibo.pay(400, attach=LUNCH, book="school-lunch")
    await world.agree()
