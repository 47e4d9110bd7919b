"""What was erased is shown no more, whichever way and however often it comes again."""

from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.configured import Configured
from gateway.intake.faces import Faces
from gateway.store.erased import Erased
from gateway.store.ledger import Ledger, Outcome
from gateway.store.peppers import Peppers
from gateway.store.record import donor_of, face
from schema.model.facts import DonationState, Stage
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, OTHER, given, who
from tests.gateway.world import World

OLD, NEW = b"o" * 32, b"n" * 32
BARE = b'{"c":"CNY","k":"ONE_TIME"}'


def named(number: int, minor: int = 400, *, donor: str | None = "7", **changed: Any) -> DonationState:
    """A gift of somebody whom the network shows."""
    return replace(given(number, minor, name="Coral fan"), **{"message": "For lunch", "donor": donor, **changed})


def peppered(world: World, *secrets: bytes) -> Peppers:
    """Another reading of the configuration, in which there are these peppers."""
    now, peppers = world.current.now, Peppers(secrets)
    world.current.become(Configured(now.settings, now.accounts, now.directory, now.rules, peppers))
    return peppers


@pytest.fixture
def world(redis: Redis) -> World:
    made = World(redis)
    peppered(made, OLD)
    return made


async def tell(world: World, *facts: DonationState) -> None:
    """Through the one door."""
    assert await world.ingest.apply(world.account, facts) == []


async def shown(world: World, number: int, campaign: CampaignId = LUNCH) -> bytes | None:
    """The face of a donation."""
    return await world.shelf.face(campaign, who(number))


async def test_the_door_keeps_the_key_of_a_donor_by_the_newest_pepper(world: World) -> None:
    peppers = peppered(world, NEW, OLD)
    await tell(world, named(1), given(2, 300), given(3, 200, name="Somebody"))

    assert await shown(world, 1) == face(named(1), peppers.keys("acme", "7")[0])
    assert await shown(world, 2) == BARE
    assert donor_of(await shown(world, 3) or b"") == b""


async def test_a_donor_that_was_erased_is_nobody_in_every_campaign_from_then_on(world: World, redis: Redis) -> None:
    keys = world.current.now.peppers.keys("acme", "7")
    await Erased(redis).remember("acme", keys)
    other = replace(named(2).campaign, attach="other")  # type: ignore[type-var]
    await tell(world, named(1), named(2, campaign=other), named(3, donor="8"))

    assert (await shown(world, 1), await shown(world, 2, OTHER)) == (BARE, BARE)
    assert await shown(world, 3) == face(named(3), world.current.now.peppers.keys("acme", "8")[0])
    assert await world.raised() == 800


async def test_a_donation_that_was_erased_says_nothing_about_its_donors_others(world: World, redis: Redis) -> None:
    await Erased(redis).remember("acme", [who(1)])
    await tell(world, named(1), named(2))

    assert await shown(world, 1) == BARE
    assert (await shown(world, 2) or b"").startswith(face(named(2)))


@pytest.mark.parametrize(
    "again",
    [
        named(1),
        named(1, version=5),
        named(1, version=5, donor_name="Another name", message=None),
        named(1, version=5, donor=None, donor_name=None),
        named(1, version=5, stage=Stage.VOID),
    ],
    ids=["the same", "newer", "renamed", "without a name", "taken back"],
)
async def test_whatever_comes_again_of_it_brings_nothing_back(world: World, redis: Redis, again: DonationState) -> None:
    await tell(world, named(1))
    await Erased(redis).remember("acme", [who(1)])
    await tell(world, again, again)

    assert await shown(world, 1) in (BARE, None)


class Overtaken(Ledger):
    """The donor is erased between the question whether it was and the write, and the erasure finds nothing yet."""

    async def donation(self, campaign: CampaignId, fact: DonationState, *, endorser: str, face: bytes) -> Outcome:
        """Writes too late."""
        await Erased(self.redis).remember("acme", Peppers([OLD]).keys("acme", "7"))
        return await super().donation(campaign, fact, endorser=endorser, face=face)


async def test_a_face_that_was_written_while_its_donor_was_erased_loses_the_name_at_once(world: World, redis: Redis) -> None:
    await world.open()
    faces = Faces(Overtaken(redis, world.clock, "Asia/Shanghai"))
    await faces.donation(LUNCH, named(1), endorser="", peppers=Peppers([OLD]))

    assert await shown(world, 1) == BARE


async def test_a_name_that_a_killed_process_left_goes_with_the_next_telling(world: World, redis: Redis) -> None:
    await world.open()
    await world.ledger.donation(LUNCH, named(1), endorser="", face=face(named(1)))
    await Erased(redis).remember("acme", [who(1)])
    await tell(world, named(1))

    assert await shown(world, 1) == BARE


async def test_one_whom_the_old_pepper_knows_is_told_to_the_new_one(world: World, redis: Redis) -> None:
    await Erased(redis).remember("acme", world.current.now.peppers.keys("acme", "7"))
    peppered(world, NEW, OLD)
    await tell(world, named(1))
    peppered(world, NEW)
    await tell(world, named(2), named(1, version=1))

    assert (await shown(world, 1), await shown(world, 2)) == (BARE, BARE)


async def test_who_gives_no_name_costs_no_question(world: World, redis: Redis) -> None:
    await redis.set("erased:acme", "not what is expected there, so a question would fail")
    await tell(world, given(1, 400))

    assert await shown(world, 1) == BARE
