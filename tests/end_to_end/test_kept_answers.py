"""Answers that are kept, through the front door: asked for again they cost nothing, and a donation is in them at once."""

import asyncio
import json
from decimal import Decimal
from typing import Any, Final

from gateway.http.graphql import STREAM_HEADER
from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.end_to_end.world import World

QUERY: Final = "query Total($id: ID!) { campaign(id: $id) { title total { raised { amount } donationCount } } }"
GIFTS: Final = 12


def raised(campaign: dict[str, Any]) -> Decimal:
    """What an answer or a message says."""
    return Decimal(campaign["total"]["raised"]["amount"])


async def answers(world: World, source: str) -> float:
    """How many were given out of that kind."""
    return await world.count("giving_answers_total", source=source)


async def test_an_answer_is_kept_until_a_donation_changes_it_and_is_never_older_than_a_message(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    lunch = (await world.campaigns())["school-lunch"]

    async with socket(world.url) as session:
        messages = follow(session, TOTAL, id=lunch["id"])
        assert raised((await anext(messages))["campaign"]) == 5
        for gift in range(1, GIFTS + 1):
            await world.wechat.pay(100)
            while (told := raised((await anext(messages))["campaign"])) < 5 + gift:
                pass
            assert raised((await world.query(QUERY, id=lunch["id"]))["campaign"]) >= told
        await messages.aclose()
    await world.agree()

    # nothing happens any more but that accounts are asked, which moves their campaigns once in a while
    kept, made = await answers(world, "kept"), await answers(world, "made")
    async with asyncio.timeout(20):
        while await answers(world, "kept") < kept + 20:
            assert raised((await world.query(QUERY, id=lunch["id"]))["campaign"]) == 5 + GIFTS
    assert await answers(world, "made") < made + 10
    assert await world.count("giving_answers_kept") > 0
    assert await world.count("giving_answers_kept_bytes") > 0
    assert await world.count("giving_answer_age_seconds_count") == await answers(world, "kept")


async def test_a_crowd_that_comes_at_once_is_answered_by_few_executions(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    lunch = (await world.campaigns())["school-lunch"]
    made = await answers(world, "made")
    found = await asyncio.gather(*(world.query(QUERY, id=lunch["id"]) for _ in range(100)))
    assert {raised(each["campaign"]) for each in found} == {5}
    assert await answers(world, "made") < made + 10


async def test_what_is_asked_for_once_is_not_kept(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    lunch = (await world.campaigns())["school-lunch"]
    kept = await world.count("giving_answers_kept")
    for number in range(GIFTS):
        await world.query(QUERY.replace("Total", f"Total{number}"), id=lunch["id"])
    assert await world.count("giving_answers_kept") <= kept


async def test_over_one_stream_for_many_operations_kept_answers_come_like_others(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    lunch = (await world.campaigns())["school-lunch"]
    url = f"{world.url}/graphql"
    async with world.session.put(url) as reserved:
        stream = {STREAM_HEADER: await reserved.text(), "Accept": "text/event-stream"}
    async with world.session.get(url, headers=stream) as opened:
        kept = await answers(world, "kept")
        for name in range(GIFTS):
            asked = {"query": QUERY, "variables": {"id": lunch["id"]}, "extensions": {"operationId": str(name)}}
            async with world.session.post(url, json=asked, headers=stream) as begun:
                assert begun.status == 202
        told = dict[str, Decimal]()
        while len(told) < GIFTS:
            line = (await opened.content.readline()).decode()
            if line.startswith("data: ") and (payload := json.loads(line.removeprefix("data: "))).get("payload"):
                told[payload["id"]] = raised(payload["payload"]["data"]["campaign"])
    assert told == {str(name): 5 for name in range(GIFTS)}
    assert await answers(world, "kept") > kept


async def test_a_client_that_asks_the_same_again_is_answered_at_sight_in_the_form_that_it_takes(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    lunch = (await world.campaigns())["school-lunch"]
    asked = {"query": QUERY, "variables": {"id": lunch["id"]}}
    for media_type in ("application/json", "application/graphql-response+json"):
        ids = set[str]()
        repeated = await world.count("giving_answers_repeated_total")
        async with asyncio.timeout(20):
            while await world.count("giving_answers_repeated_total") < repeated + 10:
                async with world.session.post(f"{world.url}/graphql", json=asked, headers={"Accept": media_type}) as answer:
                    assert (answer.status, answer.content_type) == (200, media_type)
                    assert raised((await answer.json(content_type=None))["data"]["campaign"]) == 5
                    assert answer.headers["X-Request-Id"] not in ids
                    ids.add(answer.headers["X-Request-Id"])
