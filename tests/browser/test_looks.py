"""The board on the screens that it is made for. Its pictures are left in the test's folder."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.given import campaign, gift, platform
from tests.browser.stage import Stage
from tests.browser.watch import VIOLATIONS, Watch

# what reaches out of its row, or under its neighbour, on a page that must not scroll
SPILT = """
[...document.querySelectorAll(".row")].flatMap((row) => {
  const box = row.getBoundingClientRect();
  const out = (part) => part.width && (part.top < box.top - 1 || part.bottom > box.bottom + 1 || part.right > box.right + 1);
  const spilt = [...row.children].filter((each) => out(each.getBoundingClientRect()));
  const list = row.parentElement.parentElement.getBoundingClientRect();
  return [...spilt.map((each) => each.className), ...(box.bottom > list.bottom + 1 ? ["row"] : [])];
})
"""
SCREENS = {"phone": (390, 844), "laptop": (1366, 768), "wall": (1920, 1080)}


def a_season(count: int) -> list[dict[str, object]]:
    """Campaigns with everything that makes rows long."""
    twitch = platform("Twitch")
    gifts = tuple(gift(f"g{number}", "12.34", donor="DeepBlue", seconds_ago=number) for number in range(5))
    long = "为山区的孩子们送去一顿热腾腾的免费午餐 A warm lunch for every child in every school of the mountains"
    several = [
        campaign(long, "1234567.89", goal="2000000.00", progress=0.617, refunded="1200.50", count=48_211, gifts=gifts),
        campaign(
            "Reef", "9876.50", "EUR", goal="5000.00", progress=1.97, basis="REPORTED", on=twitch, sources=("PLATFORM_API",)
        ),
        campaign("清澈的河", freshness="STALE", seconds_ago=7_200, goal="20000.00", progress=0.3),
        campaign("Old trees", "88.00", status="ENDED", endsAt="2026-03-10T12:00:00+00:00"),
        campaign("其他捐款 Other gifts", None),
    ]
    rows = [*several, *(campaign(f"捐款 Campaign {number}", f"{900 - number}.00") for number in range(count - len(several)))]
    return rows[:count]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_everything_fits_the_screen(
    stage: Stage, browser: Browser, tmp_path: Path, screen: str, scheme: Literal["light", "dark"]
) -> None:
    width, height = SCREENS[screen]
    wall = screen == "wall"
    stage.platforms = [platform(), platform("Twitch")]
    for count in (1, 4, 6, 10, 20):
        page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        await page.add_init_script(VIOLATIONS)
        watch = Watch(page)
        stage.campaigns = a_season(count)
        await stage.show(page)
        await expect(page.locator(".row")).to_have_count(count)
        await page.screenshot(path=tmp_path / f"{screen}-{scheme}-{count}.png", full_page=not wall)

        wide, high = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert wide <= width
        assert not wall or high <= height
        assert await page.evaluate(SPILT) == []
        assert await watch.noise() == []


async def test_the_first_key_leads_to_a_link_that_is_marked(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Lunch", url="https://network.example/lunch")]
    await stage.show(page)
    await expect(page.locator(".row")).to_have_count(1)

    for name in ("Query these figures", "Lunch"):
        await page.keyboard.press("Tab")
        focused = page.locator("a:focus")
        await expect(focused).to_have_text(name)
        await expect(focused).to_have_css("outline-style", "solid")


def test_every_colour_of_text_can_be_read() -> None:
    blocks = re.findall(r":root \{(.*?)\}", (files("gateway.web") / "board.css").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for ground in ("paper", "glow"):
            for name in ("ink", "quiet", "stale"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground, colours)
        for name in ("gain", "lost"):
            assert contrast(colours[name], colours["paper"]) >= 4.5, (name, colours)


def contrast(first: str, second: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
