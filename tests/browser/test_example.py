"""The example for front-end teams: a list that loads more, and a campaign with its live total, over a real gateway."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.example import ALL, ExampleWorld, heard, listed, raised
from tests.browser.watch import Watch
from tests.browser.world import HOSTILE, LUNCH
from tests.examples.tree import WEB, planted
from tests.npm import demand, install


@pytest.fixture(scope="module")
def dist(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as it is built."""
    demand("node", "npm")
    install(WEB)
    tree = planted(tmp_path_factory.mktemp("example"), WEB / "node_modules")
    code, said = asyncio.run(tree.run("npm", "run", "build"))
    assert code == 0, said
    return tree.web / "dist"


@pytest.fixture
async def example(
    dist: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, watch: Watch
) -> AsyncIterator[ExampleWorld]:
    """It, served beside a gateway."""
    built = tmp_path_factory.mktemp("site") / "dist"
    shutil.copytree(dist, built)
    async with ExampleWorld(tmp_path_factory.mktemp("gateway")).beside(built, monkeypatch) as world:
        watch.expected.append(f"request to {world.address.removeprefix('http://')}")
        yield world


async def choose(page: Page, title: str) -> None:
    await page.get_by_role("searchbox").fill(title)
    await expect(listed(page)).to_have_count(1)
    await listed(page).get_by_role("link").click()


async def test_the_list_loads_more_until_every_campaign_is_there_once(example: ExampleWorld, page: Page) -> None:
    await page.goto(example.site)
    await expect(page.locator("nav .count")).to_have_text(str(ALL))
    await expect(listed(page)).to_have_count(20)

    await page.get_by_role("button", name="Load more").click()
    await expect(listed(page)).to_have_count(ALL)
    await expect(page.get_by_role("button", name="Load more")).to_have_count(0)
    titles = await page.locator("nav .title").all_text_contents()
    assert len(set(titles)) == ALL
    assert any("<script>" in title and set(title) <= set(HOSTILE) for title in titles)
    assert await page.evaluate("window.hacked") is None


async def test_the_list_is_searched_while_somebody_types(example: ExampleWorld, page: Page) -> None:
    await page.goto(example.site)
    await page.get_by_role("searchbox").fill("午餐 warm")
    await expect(page.locator("nav .title")).to_have_text([LUNCH])

    await page.get_by_role("searchbox").fill("nobody")
    await expect(page.locator("nav .hint")).to_have_text("Nothing found.")


async def test_a_total_follows_the_networks_own_book_to_the_last_fen(example: ExampleWorld, page: Page) -> None:
    await page.goto(example.site)
    await choose(page, LUNCH)
    await expect(raised(page)).to_have_text("unknown")

    await example.wechat.pay(123_456)
    await expect(raised(page)).to_have_text("CN¥1,234.56")
    await expect(page.locator(".told")).to_have_text("of CN¥50,000.00 · CN¥48,765.44 to go · 1 gift")
    await expect(page.locator(".freshness")).to_have_text("Live")
    await expect(page.locator("nav .raised")).to_have_text("CN¥1,234.56")  # one cache: the row moves with the page

    payment = await example.wechat.pay(1_000_007)
    await example.wechat.refund(payment, 7)
    await expect(page.locator(".told")).to_contain_text("2 gifts · CN¥0.07 refunded")
    await expect(page.get_by_role("button", name="Show 2 new")).to_be_visible()
    assert example.raised(example.wechat, "school-lunch") == "11234.56"
    await expect(raised(page)).to_have_text("CN¥11,234.56")

    await example.wechat.pay(4_000_000)
    await expect(page.locator(".told")).to_contain_text("goal reached")


async def test_gifts_are_counted_as_they_come_and_shown_when_asked_for(example: ExampleWorld, page: Page) -> None:
    await example.wechat.pay(1)
    await page.goto(example.site)
    await choose(page, LUNCH)
    await expect(page.locator(".gifts li")).to_have_count(1)

    for fen in range(101, 126):
        await example.wechat.pay(fen)
    await page.get_by_role("button", name="Show 25 new").click()
    await expect(page.locator(".gifts li")).to_have_count(20)
    await expect(page.get_by_role("button", name="Show")).to_have_count(0)

    await page.locator(".gifts").get_by_role("button", name="Load more").click()
    await expect(page.locator(".gifts li")).to_have_count(26)
    shown = await page.locator(".gifts .amount").all_text_contents()  # those of one second are in no special order
    assert sorted(shown) == ["CN¥0.01"] + [f"CN¥1.{fen:02}" for fen in range(1, 26)]


async def test_a_page_that_has_lost_its_gateway_says_so_and_goes_on_when_it_is_back(
    example: ExampleWorld, page: Page, watch: Watch
) -> None:
    watch.expected += ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
    asked, told = heard(page)
    await example.wechat.pay(10_000)
    await page.goto(example.site)
    await choose(page, LUNCH)
    await example.wechat.pay(1)
    await expect(raised(page)).to_have_text("CN¥100.01")
    await expect(page.locator(".freshness")).to_have_text("Live")

    await example.kill()
    await expect(page.locator(".freshness")).to_contain_text("Reconnecting")
    await expect(raised(page)).to_have_text("CN¥100.01")
    last = told[-1]

    await example.start()
    await example.wechat.pay(2_344)
    await expect(raised(page)).to_have_text("CN¥123.45", timeout=40_000)
    await expect(page.locator(".freshness")).to_have_text("Live")
    assert len(asked) == 2
    assert asked[1] == last


async def test_an_address_that_names_no_campaign_is_told(example: ExampleWorld, page: Page) -> None:
    await page.goto(f"{example.site}/#nothing")
    await expect(page.locator("article .hint")).to_have_text("There is no such campaign.")
