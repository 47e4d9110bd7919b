"""A season on the screens that the board is made for. Its pictures are left in the test's folder."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.autumn import (
    DAY,
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
from tests.browser.given import campaign, gift, moment, money, platform
from tests.browser.stage import Stage
from tests.browser.watch import VIOLATIONS, Watch

LONG = "为山区的孩子们送去一顿热腾腾的免费午餐 A warm lunch for every child in every school of the mountains"
SCREENS = {"phone": (390, 844), "desk": (1366, 768), "wall": (1920, 1080), "large": (3840, 2160)}
# parts of the page that lie on one another
LAID_OVER = """
[...document.querySelectorAll(".lead, .history, #season > section, #campaigns, #latest")]
  .filter((part) => part.offsetParent && part.checkVisibility())
  .flatMap((part, place, parts) => {
    const box = part.getBoundingClientRect();
    return parts.slice(place + 1).filter((other) => {
      const { left, right, top, bottom } = other.getBoundingClientRect();
      return left < box.right - 1 && right > box.left + 1 && top < box.bottom - 1 && bottom > box.top + 1;
    }).map((other) => `${part.className || part.id} over ${other.className || other.id}`);
  })
"""
# what is larger than its own box, in either direction
SPILT = """
[...document.querySelectorAll(
  ".lead, .lead > *, .row, .leader, .network-share, .action p, .engagement tr, .history figcaption",
)]
  .filter((part) => getComputedStyle(part).overflow === "visible")
  .filter((part) => {
    const isTooHigh = part.matches(".lead") && part.scrollHeight > part.clientHeight + 1;
    return isTooHigh || part.scrollWidth > part.clientWidth + 1;
  })
  .map((part) => part.className || part.tagName)
"""


def full(**more: Any) -> dict[str, Any]:
    """A season with everything that a page can show, and long words."""
    raised = converted(
        "1234567.25", ("1157015.10", "CNY"), ("9876.50", "EUR"), ("120", "JPY"), rates=("EUR",), missing=("JPY",)
    )
    known = {
        "name": "季节捐 A Season of Giving",
        "total": season_total(raised, goal=money("2000000.00", "CNY"), progress=0.617),
        "byPlatform": [
            share("WeChat Pay", converted("900000.00")),
            share("Twitch", converted("77555.15", ("9876.50", "EUR"), rates=("EUR",)), "STALE"),
            share("Sina Weibo", converted("30664.60"), "CACHED"),
        ],
        "history": history(*[(hour * 37) % 500 - (400 if hour == 90 else 0) for hour in range(168)]),
        "endorsements": [
            endorsement("Demo Star 演示明星", "18220.00", "CNY", counters(1_200, 450, 9_000)),
            endorsement(LONG, "88.00", "EUR", counters(9_200, 4_450, 129_000)),
            endorsement("A quiet voice", None, followers=None),
        ],
        "actions": [
            action("What a lunch changes"),
            action("Open kitchen day", "ATTEND", place=LONG, startsAt=moment(-DAY), endsAt=moment(-2 * DAY)),
        ],
    }
    return season(**known | more)


def seasons() -> dict[str, tuple[dict[str, Any], int]]:
    """By the name of their state, with how many campaigns they have."""
    long = phase(LONG, -DAY, DAY)
    return {
        "full": (full(), 12),
        "many": (full(), 20),
        "long": (full(name=LONG, phases=[long, phase("Two", DAY, None)], currentPhase=long), 5),
        "stale": (full(total=season_total(converted("90071992547409.91"), freshness="STALE", asOf=moment(9_000))), 3),
        "bare": (season(), 1),
        "zero": (season(total=season_total(converted("0.00"), campaignCount=0, donationCount=0), actions=[action("Learn")]), 0),
        "before": (season(startsAt=moment(-9 * DAY), currentPhase=None, total=None), 0),
    }


def campaigns(count: int) -> list[dict[str, Any]]:
    """So many, with gifts."""
    gifts = tuple(gift(f"g{number}", "12.34", seconds_ago=number) for number in range(5))
    first = campaign(
        LONG, "1157015.10", goal="2000000.00", progress=0.617, count=48_211, gifts=gifts, on=platform("WeChat Pay")
    )
    old = campaign("清澈的河", "5000.00", freshness="STALE", seconds_ago=7_200, on=platform("Twitch"))
    rest = [campaign(f"捐款 Campaign {number}", f"{900 - number}.00", goal="2000.00", progress=0.4) for number in range(count)]
    return [first, old, *rest][:count]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_season_fits_the_screen(
    stage: Stage, browser: Browser, tmp_path: Path, screen: str, scheme: Literal["light", "dark"]
) -> None:
    width, height = SCREENS[screen]
    wall = screen in ("wall", "large")
    for name, (known, count) in seasons().items():
        page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        await page.add_init_script(VIOLATIONS)
        watch = Watch(page)
        stage.seasons, stage.campaigns = [known], campaigns(count)
        await stage.show(page)
        await expect(page.locator("#season-name")).to_have_text(known["name"])
        await expect(page.locator(".row")).to_have_count(count)
        await page.screenshot(path=tmp_path / f"{name}-{screen}-{scheme}.png", full_page=not wall)

        wide, high = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert wide <= width, name
        assert not wall or high <= height, name
        assert await page.evaluate(LAID_OVER) == [], name
        assert await page.evaluate(SPILT) == [], name
        assert await watch.noise() == []
        await page.close()


async def test_everything_can_be_found_without_eyes_and_without_a_mouse(stage: Stage, page: Page, watch: Watch) -> None:
    stage.seasons, stage.campaigns = [full()], campaigns(2)
    await stage.show(page)
    await expect(page.locator("#season-name")).to_be_visible()

    for name in (
        "季节捐 A Season of Giving",
        "By network",
        "Endorsers",
        "Engagement",
        "What you can do",
        "Campaigns",
        "Latest gifts",
    ):
        await expect(page.get_by_role("region", name=name, exact=True)).to_have_count(1)
    assert [int((await each.evaluate("each => each.tagName"))[1]) for each in await page.get_by_role("heading").all()] == [
        *(1, 2, 3, 3, 3, 3, 3),
        *(2, 3, 3, 2),
    ]
    await expect(page.get_by_role("progressbar", name="Share of the season\u2019s goal")).to_have_attribute(
        "aria-valuenow", "61"
    )
    for name in ("Query these figures", "As a table", "Demo Star"):
        await page.keyboard.press("Tab")
        await expect(page.locator(":focus")).to_contain_text(name)
        await expect(page.locator(":focus")).to_have_css("outline-style", "solid")
