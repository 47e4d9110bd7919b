"""A real Chromium. Without one these tests are skipped, but in CI they fail."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.season_world import SeasonWorld
from tests.browser.stage import Stage
from tests.browser.watch import VIOLATIONS, Watch
from tests.browser.world import World


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where it is."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is not installed: apt-get install -y --no-install-recommends chromium fonts-noto-cjk")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> Page:
    """One empty page, which notes down what its policy stops."""
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await page.add_init_script(VIOLATIONS)
    return page


@pytest.fixture
async def watch(page: Page) -> AsyncIterator[Watch]:
    """Whoever uses it has a page that is quiet to its end."""
    watch = Watch(page)
    yield watch
    assert await watch.noise() == []


@pytest.fixture
async def world(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A gateway in a process of its own, with two networks."""
    async with World(tmp_path_factory.mktemp("gateway")).open() as world:
        yield world


@pytest.fixture
def until_second_phase() -> timedelta:
    """How long the first phase of ``season_world`` still lasts. A test that waits for the second one makes it short."""
    return timedelta(hours=1)


@pytest.fixture
async def season_world(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, until_second_phase: timedelta
) -> AsyncIterator[SeasonWorld]:
    """The same with a season."""
    async with SeasonWorld(tmp_path_factory.mktemp("gateway"), until_second_phase).open() as world:
        yield world


@pytest.fixture
async def stage(chromium: str) -> AsyncIterator[Stage]:
    """The pages alone, with an endpoint that says what a test wants."""
    async with Stage().open() as stage:
        yield stage
