"""A face that is replaced: nothing else moves, and whoever follows the feed is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.bus import TotalMoved, parse
from gateway.store.ledger import LISTED, Outcome
from gateway.store.record import donor_of, face, nameless
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, REEF, given, who
from tests.gateway.world import PATIENCE, World

DONOR = b"\n\x00" * 16
"""A key may have any bytes, also those that end lines."""


async def sums(redis: Redis, campaign: CampaignId) -> list[object]:
    """All that is kept of a campaign beside its faces, its log and where that stands."""
    head = await cast("Any", redis.hgetall(keys.total(campaign)))
    head.pop(b"position")
    tables = [await cast("Any", redis.hgetall(name)) for name in (*keys.buckets(campaign), keys.endorsers(campaign))]
    records = await cast("Any", redis.hgetall(keys.records(campaign, who(1))))
    listed = await cast("Any", redis.zrange(keys.feed(campaign), 0, -1, withscores=True))
    return [head, *tables, records, listed]


@pytest.mark.parametrize(("campaign", "basis"), [(LUNCH, Basis.COUNTED), (REEF, Basis.REPORTED)])
async def test_no_sum_moves_and_followers_are_told_without_the_donors_key(
    redis: Redis, campaign: CampaignId, basis: Basis
) -> None:
    world = World(redis)
    await world.open(campaign, basis)
    fact = replace(given(1, 400, name="Coral fan"), message="For the reef")
    whole = face(fact, DONOR)
    async with redis.pubsub(ignore_subscribe_messages=True) as ears:
        await ears.subscribe(keys.CHANNEL)
        await world.ledger.donation(campaign, fact, endorser="star", face=whole)
        before = await sums(redis, campaign)
        world.clock.moment = NOW + timedelta(hours=1)

        assert await world.ledger.amend(campaign, who(1), nameless(whole), of=whole) is Outcome.APPLIED
        told: list[bytes] = []
        while len(told) < 2:
            message = await ears.get_message(timeout=PATIENCE)
            told += [] if message is None else [message["data"]]

    assert await sums(redis, campaign) == before
    assert await world.shelf.face(campaign, who(1)) == b'{"c":"CNY","k":"ONE_TIME"}'
    given_, amended = (parse(each) for each in told)
    assert isinstance(given_, TotalMoved)
    assert isinstance(amended, TotalMoved)
    # of a total that was never stated the moment is of no meaning
    at = amended.at if basis is Basis.COUNTED else given_.at
    assert replace(amended, place=given_.place, kind=given_.kind, at=at) == given_
    assert (amended.kind, amended.entity) == ("changed", who(1))
    assert amended.place > given_.place
    [*_, entry] = await world.shelf.entries(campaign, "-", 10)
    assert (entry.kind, entry.entity, entry.place) == ("changed", who(1), amended.place)
    assert not any(DONOR in each for each in told)


async def test_only_the_face_that_was_read_is_replaced(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    fact = given(1, 400, name="Coral fan")
    await world.put(fact)
    head = await world.head()
    for of in (face(given(1, 400, name="Somebody else")), nameless(face(fact)), b""):
        assert await world.ledger.amend(LUNCH, who(1), nameless(face(fact)), of=of) is Outcome.KNOWN
    assert await world.ledger.amend(LUNCH, who(2), nameless(face(fact)), of=face(fact)) is Outcome.KNOWN
    assert await world.ledger.amend(LUNCH, who(1), face(fact), of=face(fact)) is Outcome.KNOWN

    assert await world.shelf.face(LUNCH, who(1)) == face(fact)
    assert await world.head() == head


async def test_another_key_of_the_same_donor_is_kept_and_is_news_for_nobody(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    fact = given(1, 400, name="Coral fan")
    for version, key in enumerate((b"o" * 32, DONOR, DONOR)):
        await world.ledger.donation(LUNCH, replace(fact, version=version), endorser="", face=face(fact, key))

    kept = await world.shelf.face(LUNCH, who(1))
    assert kept is not None
    assert donor_of(kept) == DONOR
    assert [entry.kind for entry in await world.shelf.entries(LUNCH, "-", 10)] == ["received"]

    renamed = given(1, 400, name="Coral friend", version=9)
    await world.ledger.donation(LUNCH, renamed, endorser="", face=face(renamed, DONOR))
    assert [entry.kind for entry in await world.shelf.entries(LUNCH, "-", 10)] == ["received", "changed"]


async def test_all_faces_are_gone_through_also_those_of_a_long_list(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    names = {b"%016d" % number: b"{}" for number in range(LISTED)}
    await cast("Any", redis.hset(keys.faces(LUNCH), mapping=cast("Any", names)))
    found: dict[bytes, bytes] = {}
    async for some in world.shelf.faces(LUNCH):
        found |= some

    assert found == names
    assert [some async for some in world.shelf.faces(REEF)] == [{}]


async def test_every_campaign_that_was_opened_is_known_by_its_network(redis: Redis) -> None:
    world = World(redis)
    odd = CampaignId("acme", "a:b}{c*?")
    for campaign in (LUNCH, odd, CampaignId("acme2", "x")):
        await world.open(campaign)

    assert await world.shelf.opened("acme") == sorted([LUNCH, odd])
    assert await world.shelf.opened() == sorted([LUNCH, odd, CampaignId("acme2", "x")])
    assert await world.shelf.opened("nobody") == []
