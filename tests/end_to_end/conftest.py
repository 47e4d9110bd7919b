"""Worlds for tests: one of its own for each test, or one that the tests of a file share because they change nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.end_to_end.alipay_shop import AlipayShop, opened_shop
from tests.end_to_end.world import World, idle_world, set_up


@pytest.fixture
async def idle(tmp_path: Path, seed: int) -> AsyncIterator[World]:
    """Both networks, and a gateway that the test configures and starts by itself."""
    async with idle_world(tmp_path, seed) as made:
        yield made


@pytest.fixture
async def world(idle: World) -> World:
    """Both networks and a running gateway."""
    return await set_up(idle)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[World]:
    """The same for all tests of a module, which must be marked to share its event loop, and leave no trace in it."""
    async with idle_world(tmp_path_factory.mktemp("shared"), seed) as made:
        yield await set_up(made)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[AlipayShop]:
    """A merchant of Alipay and its gateway, which agree whenever a test of the module ends."""
    async with opened_shop(tmp_path_factory.mktemp("shop"), seed) as made:
        yield made
