"""A gateway in each profile, which all tests of a module share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.audits.serving import served
from tests.npm import install

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_modules() -> None:
    """Installs the audits where that can be and is needed."""
    install(HERE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def development(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[str]:
    """The endpoint of one that may be explored."""
    async with served(tmp_path_factory.mktemp("development"), seed, profile="development") as gateway:
        yield f"{gateway.url}/graphql"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[str]:
    """The endpoint of one as strangers meet it."""
    async with served(tmp_path_factory.mktemp("production"), seed + 1, profile="production") as gateway:
        yield f"{gateway.url}/graphql"
