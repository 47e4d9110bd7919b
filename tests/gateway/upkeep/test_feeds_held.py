"""What a connection tells and cannot be applied waits in quarantine, as what is posted does: it is told once."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.intake.quarantine import Quarantine
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import Clues, DonationState, FeedStarted
from tests.gateway.acme import back, given, state
from tests.gateway.upkeep.test_feeds import Holding, Pauses, held, stopped
from tests.gateway.upkeep.test_upkeep import jobs, kept, until
from tests.gateway.world import UNDECLARED, World

RULES = {
    "campaigns": [
        {
            "platform": "acme",
            "id": "school-lunch",
            "title": "School lunch",
            "currency": "CNY",
            "match": [{"account": "lunch", "attach": "lunch*"}],
        }
    ]
}


def gift(minor: int = 400, *, attach: str = "lunch", code: str = "CNY") -> DonationState:
    return given(1, minor, Clues(attach=attach), code=code)


async def test_a_gift_that_no_rule_takes_waits_and_counts_once_there_is_one(client: Redis) -> None:
    network = Holding([FeedStarted(), gift()])
    world = World(client, network, values=UNDECLARED)
    async with held(world, network, Pauses()):
        [waiting] = await world.quarantine.all("lunch")
        assert waiting.reason == "unplaced"
        assert await world.quarantine.evidence(waiting) == gift()
        assert world.counted("giving_held_total", account="lunch", reason="unplaced") == 1
        assert await stopped(world) is None
    world.current.become(world.reading(**RULES))
    world.clock.turn(timedelta(minutes=1))
    assert await world.webhooks().try_again(world.account) == 1
    assert await world.quarantine.all("lunch") == []
    assert await world.raised() == 400


@pytest.mark.parametrize(("fact", "reason"), [(gift(500), "clash"), (gift(400, code="JPY"), "currency")])
async def test_what_disagrees_with_the_ledger_is_kept_for_a_person_and_the_old_figure_stands(
    client: Redis, fact: DonationState, reason: str
) -> None:
    network = Holding([FeedStarted(), gift(), fact, fact])
    world = World(client, network)
    async with held(world, network, Pauses()):
        [waiting] = await world.quarantine.all("lunch")
        assert (waiting.reason, waiting.tried_next) == (reason, None)
        assert await world.raised() == 400


async def test_a_refund_before_its_donation_waits_for_it(client: Redis) -> None:
    network = Holding([FeedStarted(), back(1, 100), gift()])
    world = World(client, network)
    async with held(world, network, Pauses()):
        assert await world.raised() == 400
    world.clock.turn(timedelta(minutes=1))
    assert await world.webhooks().try_again(world.account) == 1
    assert await world.raised() == 300


async def test_a_campaign_that_is_told_is_told_again_and_not_kept(client: Redis) -> None:
    network = Holding([FeedStarted(), state(400)])
    world = World(client, network)
    async with held(world, network, Pauses()):
        assert await world.quarantine.all("lunch") == []


async def test_a_quarantine_that_is_full_stops_the_feed_and_says_so(client: Redis) -> None:
    network = Holding([FeedStarted(), gift(attach="tea")], [])
    world = World(client, network, values=UNDECLARED)
    world.quarantine = Quarantine(client, world.sealer, world.clock, most=0)
    async with held(world, network, Pauses()):
        assert await stopped(world) == "quarantine_full"


async def test_what_a_connection_told_is_tried_again_by_itself(client: Redis) -> None:
    network = Holding([FeedStarted(), UpstreamUnavailable("cut")], [FeedStarted()])
    world = World(client, network)
    await world.quarantine.hold("lunch", gift(), "unplaced")
    await world.quarantine.wake("lunch")
    async with kept(world):
        await until(lambda: jobs(world, "quarantine", "done") == 1)
    assert await world.raised() == 400
