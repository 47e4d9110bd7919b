"""A stranger with graphql-cop finds nothing in production."""

import aiohttp
import pytest

from connectors.testing.emulation import serve
from tests.audits.cop import PROBES, Target
from tests.audits.lax import LAX

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def finds(probe: str, url: str) -> bool:
    """Whether a probe finds something at an endpoint."""
    async with aiohttp.ClientSession() as session:
        return await PROBES[probe](Target(url, session))


async def test_there_are_twelve_probes() -> None:
    assert len(PROBES) == 12


@pytest.mark.parametrize("probe", PROBES)
async def test_in_production_a_probe_finds_nothing(production: str, probe: str) -> None:
    assert not await finds(probe, production)


@pytest.mark.parametrize("probe", PROBES)
async def test_it_finds_what_there_is(probe: str) -> None:
    async with serve(LAX) as url:
        assert await finds(probe, f"{url}/graphql")


async def test_in_development_only_what_that_is_for_is_found(development: str) -> None:
    assert {probe for probe in PROBES if await finds(probe, development)} == {
        "get_query",
        "ide",
        "introspection",
    }
