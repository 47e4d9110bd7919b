"""What the page says of a season in the states that it can be in, and that it never says more than it knows."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.autumn import (
    DAY,
    HOUR,
    action,
    converted,
    counters,
    endorsement,
    history,
    phase,
    season,
    season_total,
    share,
)
from tests.browser.given import campaign, gift, moment, money, to
from tests.browser.stage import Stage
from tests.browser.watch import Watch


async def test_without_a_season_the_board_is_one_of_campaigns(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Lunch")]
    await stage.show(page)
    await expect(page.locator(".row")).to_have_count(1)

    await expect(page.locator("#season")).to_be_hidden()
    await expect(page.locator("#sums")).to_contain_text("CNY 100.00")
    await expect(page).to_have_title("Giving Gateway: live totals")


async def test_the_season_under_way_leads_and_else_the_latest(stage: Stage, page: Page, watch: Watch) -> None:
    coming = season("Coming", startsAt=moment(-9 * DAY), currentPhase=None)
    without_phases = season("Running", phases=[], currentPhase=None)
    over = season("Over", startsAt=moment(90 * DAY), endsAt=moment(60 * DAY), currentPhase=None)
    name = page.locator("#season-name")
    for seasons, leading in (
        ([coming, season("Autumn"), over], "Autumn"),
        ([coming, without_phases, over], "Running"),
        ([coming, over], "Coming"),
    ):
        stage.seasons = seasons
        await stage.show(page)
        await expect(name).to_have_text(leading)

    await stage.show(page, "/?season=Over")
    await expect(name).to_have_text("Over")


async def test_a_season_is_followed_by_three_feeds_whatever_it_has(stage: Stage, page: Page, watch: Watch) -> None:
    stage.seasons = [season()]
    stage.campaigns = [campaign(f"C{number}", f"{100 - number}.00") for number in range(25)]
    await stage.show(page)
    asked = await stage.until_asked(3)

    assert [each["variables"] for each in asked] == [
        {"slug": "Autumn"},
        {"ids": [f"C{number}" for number in range(20)]},
        {"slug": "Autumn"},
    ]
    stage.tell_row(campaign("C3", "500.00"))
    await expect(page.locator(".title bdi").first).to_have_text("C3")
    given = gift("g1", "7.00")
    stage.announce_in_season("Autumn", received=[to(stage.campaigns[0], given)])
    await expect(page.locator(".given .amount")).to_have_text("7.00")


async def test_a_sum_says_that_it_is_an_estimate_and_what_is_missing_in_it(stage: Stage, page: Page, watch: Watch) -> None:
    raised = converted("956.50", ("885.50", "CNY"), ("10.00", "EUR"), ("500", "JPY"), rates=("EUR",), missing=("JPY",))
    stage.seasons = [season(total=season_total(raised))]
    await stage.show(page)

    await expect(page.locator(".lead .total")).to_have_text("about CNY 956.50")
    await expect(page.locator(".parts li")).to_have_text(
        [
            "CNY 885.50",
            "EUR 10.00 at 7.85123 CNY (ECB, 2 Oct 2026)",
            "JPY 500 not in the total: no rate is known",
        ]
    )


async def test_one_exact_part_is_not_told_twice(stage: Stage, page: Page, watch: Watch) -> None:
    stage.seasons = [season()]
    await stage.show(page)

    await expect(page.locator(".lead .total")).to_have_text("CNY 88,550.00")
    await expect(page.locator(".parts")).to_be_hidden()
    await expect(page.locator(".lead .goal")).to_be_hidden()


@pytest.mark.parametrize(
    "total",
    [
        season_total(converted("0.00"), campaignCount=0, donationCount=0, goal=money("500.00", "CNY"), progress=0.0),
        season_total(converted(None, ("5.00", "USD"), missing=("USD",)), goal=money("500.00", "CNY")),
    ],
)
async def test_a_total_that_is_not_known_is_never_zero(stage: Stage, page: Page, watch: Watch, total: dict[str, Any]) -> None:
    stage.seasons = [season(total=total)]
    await stage.show(page)

    await expect(page.locator(".lead .total .amount")).to_have_text("unknown")
    await expect(page.locator(".lead .aim")).to_have_text("? of CNY\u00a0500")


async def test_an_old_total_and_a_lost_line_are_said(stage: Stage, page: Page, watch: Watch) -> None:
    raised = converted("88550.00")
    stage.seasons = [
        season(
            total=season_total(raised, freshness="STALE", asOf=moment(5 * HOUR)),
            byPlatform=[share("WeChat Pay", raised, "STALE"), share("Alipay", converted("1.00"))],
        )
    ]
    await stage.show(page)
    await expect(page.locator(".lead .freshness")).to_contain_text("5 h ago")
    await expect(page.locator(".network-share .freshness").first).to_contain_text("Stale: as of")
    await expect(page.locator(".network-share .freshness").last).to_have_text("Live")

    await stage.until_asked(2)
    await stage.drop()
    await expect(page.locator(".network-share .freshness").last).to_contain_text("Not live: as of")


async def test_before_its_start_and_after_its_end_it_says_when(stage: Stage, page: Page, watch: Watch) -> None:
    before: dict[str, Any] = {
        "startsAt": "2031-05-01T16:00:00Z",
        "endsAt": None,
        "currentPhase": None,
        "phases": [phase("One", 9 * DAY, None)],
    }
    stage.seasons = [season(total=season_total(converted("0.00"), campaignCount=0), **before)]
    await stage.show(page)
    await expect(page.locator(".lead .when")).to_have_text("Starts 2 May 2031 from 2 May 2031")  # of Shanghai
    await expect(page.locator(".lead .total")).to_be_hidden()
    await expect(page.locator(".phase .state")).to_have_text(["to come"])

    after: dict[str, Any] = {"startsAt": "2026-09-30T16:00:00Z", "endsAt": "2026-10-31T16:00:00Z", "currentPhase": None}
    stage.seasons = [season(phases=[phase("One", -99 * DAY, -9 * DAY)], **after)]
    await stage.show(page)
    await expect(page.locator(".lead .when")).to_have_text(re.compile(r"Ended 31 Oct 2026 1\s?\u2013\s?31 Oct 2026"))
    await expect(page.locator(".phase .state")).to_have_text(["over"])
    await expect(page.locator(".lead .total")).to_have_text("CNY 88,550.00")


async def test_a_message_brings_the_next_phase_and_the_board_is_read_again(stage: Stage, page: Page, watch: Watch) -> None:
    one, two = phase("One", -DAY, 60), phase("Two", 60, None)
    known = season(phases=[one, two], currentPhase=one)
    stage.seasons = [known]
    await stage.show(page)
    await expect(page.locator(".phase .state")).to_have_text(["now", "to come"])
    await stage.until_asked(2)

    async with page.expect_request("**/graphql"):
        stage.tell_season(known | {"currentPhase": two})
    await expect(page.locator(".phase .state")).to_have_text(["over", "now"])
    await expect(page.locator(".lead .stage")).to_have_text("Phase 2 of 2: Two")


async def test_an_endorser_of_several_campaigns_is_one_and_currencies_stay_apart(
    stage: Stage, page: Page, watch: Watch
) -> None:
    stage.seasons = [
        season(
            endorsements=[
                endorsement("Singer", "90071992547409.91"),
                endorsement("Star", "90071992547409.90", "CNY", counters(10, None, 1), counters(None, None, 4, "STALE")),
                endorsement("Star", "0.02"),
                endorsement("Star", "5.00", "EUR"),
                endorsement("Runner", "3.00"),
                endorsement("Runner", "4.00"),
                endorsement("Painter", "6.00"),
                endorsement("Quiet", None, "CNY", None, followers=None),
            ]
        )
    ]
    await stage.show(page)

    await expect(page.locator(".leader .name")).to_have_text(["Singer", "Star", "Runner", "Painter", "Quiet"])
    star = page.locator(".leader").nth(1)
    await expect(star.locator(".money")).to_have_text(["CNY 90,071,992,547,409.92", "EUR 5.00"])
    await expect(star.locator(".facts")).to_have_text("144 gifts")
    await expect(page.locator(".leader").last).to_have_text("Quiet not told by gifts Weibo")
    await expect(page.locator(".engagement tbody tr")).to_have_text(["Star10\u20145"])
    await expect(page.locator(".engagement .freshness")).to_contain_text("Stale")


async def test_the_interval_of_the_chart_follows_from_how_long_the_past_is(stage: Stage, page: Page, watch: Watch) -> None:
    for length, count, words in (
        (60.0, 20, "each minute"),
        (HOUR, 72, "each hour"),
        (DAY, 30, "each day"),
        (31 * DAY, 40, "each month"),
    ):
        stage.seasons = [season(history=history(*[10] * count, length=length))]
        await stage.show(page)
        await expect(page.locator(".each")).to_contain_text(words)


async def test_only_intervals_that_are_still_kept_are_asked_for(stage: Stage, page: Page, watch: Watch) -> None:
    stage.seasons = [
        season(startsAt=moment(9 * DAY), endsAt=moment(9 * DAY - 2 * HOUR), history=history(10, 20, ago=9 * DAY - 2 * HOUR))
    ]
    await stage.show(page)
    await expect(page.locator(".each")).to_contain_text("each hour")

    asked = [each["variables"] for each in stage.queries if "interval" in each["variables"]]
    assert {each["interval"] for each in asked} == {"HOUR"}
    assert {each["until"] for each in asked} == {stage.seasons[0]["endsAt"]}


async def test_the_chart_draws_what_was_given_and_what_was_taken_back(stage: Stage, page: Page, watch: Watch) -> None:
    stage.seasons = [season(history=history(100, 50, -30, 0, 80, before=90_071_992_547_409))]
    await stage.show(page)
    await expect(page.locator(".history")).to_be_visible()

    assert await points(page, ".history .line", "L") == 5
    assert await points(page, ".history .bars:not(.lost)", "Z") == 3
    assert await points(page, ".history .lost", "Z") == 1
    summary = await page.get_by_role("img").get_attribute("aria-label") or ""
    assert "CNY\u00a090,071,992,547,609.00 raised" in summary
    assert "Most in one hour: CNY\u00a0100.00" in summary

    await page.get_by_text("As a table").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".history tbody tr")).to_have_count(5)
    await expect(page.locator(".history tbody td").first).to_have_text("80.00")


async def points(page: Page, path: str, letter: str) -> int:
    """How often a command stands in a path."""
    return (await page.locator(path).get_attribute("d") or "").count(letter)


async def test_actions_say_where_and_when_and_lead_only_to_the_web(stage: Stage, page: Page, watch: Watch) -> None:
    there = {"isOnline": False, "place": "Suzhou Creek, Shanghai"}
    stage.seasons = [
        season(
            actions=[
                action("Trap", url="javascript:alert(1)"),
                action("River", "VOLUNTEER", startsAt="2031-10-10T01:00:00Z", **there),
                action("Kitchen", "ATTEND", startsAt="2024-10-03T02:00:00Z", endsAt="2024-10-03T07:00:00Z", **there),
            ]
        )
    ]
    await stage.show(page)

    actions = page.locator(".action")
    await expect(actions.first).to_have_text("Trap Learn online")
    await expect(actions.nth(1)).to_have_text("River Volunteer Suzhou Creek, Shanghai 10 Oct 2031, 09:00")
    await expect(actions.last.locator(".dates")).to_have_text(re.compile(r"3 Oct 2024, 10:00\s?\u2013\s?15:00"))
    await expect(actions.last.locator(".state")).to_have_text("over")
    await expect(page.get_by_role("link", name="Trap")).to_have_count(0)


async def test_a_screen_reader_is_told_of_the_season_now_and_then(stage: Stage, page: Page, watch: Watch) -> None:
    await page.clock.install()
    known = season()
    stage.seasons, stage.campaigns = [known], [campaign("Lunch")]
    await stage.show(page)
    await stage.until_asked(3)
    for step in range(1, 6):
        stage.tell_season(known | {"total": season_total(converted(f"8855{step}.00"))}, recovered=False)
        stage.tell_row(campaign("Lunch", f"{100 + step}.00"))
        await asyncio.sleep(0)
    await expect(page.locator(".lead .total .amount")).to_have_text("88,555.00")
    await expect(page.locator("#announcer")).to_have_text("")

    await page.clock.fast_forward(31_000)
    await expect(page.locator("#announcer")).to_have_text("Autumn: CNY\u00a088,555.00. Phase 2 of 2: Season of giving")
