"""Keys that a network rotates: fetched once for all that wait, and not for every forgery."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.accounts import Account
from schema.model.errors import KeyUnknown, UpstreamGarbled
from tests.gateway.acme import Pushing, spec
from tests.gateway.intake.sending import GOOD, Rotating, send
from tests.gateway.world import World


async def test_keys_are_refreshed_once_for_all_that_wait(redis: Redis) -> None:
    connector = Rotating()
    connector.published, connector.keys = {"first", "second"}, {"first"}
    connector.gate.clear()
    webhooks = World(redis, connector).webhooks()
    waiting = [asyncio.create_task(send(webhooks, b"second")) for _ in range(20)]
    assert (await send(webhooks, b"first")).status == 200
    connector.gate.set()
    assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
    assert connector.refreshed == 1


async def test_one_that_stops_waiting_does_not_end_the_refresh_for_the_others(redis: Redis) -> None:
    connector = Rotating()
    connector.published, connector.keys = {"second"}, set()
    connector.gate.clear()
    webhooks = World(redis, connector).webhooks()
    first, second = (asyncio.create_task(send(webhooks, b"second")) for _ in range(2))
    while not connector.refreshed:
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    connector.gate.set()
    assert (await second).status == 200
    assert connector.refreshed == 1


async def test_a_key_that_is_still_unknown_is_refused_and_not_asked_for_again_for_a_while(redis: Redis) -> None:
    connector = Rotating()
    world = World(redis, connector)
    webhooks = world.webhooks()
    for _ in range(10):
        answer = await send(webhooks, b"forged")
        assert (answer.status, answer.body) == (401, b"")
    assert connector.refreshed == 1
    assert world.counted("giving_deliveries_rejected_total", account="lunch", reason="key_unknown") == 10


async def test_after_the_pause_keys_are_asked_for_again(redis: Redis) -> None:
    connector = Rotating()
    webhooks = World(redis, connector).webhooks(refresh_every=timedelta(0))
    assert (await send(webhooks, b"second")).status == 401
    connector.published = {"second"}
    assert (await send(webhooks, b"second")).status == 200
    assert (await send(webhooks, b"first")).status == 401  # revoked
    assert connector.refreshed == 3


async def test_an_account_that_was_built_anew_asks_for_its_keys_without_waiting(redis: Redis) -> None:
    former, anew = Rotating(), Rotating()
    anew.published, anew.keys = {"second"}, set()
    world = World(redis, former)
    webhooks = world.webhooks()
    assert (await send(webhooks, b"second")).status == 401
    world.current.become(world.reading({"lunch": Account("lunch", world.spec, anew)}))
    assert (await send(webhooks, b"second")).status == 200
    assert (former.refreshed, anew.refreshed) == (1, 1)


async def test_keys_that_cannot_be_refreshed_are_503_and_asked_for_again_soon(redis: Redis) -> None:
    connector = Rotating(fails=1)
    connector.published = {"second"}
    world = World(redis, connector)
    webhooks = world.webhooks(refresh_after_failure=timedelta(0))
    answer = await send(webhooks, b"second")
    assert (answer.status, answer.body) == (503, b"")
    assert (await send(webhooks, b"second")).status == 200
    assert connector.refreshed == 2


@pytest.mark.parametrize("flood", [1, 12])
async def test_a_flood_while_keys_cannot_be_had_asks_once(redis: Redis, flood: int) -> None:
    connector = Rotating(fails=100)
    webhooks = World(redis, connector).webhooks()
    for _ in range(flood):
        assert (await send(webhooks, b"second")).status == 503
    assert connector.refreshed == 1


async def test_a_refresh_that_the_network_garbles_is_503(redis: Redis) -> None:
    class Garbled(Rotating):
        async def refresh_keys(self) -> None:
            raise UpstreamGarbled("no certificates")

    assert (await send(World(redis, Garbled()).webhooks(), b"second")).status == 503


async def test_without_keys_to_refresh_an_unknown_one_is_refused(redis: Redis) -> None:
    connector = Pushing()
    connector.receipts[GOOD] = KeyUnknown()
    assert (await send(World(redis, connector, spec=spec()).webhooks(), GOOD)).status == 401
