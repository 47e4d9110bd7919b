"""A donor, or one donation, is forgotten: everything that names them goes, and no figure moves."""

from dataclasses import replace
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from gateway.intake.erasure import Erasure, Progress
from gateway.intake.faces import Faces
from gateway.store import keys
from gateway.store.erased import Erased
from gateway.store.ledger import LISTED
from gateway.store.record import donor_of, nameless
from schema.model.facts import Clues
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, OTHER, given, who
from tests.gateway.intake.test_faces import NEW, OLD, named, peppered, tell
from tests.gateway.live.feeds import alone
from tests.gateway.world import World, following, parts, soon

TEA = Clues(attach="tea")


@pytest.fixture
async def world(redis: Redis) -> World:
    """Donor 7 gave twice for lunch and once elsewhere; 8, somebody without an id and nobody gave as well."""
    made = World(redis)
    peppered(made, OLD)
    gifts = [named(1), named(2, 500), named(3, campaign=TEA), named(4, donor="8"), given(6, 100)]
    await tell(made, *gifts, replace(given(5, 100, name="Only a name"), message="hello"))
    return made


def erasing(world: World, *, dry: bool = False) -> Erasure:
    """As the command puts it together."""
    redis, peppers = world.redis, world.current.now.peppers
    return Erasure(Faces(world.ledger), world.shelf, Erased(redis), world.placements, peppers, dry=dry)


async def sums(redis: Redis) -> dict[bytes, Any]:
    """All that is kept beside faces, logs, where those stand, and what was erased."""
    found: dict[bytes, Any] = {}
    async for name in redis.scan_iter():
        kind = name.partition(b":")[0]
        if kind == b"tot":
            found[name] = await cast("Any", redis.hgetall(name))
            found[name].pop(b"position")
        elif kind not in (b"face", b"log", b"erased"):
            found[name] = await redis.dump(name)
    return found


async def faces(world: World, campaign: CampaignId = LUNCH) -> dict[int, bytes]:
    """The faces of a campaign by the donations' numbers."""
    found: dict[bytes, bytes] = {}
    async for some in world.shelf.faces(campaign):
        found |= some
    return {number: found[who(number)] for number in range(10) if who(number) in found}


async def test_all_gifts_of_a_donor_lose_name_message_and_key_in_every_campaign_and_nobody_elses_do(world: World) -> None:
    before, others = await sums(world.redis), await faces(world)
    told: list[Progress] = []
    found = await erasing(world).donor("acme", "7", told.append)

    assert found == {LUNCH: 2, OTHER: 1}
    after = await faces(world)
    assert [after[number] for number in (1, 2)] == [nameless(others[number]) for number in (1, 2)]
    assert [after[number] for number in (4, 5, 6)] == [others[number] for number in (4, 5, 6)]
    assert b"Coral fan" not in (await faces(world, OTHER))[3]
    assert await sums(world.redis) == before
    assert (told[0], told[-1]) == (Progress(0, 2, 0), Progress(2, 2, 3))


async def test_no_trace_of_the_donor_is_anywhere_in_the_ledger(world: World, redis: Redis) -> None:
    await erasing(world).donor("acme", "7")
    await erasing(world).donation("acme", who(5))
    await erasing(world).donor("acme", "8")

    key = world.current.now.peppers.keys("acme", "7")[0]
    async for name in redis.scan_iter():
        kind = await redis.type(name)
        kept = repr(await cast("Any", redis.hgetall(name) if kind == b"hash" else redis.dump(name)))
        assert "Coral fan" not in kept
        assert "Only a name" not in kept
        assert repr(key)[2:-1] not in kept or name == b"erased:acme"


async def test_the_same_gifts_may_come_again_and_more_of_them(world: World) -> None:
    await erasing(world).donor("acme", "7")
    await tell(world, named(1), named(2, 500, version=3), named(7, 100), named(3, campaign=TEA, donor=None, version=1))

    after = await faces(world)
    assert [after[number] for number in (1, 2, 7)] == [nameless(after[number]) for number in (1, 2, 7)]
    assert (await faces(world, OTHER))[3] == nameless((await faces(world, OTHER))[3])
    assert await erasing(world).donor("acme", "7") == {}


async def test_gifts_under_every_pepper_are_found(world: World) -> None:
    peppered(world, NEW, OLD)
    await tell(world, named(7, 100))

    assert len({donor_of(each) for each in (await faces(world)).values() if donor_of(each)}) == 3
    assert await erasing(world).donor("acme", "7") == {LUNCH: 3, OTHER: 1}
    peppered(world, NEW)
    await tell(world, named(1, version=9), named(8, 100))
    after = await faces(world)
    assert [after[number] for number in (1, 8)] == [nameless(after[number]) for number in (1, 8)]


async def test_one_donation_is_erased_where_there_is_no_id_of_a_donor(world: World) -> None:
    before = await sums(world.redis)

    assert await erasing(world).donation("acme", who(5)) == {LUNCH: 1}
    assert await erasing(world).donation("acme", who(5)) == {}
    assert await sums(world.redis) == before
    after = await faces(world)
    assert after[5] == nameless(after[5])
    assert after[4] != nameless(after[4])


async def test_a_donation_that_is_not_known_yet_comes_without_a_name(world: World) -> None:
    assert await erasing(world).donation("acme", who(9)) == {}
    await tell(world, named(9))

    after = await faces(world)
    assert after[9] == nameless(after[9])


async def test_a_dry_run_finds_the_same_and_changes_nothing(world: World, redis: Redis) -> None:
    before = {name: await redis.dump(name) async for name in redis.scan_iter()}

    assert await erasing(world, dry=True).donor("acme", "7") == {LUNCH: 2, OTHER: 1}
    assert await erasing(world, dry=True).donation("acme", who(5)) == {LUNCH: 1}
    assert {name: await redis.dump(name) async for name in redis.scan_iter()} == before


async def test_a_campaign_that_the_configuration_has_no_more_is_gone_through_as_well(world: World) -> None:
    dropped = CampaignId("acme", "dropped")
    await world.open(dropped, Basis.COUNTED)
    await Faces(world.ledger).donation(dropped, named(7), endorser="", peppers=world.current.now.peppers)

    assert await erasing(world).donor("acme", "7") == {LUNCH: 2, OTHER: 1, dropped: 1}


async def test_a_long_list_is_gone_through_whole(world: World, redis: Redis) -> None:
    key = world.current.now.peppers.keys("acme", "9")[0]
    many = {b"%016d" % number: b'{"c":"CNY","k":"ONE_TIME","n":"Fan"}\n' + key for number in range(LISTED)}
    await cast("Any", redis.hset(keys.faces(OTHER), mapping=cast("Any", many)))

    assert await erasing(world).donor("acme", "9") == {OTHER: LISTED}
    assert await erasing(world).donor("acme", "9") == {}


async def test_followers_of_the_feed_are_told_what_has_changed(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        total = followed.raised()
        feed = alone(followed.hub.campaign_donations(LUNCH), None)
        await soon(feed)
        await erasing(world).donor("acme", "7")
        changed: dict[bytes, Any] = {}
        while len(changed) < 2:
            update = await soon(feed)
            assert not update.received
            changed |= {donation.entity: donation for donation in update.changed}
        await feed.aclose()

        assert changed.keys() == {who(1), who(2)}
        assert all((each.donor_name, each.message) == (None, None) for each in changed.values())
        assert followed.raised() == total


async def test_a_viewer_who_comes_back_is_told_as_well(world: World) -> None:
    followed = parts(world)
    await followed.follower.lost()
    position = followed.reads.place(LUNCH)[1]
    await erasing(world).donation("acme", who(1))
    await followed.follower.lost()
    update = await soon(alone(followed.hub.campaign_donations(LUNCH), position))

    assert update.recovered
    assert [(each.entity, each.donor_name) for each in update.changed] == [(who(1), None)]
    followed.follower.catalog.close()
