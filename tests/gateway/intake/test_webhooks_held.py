"""Deliveries that cannot be applied yet: answered well, held, tried again."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from connectors.contract import Receipt
from schema.model.errors import Unreadable, UpstreamUnavailable
from schema.model.facts import Clues
from tests.gateway.acme import NOW, Acme, Listing, delivery, given
from tests.gateway.intake.sending import GOOD, SUCCESS, Rotating, send
from tests.gateway.world import UNDECLARED, World


@pytest.fixture
def acme() -> Acme:
    connector = Acme()
    connector.receipts[GOOD] = Receipt((given(1, 400),), reply=SUCCESS)
    return connector


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    return World(redis, acme)


async def test_what_is_genuine_and_cannot_be_read_is_held_and_answered_well(world: World, acme: Acme) -> None:
    acme.receipts[b"odd"] = Unreadable("message")
    answer = await send(world.webhooks(), b"odd", query=b"q=1")
    assert (answer.status, answer.body) == (204, b"")
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "message"
    assert await world.quarantine.evidence(held) == acme.received[0]
    assert (acme.received[0].body, acme.received[0].query) == (b"odd", "q=1")
    assert world.counted("giving_held_total", account="lunch", reason="message") == 1
    assert world.counted("giving_deliveries_total", account="lunch", outcome="held") == 1


async def test_what_cannot_be_applied_yet_is_held_with_the_reply_of_its_connector(redis: Redis) -> None:
    connector = Acme()
    connector.receipts[GOOD] = Receipt((given(1, 400, Clues(attach="tea")),), fetch=("a",), reply=SUCCESS)
    world = World(redis, connector, values=UNDECLARED)
    answer = await send(world.webhooks(), GOOD)
    assert (answer.status, answer.body) == (200, SUCCESS.body)
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "unplaced"


async def test_what_is_held_is_tried_again_and_released_when_it_counts(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    acme.known["a"] = UpstreamUnavailable("down")
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    assert await webhooks.try_again(world.account) == 0
    assert acme.asked == ["a"]  # not due yet
    world.clock.turn(timedelta(minutes=1))
    assert await webhooks.try_again(world.account) == 0
    acme.known["a"] = [given(1, 400)]
    world.clock.turn(timedelta(minutes=5))
    assert await webhooks.try_again(world.account) == 1
    assert await world.quarantine.all("lunch") == []
    assert await world.raised() == 400


async def test_a_held_delivery_is_judged_by_the_time_of_its_receipt(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    world.clock.turn(timedelta(hours=5))
    await webhooks.try_again(world.account)
    assert [received.received_at for received in acme.received] == [NOW, NOW]


async def test_one_that_can_be_read_no_more_waits_for_a_person(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    acme.receipts[GOOD] = Unreadable("ciphertext")
    world.clock.turn(timedelta(minutes=1))
    assert await webhooks.try_again(world.account) == 0
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "ciphertext"
    world.clock.turn(timedelta(days=1))
    assert await world.quarantine.due("lunch") == []


async def test_after_a_restart_with_an_empty_key_ring_what_is_held_is_still_tried_again(redis: Redis) -> None:
    connector = Rotating()
    connector.keys = connector.published = set()
    world = World(redis, connector)
    await world.quarantine.hold("lunch", delivery(b"first"), "unconfirmed")
    world.clock.turn(timedelta(minutes=1))
    webhooks = world.webhooks(refresh_every=timedelta(0))
    assert await webhooks.try_again(world.account) == 0
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "unconfirmed"
    connector.published = {"first"}
    world.clock.turn(timedelta(minutes=5))
    assert await webhooks.try_again(world.account) == 1
    assert await world.quarantine.all("lunch") == []


async def test_an_account_that_receives_nothing_has_nothing_to_try_again(redis: Redis) -> None:
    world = World(redis, Listing())
    assert await world.webhooks().try_again(world.account) == 0
