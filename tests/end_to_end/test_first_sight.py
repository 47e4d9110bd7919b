"""Campaigns that nobody has seen, through the front door: found at once, asked for once, and on nobody's list."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.seekers import Seekers, seekers
from tests.end_to_end.viewers import TOTAL, follow, socket

NOBODY = "campaign/00000000-0000-4000-8000-000000000000"
BY_ID = "query ($id: ID!) { campaign(id: $id) { title } node(id: $id) { id } }"


async def found_by(world: Seekers, network: str) -> tuple[str, str]:
    """One more campaign of a network, with 12.34 in it: its native id, and what its calls have in their paths."""
    if network == "tiltify":
        campaign = world.tiltify.add_campaign("A stranger's")
        await world.tiltify.donate(1_234, campaign=campaign)
        native = next(native for native, book in world.tiltify.books.items() if native.endswith(campaign.id))
        return native, campaign.id
    page = world.justgiving.add_page("page/strangers-ride", "A stranger's")
    await world.justgiving.donate(1_234, page=page)
    return page.native_id, "strangers-ride"


@pytest.mark.parametrize("network", ["tiltify", "justgiving"])
async def test_a_campaign_that_nobody_has_seen_is_in_the_first_answer_and_asked_for_once(
    tmp_path: Path, seed: int, network: str
) -> None:
    async with seekers(tmp_path, seed) as world:
        before = (await world.query("{ campaigns { totalCount } }"))["campaigns"]["totalCount"]
        native, path = await found_by(world, network)

        found = await world.find(network, native)

        assert (found["externalId"], found["title"]) == (native, "A stranger's")
        assert (found["total"]["raised"]["amount"], found["freshness"], found["total"]["freshness"]) == (
            "12.34",
            "CACHED",
            "CACHED",
        )
        assert await world.find(network, native) == found
        assert world.asked(path) == 1
        assert await world.count("giving_first_sights_total", account=f"{network}+", outcome="found") == 1
        assert (await world.query("{ campaigns { totalCount } }"))["campaigns"]["totalCount"] == before


async def test_a_crowd_of_viewers_and_visitors_costs_one_call_whoever_leaves(tmp_path: Path, seed: int) -> None:
    async with seekers(tmp_path, seed) as world:
        native, path = await found_by(world, "tiltify")
        node = base64.urlsafe_b64encode(f"Campaign\ntiltify\n{native}".encode()).decode().rstrip("=")

        async def visitor() -> Any:
            return (await world.query(BY_ID, id=node))["campaign"]

        async def viewer() -> Any:
            async with socket(world.url) as session:
                messages = follow(session, TOTAL, id=node)
                try:
                    return (await anext(messages))["campaign"]["total"]["raised"]["amount"]
                finally:
                    await messages.aclose()

        leaving = [asyncio.create_task(visitor()) for _ in range(10)]
        staying = [asyncio.create_task(visitor()) for _ in range(40)] + [asyncio.create_task(viewer()) for _ in range(20)]
        await asyncio.sleep(0.01)
        for each in leaving:
            each.cancel()

        told = await asyncio.gather(*staying)
        assert told == [{"title": "A stranger's"}] * 40 + ["12.34"] * 20
        assert world.asked(path) == 1


async def test_what_the_network_does_not_have_is_null_and_remembered(tmp_path: Path, seed: int) -> None:
    async with seekers(tmp_path, seed) as world:
        for _ in range(3):
            assert await world.find("tiltify", NOBODY) is None
            assert await world.find("tiltify", "no such form") is None
            assert await world.find("justgiving", "a:b:c") is None
        assert world.asked(NOBODY.partition("/")[2]) == 1
        assert await world.count("giving_first_sights_total", account="tiltify+", outcome="absent") == 2


async def test_without_lookup_nothing_is_asked(tmp_path: Path, seed: int) -> None:
    async with seekers(tmp_path, seed, lookup=False) as world:
        native, path = await found_by(world, "tiltify")
        assert await world.find("tiltify", native) is None
        assert world.asked(path) == 0


async def test_who_asks_for_many_that_are_not_there_costs_so_many_calls_and_no_more(tmp_path: Path, seed: int) -> None:
    async with seekers(tmp_path, seed, first_sights_per_minute=3) as world:
        for number in range(5):
            assert await world.find("tiltify", f"campaign/00000000-0000-4000-8000-00000000000{number}") is None
        assert world.asked("00000000-0000-4000-8000-00000000000") == 3
        assert await world.count("giving_limit_refused_total", limit="first_sights_per_minute") == 2
