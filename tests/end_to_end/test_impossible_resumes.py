"""A position from which nobody can go on gives a snapshot that says so, and never a part of what came after it."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from types import MappingProxyType
from typing import Any, Final

import pytest
import pytest_asyncio
from gql.transport.exceptions import TransportQueryError
from redis.asyncio import Redis

from gateway.live.donations import REPLAYED
from gateway.store import keys
from schema.model.ids import CampaignId
from tests.clients.server_log import Entry, donations_differ, read
from tests.end_to_end import configuration
from tests.end_to_end.forged_positions import IMPOSSIBLE
from tests.end_to_end.gateway_process import is_running
from tests.end_to_end.returning import ALL_WAYS, is_start, messages, over_websocket
from tests.end_to_end.viewers import DONATIONS, TOTAL, events, follow, socket
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World, at_once, begun, idle_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
RIVER: Final = CampaignId("wechat_pay", "clean-river")
OTHER: Final = CampaignId("wechat_pay", "other-gifts")
GIFTS: Final = 6
LEFT: Final = 3
"""Entries of a log that is cut short."""
TORN: Final = 20
"""Bytes of a write that no write has less than."""
SEASON: Final = configuration.season("wechat_pay:school-lunch", "wechat_pay:clean-river")
WITHOUT_POSITIONS: Final = MappingProxyType(
    {
        "campaignTotals": "subscription ($id: ID!) { campaignTotals(ids: [$id]%s) { recovered campaign { id } } }",
        "seasonTotal": 'subscription { seasonTotal(slug: "giving"%s) { recovered season { id } } }',
        "seasonDonations": 'subscription { seasonDonations(slug: "giving"%s) { recovered missed received { id } } }',
    }
)
"""Documents with room for one more argument."""


async def logged(world: World, campaign: CampaignId = LUNCH) -> list[Entry]:
    """The server's own log."""
    return await read(world.folder / "data", campaign, "CNY")


async def node(world: World, campaign: CampaignId = LUNCH) -> str:
    """The campaign's id in the API."""
    return str((await world.campaigns())[campaign.native]["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[World]:
    """One for all tests of this file, with a few gifts to two campaigns of a season."""
    async with idle_world(tmp_path_factory.mktemp("impossible"), seed) as made:
        with configuration.write(made.folder, made.port, made.accounts).open("a") as file:
            file.write(SEASON)
        await made.gateway.start()
        await begun(made)
        for _ in range(GIFTS):
            await made.wechat.pay(100)
            await made.wechat.pay(100, book=RIVER.native)
        await made.agree()
        yield made


async def test_what_is_no_place_of_this_log_gives_a_snapshot_and_then_only_what_is_new(world: World) -> None:
    campaign, log, other = await node(world), await logged(world), await logged(world, RIVER)
    cursor = await world.query("query ($id: ID!) { campaign(id: $id) { donations { pageInfo { endCursor } } } }", id=campaign)
    forged = {name: forge(log[2]) for name, forge in IMPOSSIBLE.items()}
    forged |= {"of another campaign": other[2].position, "the newest of another campaign": other[-1].position}
    forged["of a list"] = cursor["campaign"]["donations"]["pageInfo"]["endCursor"]
    async with AsyncExitStack() as stack:
        asked = {}
        for name, position in forged.items():
            for way in ALL_WAYS:
                for document in (TOTAL, DONATIONS):
                    told = way(world.url, document, campaign, position)
                    asked[name, way.__name__, document] = await stack.enter_async_context(aclosing(told))
        firsts = await at_once(map(anext, asked.values()), len(asked))
        wrong = [name for name, (_, first) in zip(asked, firsts, strict=True) if not is_start(first, log[-1])]
        assert wrong == []

        await world.wechat.pay(100)
        seconds = await at_once(map(anext, asked.values()), len(asked))
        log += (await logged(world))[len(log) :]
        new = (log[-1].position, True, log[-1].donation)
        for (name, _, document), (position, message) in zip(asked, seconds, strict=True):
            gifts = message["received"] if document == DONATIONS else [{"id": log[-1].donation}]
            assert (position, message["recovered"], *(gift["id"] for gift in gifts)) == new, name


@pytest.mark.parametrize("position", ["", "7" * 201, 7, True, ["AAAA"], {"place": 1}], ids=repr)
async def test_what_cannot_be_a_position_at_all_is_refused_with_the_name_of_the_argument(world: World, position: Any) -> None:
    campaign = await node(world)
    for document in (TOTAL, DONATIONS):
        async with socket(world.url) as session:
            with pytest.raises(TransportQueryError) as refused:
                await anext(follow(session, document, id=campaign, after=position))
        body = json.dumps({"query": document, "variables": {"id": campaign, "after": position}}).encode()
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        streamed = (await world.post("/graphql", headers, body)).body.decode()
        event, end = streamed.removeprefix(":\n\n").split("\n\n", 1)
        assert (event.splitlines()[0], end) == ("event: next", "event: complete\ndata:\n\n")
        [told] = refused.value.errors or []
        [same] = json.loads(event.partition("data: ")[2])["errors"]
        assert [error["extensions"]["code"] for error in (told, same)] == ["BAD_USER_INPUT"] * 2
        assert {error["extensions"].get("argument") for error in (told, same)} <= {"after"}


@pytest.mark.parametrize("last", ["", "7" * 201, "7" * 4_000])
async def test_what_a_browser_sends_that_cannot_be_a_position_gives_a_snapshot_and_no_end(world: World, last: str) -> None:
    campaign, log = await node(world), await logged(world)
    body = json.dumps({"query": DONATIONS, "variables": {"id": campaign}}).encode()
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream", "Last-Event-ID": last}
    async with world.session.post(world.url + "/graphql", data=body, headers=headers) as stream:
        while not (line := (await stream.content.readline()).decode()).startswith("data:"):
            pass
    [first] = json.loads(line.removeprefix("data:"))["data"].values()
    assert is_start(first, log[-1], missed=None if last else 0)


async def test_a_place_of_a_total_is_one_of_the_donations_as_both_have_one_log(world: World) -> None:
    campaign, log = await node(world), await logged(world)
    for way in ALL_WAYS:
        [first] = await messages(way(world.url, TOTAL, campaign, log[2].position), 1)
        assert first["recovered"]
        told = await messages(way(world.url, DONATIONS, campaign, log[2].position), 1)
        assert donations_differ(log, log[2].position, told) == []
    [state] = await messages(over_websocket(world.url, TOTAL, campaign, None), 1)
    assert is_start(state, log[-1])


@pytest.mark.parametrize("feed", WITHOUT_POSITIONS)
async def test_feeds_without_positions_begin_anew_whatever_a_browser_sends_and_take_no_argument(
    world: World, feed: str
) -> None:
    campaign, log = await node(world), await logged(world)
    document = WITHOUT_POSITIONS[feed]
    variables = {"id": campaign} if "$id" in document else {}
    for last in (log[-1].position, log[0].position, "not a position", "7" * 201):
        frames = events(world.session, world.url, document % "", last, **variables)
        async with aclosing(frames):
            _, first = await anext(frames)
        assert first["recovered"] is False
        assert first.get("received", []) == []
    async with socket(world.url) as session:
        with pytest.raises(TransportQueryError) as refused:
            await anext(follow(session, document % f', after: "{log[0].position}"', **variables))
    assert [error["extensions"]["code"] for error in refused.value.errors or []] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_place_that_the_log_no_longer_has_gives_a_snapshot_and_one_that_it_has_what_came_after(world: World) -> None:
    campaign, log = await node(world, RIVER), await logged(world, RIVER)
    handle = os.open(world.folder / "data" / "redis", os.O_RDONLY)
    async with Redis.from_url(f"unix:///proc/{os.getpid()}/fd/{handle}/redis.sock") as redis:
        await redis.xtrim(keys.log(RIVER), maxlen=LEFT, approximate=False)
    os.close(handle)

    for number, entry in enumerate(log):
        for way in ALL_WAYS:
            [state] = await messages(way(world.url, TOTAL, campaign, entry.position), 1)
            [first] = await messages(way(world.url, DONATIONS, campaign, entry.position), 1)
            if number < len(log) - LEFT:
                assert is_start(state, log[-1])
                assert is_start(first, log[-1])
            else:
                assert state["recovered"]
                assert donations_differ(log, entry.position, [first]) == []


async def test_one_who_was_away_for_more_than_300_gifts_is_told_how_many_and_none_of_them(world: World) -> None:
    await world.wechat.pay(100, book=OTHER.native)
    await world.agree()
    gifts = (world.wechat.pay(100, book=OTHER.native) for _ in range(REPLAYED + 1))
    await at_once(gifts, 16)
    await world.agree()
    campaign, log = await node(world, OTHER), await logged(world, OTHER)

    for way in ALL_WAYS:
        [first] = await messages(way(world.url, DONATIONS, campaign, log[0].position), 1)
        assert is_start(first, log[-1], missed=REPLAYED + 1)
        told = await messages(way(world.url, DONATIONS, campaign, log[1].position), 3)
        assert donations_differ(log, log[1].position, told) == []
        [state] = await messages(way(world.url, TOTAL, campaign, log[0].position), 1)
        assert (state["position"], state["recovered"]) == (log[-1].position, True)


async def test_a_place_that_was_lost_with_the_end_of_the_file_gives_a_lower_snapshot_also_when_the_log_has_overtaken_it(
    world: World,
) -> None:
    campaign, kept = await node(world), await logged(world)
    redis = world.folder / "data" / "redis"
    [file] = redis.glob("appendonlydir/*.incr.aof")
    size = file.stat().st_size
    for _ in range(GIFTS):
        await world.wechat.pay(100)
    await world.agree()
    lost = (await logged(world))[len(kept) :]
    assert len(lost) == GIFTS

    server = world.gateway.server()
    await world.gateway.kill()
    await until(lambda: not is_running(server))
    os.truncate(file, size + world.rng.randrange(TORN))  # within a write, as a machine does whose power fails
    await world.gateway.start()
    assert await logged(world) == kept
    for entry in lost:
        await gives_a_snapshot(world, campaign, entry, kept[-1])
    await goes_on(world, campaign, kept)

    for _ in range(GIFTS + 1):
        await world.wechat.pay(100)
    await world.settle()
    log = await logged(world)
    assert len(log) > len(kept) + len(lost)
    async for seen in world.each_look():  # what is logged is shown a moment later
        if seen[LUNCH.native]["total"]["donationCount"] == log[-1].count:
            break
    for entry in lost:
        await gives_a_snapshot(world, campaign, entry, log[-1])
    await goes_on(world, campaign, log)


async def gives_a_snapshot(world: World, campaign: str, lost: Entry, end: Entry) -> None:
    """Over every way, of both feeds that have positions."""
    for way in ALL_WAYS:
        for document in (TOTAL, DONATIONS):
            [first] = await messages(way(world.url, document, campaign, lost.position), 1)
            assert is_start(first, end)


async def goes_on(world: World, campaign: str, log: list[Entry]) -> None:
    """From every place that is still there."""
    for entry in log:
        [first] = await messages(over_websocket(world.url, DONATIONS, campaign, entry.position), 1)
        assert donations_differ(log, entry.position, [first]) == []
