"""A season in front of a real gateway: what leads the board, and that it moves as people give."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.board import grouped
from tests.browser.season_world import SLUG, STARS, SeasonWorld
from tests.browser.watch import Watch

SOON_MS = 25_000
"""What no feed carries is read again within ten seconds of a change; a loaded machine needs its time as well."""


def figure(page: Page) -> Locator:
    """The season's total."""
    return page.locator(".lead .total .amount")


def leader(page: Page, name: str) -> Locator:
    """An endorser's row."""
    return page.locator(".leader").filter(has_text=name)


async def test_the_total_moves_with_its_parts_and_their_rates(season_world: SeasonWorld, page: Page, watch: Watch) -> None:
    await page.goto(season_world.address)
    await expect(page.locator("#season-name")).to_have_text("捐赠季 A Season of Giving")
    await expect(page).to_have_title("捐赠季 A Season of Giving: live totals")

    await season_world.wechat.pay(40_050)
    await expect(figure(page)).to_have_text("400.50")
    await expect(page.locator(".lead .aim")).to_have_text("40.0 % of CNY\u00a01,000")

    await season_world.twitch.donate(1_000, user_name="海星")
    await expect(figure(page)).to_have_text("479.00")
    await expect(page.locator(".lead .approx")).to_have_text("about")
    await expect(page.locator(".parts li")).to_have_count(2)
    await expect(page.locator(".parts")).to_contain_text("CNY 400.50")
    await expect(page.locator(".parts")).to_contain_text("EUR 10.00 at 7.85 CNY (set by the operator, ")
    await expect(page.locator(".lead .facts")).to_have_text("1 gift known, 2 campaigns")
    await expect(page.locator(".network-share .network")).to_have_text(["WeChat Pay", "Twitch"])
    await expect(page.locator(".network-share .amount")).to_have_text(["400.50", "78.50"])
    await expect(page.locator(".row")).to_have_count(3)
    await expect(page.locator(".gift")).to_have_count(2)

    book = Decimal(season_world.raised(season_world.wechat, "school-lunch"))
    await expect(page.locator(".network-share .amount").first).to_have_text(grouped(str(book)))


@pytest.mark.parametrize("until_second_phase", [timedelta(seconds=20)])
async def test_the_phase_changes_while_somebody_is_watching(season_world: SeasonWorld, page: Page, watch: Watch) -> None:
    await page.goto(season_world.address)
    now = page.locator(".phase[aria-current=step]")
    await expect(page.locator(".lead .stage")).to_have_text("Phase 1 of 2: 一顿午餐 One lunch")
    await expect(now).to_contain_text("一顿午餐 One lunch")

    await expect(page.locator(".lead .stage")).to_have_text("Phase 2 of 2: 捐赠季 Season of giving", timeout=SOON_MS)
    await expect(now).to_contain_text("捐赠季 Season of giving")
    await expect(page.locator(".phase .state")).to_have_text(["over", "now"])


async def test_gifts_that_name_an_endorser_raise_it_and_a_refund_lowers_it(
    season_world: SeasonWorld, page: Page, watch: Watch
) -> None:
    await page.goto(season_world.address)
    (star, star_name, _), (singer, singer_name, _) = STARS
    payment = await season_world.wechat.pay(30_000, attach=f"campaign=school-lunch;star={star}")
    await season_world.wechat.pay(5_000, attach=f"campaign=school-lunch;star={star}")
    await season_world.wechat.pay(20_000, attach=f"campaign=school-lunch;star={singer}")
    await expect(page.locator(".leader .name")).to_have_text([star_name, singer_name], timeout=SOON_MS)
    await expect(leader(page, star_name).locator(".sum .amount")).to_have_text("350.00", timeout=SOON_MS)
    await expect(leader(page, star_name).locator(".facts")).to_have_text("2 gifts")
    await expect(leader(page, star_name).locator(".account")).to_have_text("Sina Weibo 8,000,000 followers")

    await season_world.wechat.refund(payment, 30_000)
    await expect(leader(page, star_name).locator(".sum .amount")).to_have_text("50.00", timeout=SOON_MS)
    await expect(page.locator(".leader .name")).to_have_text([singer_name, star_name])
    await expect(figure(page)).to_have_text("250.00")


async def test_engagement_stands_beside_the_money_and_actions_have_places_and_dates(
    season_world: SeasonWorld, page: Page, watch: Watch
) -> None:
    await page.goto(season_world.address)
    box = page.get_by_role("region", name="Engagement")
    await expect(box).to_contain_text("not money")
    await expect(box.locator("tbody tr")).to_have_count(2, timeout=SOON_MS)
    await expect(box.locator("tfoot td")).to_have_text(["2,400", "900", "18,000"])
    assert await box.locator(".currency").count() == 0

    actions = page.locator(".action")
    await expect(actions.first).to_contain_text("What a lunch changes Learn online")
    await expect(actions.last).to_contain_text("Attend Bijie, Guizhou 3 Oct 2031, 10:00")


async def test_the_chart_and_its_table_have_the_points(season_world: SeasonWorld, page: Page, watch: Watch) -> None:
    await season_world.wechat.pay(10_000)
    await season_world.wechat.pay(2_345)
    await season_world.wechat.sender.settle()
    await page.goto(season_world.address)
    chart = page.get_by_role("img", name="CNY\u00a0123.45 raised")
    await expect(chart).to_be_visible()
    assert (await chart.locator(".line").get_attribute("d") or "").count("L") >= 1
    assert (await chart.locator(".bars").first.get_attribute("d") or "").startswith("M")

    await page.get_by_text("As a table").click()
    rows = page.locator(".history tbody tr")
    await expect(rows.first.locator("td").nth(1)).to_have_text("123.45")
    gifts = [int(text) for text in await rows.locator("td:last-child").all_text_contents()]
    assert sum(gifts) == 2


async def test_the_address_chooses_the_season(season_world: SeasonWorld, page: Page, watch: Watch) -> None:
    await page.goto(f"{season_world.address}/?season={SLUG}")
    await expect(page.locator("#season-name")).to_be_visible()

    await page.goto(f"{season_world.address}/?season=nothing")
    await expect(page.locator("#notice")).to_have_text("There is no season \u201cnothing\u201d here.")
    await expect(page.locator("#season")).to_be_hidden()
