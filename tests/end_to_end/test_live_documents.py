"""The live documents of products, as they stand in the examples: the messages that their comments promise, over a real socket.

Those of a season's board are in ``test_season_live.py`` and ``tests/gateway/http/test_season_feeds.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import Payment, WeChatPayEmulator
from tests.end_to_end.gateway_process import ROOT
from tests.end_to_end.merchants import SECONDS, Shop, shop
from tests.end_to_end.viewers import follow, socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTER, PAGE, OVERLAY = (
    (ROOT / "examples" / "queries" / f"{name}.graphql").read_text("utf-8")
    for name in ("counter-widget", "campaign-page", "stream-overlay")
)
CAMPAIGNS: Final = ("counter", "season", "page", "bar", "alerts")
"""One for each test."""
SEASON: Final = """
[[seasons]]
slug = "giving"
name = "Giving"
starts_at = 2026-01-01T00:00:00+08:00
currency = "CNY"
[[seasons.phases]]
slug = "one"
name = "One"
starts_at = 2026-01-01T00:00:00+08:00
campaigns = ["wechat_pay:season"]
"""
STATE: Final = """
query ($id: String!) { campaignByExternalId(platform: "wechat_pay", externalId: $id) {
  id status goal { amount } seasons { slug } total { position } } }
"""
NOWHERE: Final = "q07"
"""A position of no log."""

Messages = AsyncGenerator[dict[str, Any], None]


class Merchant:
    """A merchant, its gateway, and the file with its campaigns."""

    def __init__(self, found: Shop[WeChatPayEmulator]) -> None:
        self._shop = found

    async def pay(self, campaign: str, *fen: int, paid_at: datetime | None = None) -> list[Payment]:
        """Gifts, one after the other. Returns when viewers see them."""
        made = []
        for amount in fen:
            made.append(await self._shop.network.pay(amount, book=campaign, paid_at=paid_at))
            await self._shop.network.sender.settle()
        await self._shop.agree()
        return made

    async def give_back(self, payment: Payment, fen: int) -> None:
        """A refund."""
        await self._shop.network.refund(payment, fen)
        await self._shop.agree()

    async def state(self, campaign: str) -> Any:
        """What is known of a campaign."""
        return await self.ask(STATE, None, id=campaign)

    async def declare(self, campaign: str, line: str) -> None:
        """Adds a line to a campaign in the file, or replaces the one that begins alike. Returns when viewers see it."""
        head, mark, rest = self._shop.file.read_text("utf-8").partition(f'id = "{campaign}"\n')
        name = line.partition(" ")[0]
        rest = rest if not rest.startswith(name) else rest.partition("\n")[2]
        await self._reload(campaign, f"{head}{mark}{line}\n{rest}")

    async def begin_season(self) -> None:
        """Adds the season to the file. Returns when viewers see it."""
        await self._reload("season", self._shop.file.read_text("utf-8") + SEASON)

    async def ask(self, document: str, operation: str | None, **variables: Any) -> Any:
        """The value of the only root field of a query."""
        body = {"query": document, "operationName": operation, "variables": variables}
        async with aiohttp.ClientSession() as session, session.post(f"{self._shop.gateway.url}/graphql", json=body) as answer:
            return next(iter((await answer.json())["data"].values()))

    @asynccontextmanager
    async def live(self, document: str, operation: str, **variables: Any) -> AsyncIterator[Messages]:
        """The messages over a connection of their own, which drops at the end."""
        async with (
            socket(self._shop.gateway.url) as session,
            aclosing(follow(session, document, operation=operation, **variables)) as feed,
        ):
            yield feed

    async def _reload(self, campaign: str, text: str) -> None:
        before = await self.state(campaign)
        self._shop.file.write_text(text, "utf-8")
        self._shop.gateway.reload()
        async with asyncio.timeout(SECONDS):
            while await self.state(campaign) == before:
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def merchant(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Merchant]:
    network = WeChatPayEmulator(seed=seed, wire_clock=ScaledClock())
    rules = {name: f'attach = "campaign={name}"' for name in CAMPAIGNS}
    async with shop(tmp_path_factory.mktemp("merchant"), seed, network, rules) as found:
        yield Merchant(found)


async def told(feed: Messages) -> dict[str, Any]:
    """The next message."""
    async with asyncio.timeout(SECONDS):
        return await anext(feed)


async def on(feed: Messages, raised: str) -> dict[str, Any]:
    """The message with this sum; it and those before it go on without a gap."""
    message = await told(feed)
    while message["recovered"] and message["campaign"]["total"]["raised"]["amount"] != raised:
        message = await told(feed)
    assert message["recovered"]
    return message


def figures(message: Mapping[str, Any]) -> tuple[bool, str, str]:
    """Whether it goes on, from where, and the sum."""
    return message["recovered"], message["position"], message["campaign"]["total"]["raised"]["amount"]


async def test_a_counter_joins_its_first_paint_and_counts_on_after_the_line_dropped(merchant: Merchant) -> None:
    await merchant.pay("counter", 88_550)
    campaign = (await merchant.state("counter"))["id"]
    paint = (await merchant.ask(COUNTER, "CounterWidget", id=campaign))["total"]
    async with merchant.live(COUNTER, "CounterWidgetLive", id=campaign, after=paint["position"]) as feed:
        assert figures(await told(feed)) == (True, paint["position"], "885.50")
        await merchant.pay("counter", 1_000, 1_550)
        last = await on(feed, "911.00")
    await merchant.pay("counter", 11_350)
    newest = (await merchant.state("counter"))["total"]["position"]

    async with merchant.live(COUNTER, "CounterWidgetLive", id=campaign, after=last["position"]) as feed:
        assert figures(await told(feed)) == (True, newest, "1024.50")
    for after in (NOWHERE, None):  # a gap that cannot be proven whole, and nothing to go on from
        async with merchant.live(COUNTER, "CounterWidgetLive", id=campaign, after=after) as feed:
            assert figures(await told(feed)) == (False, newest, "1024.50")


async def test_the_counter_of_a_season_begins_anew_with_every_connection(merchant: Merchant) -> None:
    await merchant.begin_season()
    await merchant.pay("season", 88_550)
    for fen, *expected in ((1_250, "885.50", "898.00"), (100, "898.00", "899.00")):
        async with merchant.live(COUNTER, "SeasonCounterWidgetLive", slug="giving") as feed:
            seen = [await told(feed)]
            await merchant.pay("season", fen)
            seen.append(await told(feed))
        sums = [message["season"]["total"]["raised"]["money"]["amount"] for message in seen]
        assert [message["recovered"] for message in seen] == [False, True]
        assert sums == expected


async def test_the_page_of_a_campaign_stays_open_when_it_ends(merchant: Merchant) -> None:
    await merchant.pay("page", 88_550)
    campaign = (await merchant.state("page"))["id"]
    read = (await merchant.ask(PAGE, "CampaignPage", id=campaign))["total"]["position"]
    async with merchant.live(PAGE, "CampaignPageLive", id=campaign, after=read) as feed:
        assert figures(await told(feed)) == (True, read, "885.50")
        await merchant.pay("page", 1_000)
        last = await on(feed, "895.50")
        assert last["campaign"]["status"] == "ACTIVE"
    ended = datetime.now(UTC) - timedelta(minutes=1)
    await merchant.declare("page", f"ends_at = {ended.isoformat()}")
    async with merchant.live(PAGE, "CampaignPageLive", id=campaign, after=last["position"]) as feed:
        message = await told(feed)
        assert (message["recovered"], message["campaign"]["status"]) == (True, "ENDED")
        await merchant.pay("page", 500)
        assert (await on(feed, "900.50"))["campaign"]["status"] == "ENDED"
    async with merchant.live(PAGE, "CampaignPageLive", id=campaign, after=NOWHERE) as feed:
        assert (await told(feed))["recovered"] is False


async def test_the_bar_of_a_stream_shows_its_own_part_and_a_goal_that_was_raised(merchant: Merchant) -> None:
    await merchant.declare("bar", 'goal = "1500"')
    now = datetime.now(UTC)
    await merchant.pay("bar", 80_000, paid_at=now - timedelta(minutes=30))
    await merchant.pay("bar", 8_550)
    asked = {
        "id": (await merchant.state("bar"))["id"],
        "streamStart": (now - timedelta(minutes=10)).replace(second=0, microsecond=0).isoformat(),
    }

    def shown(message: Any) -> tuple[bool, str, str, str]:
        goal, sums, stream = (message["campaign"][name] for name in ("goal", "total", "thisStream"))
        return message["recovered"], goal["amount"], sums["raised"]["amount"], stream["raised"]["amount"]

    async with merchant.live(OVERLAY, "OverlayTotal", **asked) as feed:
        assert shown(await told(feed)) == (False, "1500.00", "885.50", "85.50")
        await merchant.pay("bar", 2_550)
        assert shown(await on(feed, "911.00")) == (True, "1500.00", "911.00", "111.00")
        await merchant.declare("bar", 'goal = "2000"')
        last = await told(feed)
        assert shown(last) == (True, "2000.00", "911.00", "111.00")
    await merchant.pay("bar", 900)
    async with merchant.live(OVERLAY, "OverlayTotal", **asked, after=last["position"]) as feed:
        assert shown(await told(feed)) == (True, "2000.00", "920.00", "120.00")


async def test_alerts_join_the_first_query_replay_what_was_missed_and_say_how_much_is_left_out(merchant: Merchant) -> None:
    await merchant.pay("alerts", 100)
    state = await merchant.state("alerts")
    asked = {"id": state["id"], "streamStart": datetime.now(UTC).replace(second=0, microsecond=0).isoformat()}

    def shown(message: Any) -> tuple[list[str], list[str], int | None, bool]:
        received = [gift["amount"]["amount"] for gift in message["received"]]
        return received, [gift["amount"]["amount"] for gift in message["changed"]], message["missed"], message["recovered"]

    async with merchant.live(OVERLAY, "OverlayDonations", **asked, after=state["total"]["position"]) as feed:
        start = await told(feed)
        assert (*shown(start), start["position"]) == ([], [], 0, True, state["total"]["position"])
        [gift] = await merchant.pay("alerts", 700)
        assert shown(await told(feed)) == (["7.00"], [], 0, True)
        await merchant.give_back(gift, 50)
        last = await told(feed)
        assert shown(last) == ([], ["7.00"], 0, True)
    await merchant.pay("alerts", 800, 900)
    async with merchant.live(OVERLAY, "OverlayDonations", **asked, after=last["position"]) as feed:
        last = await told(feed)
        assert shown(last) == (["8.00", "9.00"], [], 0, True)
    await merchant.pay("alerts", *[10] * 412)
    newest = (await merchant.state("alerts"))["total"]["position"]
    for after, missed in ((last["position"], 412), (NOWHERE, None), (None, 0)):
        async with merchant.live(OVERLAY, "OverlayDonations", **asked, after=after) as feed:
            message = await told(feed)
            assert (*shown(message), message["position"]) == ([], [], missed, False, newest)
