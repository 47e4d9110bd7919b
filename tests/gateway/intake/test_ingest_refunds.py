"""Refunds, and what a delivery only names: read first, then counted."""

import pytest
from redis.asyncio import Redis

from schema.model.errors import CredentialsRefused, NotFound, Unreadable, UpstreamUnavailable
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, REEF, Acme, Pushing, back, given, spec
from tests.gateway.world import UNDECLARED, World

MEMBER, TEAM = CampaignId("acme", "member"), CampaignId("acme", "team")


@pytest.fixture
def acme() -> Acme:
    return Acme()


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    """A network without campaigns of its own."""
    return World(redis, acme)


@pytest.fixture
def reported(redis: Redis, acme: Acme) -> World:
    """A network that states totals."""
    return World(redis, acme, spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)


@pytest.fixture
def counted(redis: Redis, acme: Acme) -> World:
    """A network with campaigns of its own whose donations are added up."""
    return World(redis, acme, spec=spec(declares=False), values=UNDECLARED)


async def figures(world: World, campaign: CampaignId = LUNCH) -> tuple[int, int, int]:
    """Raised, refunded, count."""
    head = await world.head(campaign)
    assert head is not None
    return int(head.raised or 0), int(head.refunded or 0), int(head.count or 0)


async def test_a_refund_that_came_first_reads_its_donation_and_both_count(world: World, acme: Acme) -> None:
    acme.known["look-1"] = [given(1, 400)]
    assert await world.ingest.apply(world.account, [back(1, 150)]) == []
    assert acme.asked == ["look-1"]
    assert await figures(world) == (250, 150, 1)
    assert await world.ingest.apply(world.account, [given(1, 400), back(1, 150)]) == []
    assert acme.asked == ["look-1"]
    assert await figures(world) == (250, 150, 1)


async def test_a_refund_of_a_network_with_campaigns_of_its_own_counts(counted: World, acme: Acme) -> None:
    await counted.open(REEF)
    assert await counted.ingest.apply(counted.account, [given(1, 400, "reef"), back(1, 150)]) == []
    assert acme.asked == []
    acme.known["look-2"] = [given(2, 100, "reef")]
    assert await counted.ingest.apply(counted.account, [back(2, 100)]) == []
    assert await figures(counted, REEF) == (250, 250, 1)


async def test_a_refund_needs_no_question_where_its_donation_was_told(redis: Redis) -> None:
    world = World(redis, Pushing())
    assert await world.ingest.apply(world.account, [given(1, 400), back(1, 150)]) == []
    assert await figures(world) == (250, 150, 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NotFound("no such donation"), "unplaced"),
        (UpstreamUnavailable("down"), "unconfirmed"),
        (CredentialsRefused("401"), "unconfirmed"),
        (Unreadable("answer"), "unconfirmed"),
        ([], "unplaced"),
        ([given(2, 100)], "unplaced"),
        ([given(1, 400, code="JPY")], "currency"),
    ],
)
async def test_a_lookup_that_does_not_help_holds_the_refund_by_its_reason(
    world: World, acme: Acme, answer: object, reason: str
) -> None:
    acme.known["look-1"] = answer  # type: ignore[assignment]
    assert await world.ingest.apply(world.account, [back(1, 150)]) == [reason]
    assert (await world.raised() or 0) in (0, 100)


async def test_a_network_that_cannot_be_asked_confirms_nothing(redis: Redis) -> None:
    world = World(redis, Pushing())
    assert await world.ingest.apply(world.account, [back(1, 150)]) == ["unconfirmed"]
    assert await world.ingest.confirm(world.account, ["look-1"]) == ["unconfirmed"]


async def test_a_refund_whose_donation_no_rule_matches_waits_for_a_rule(counted: World, acme: Acme) -> None:
    acme.known["look-1"] = [given(1, 400)]
    assert await counted.ingest.apply(counted.account, [back(1, 150)]) == ["unplaced"]


# what a delivery only names


async def test_what_a_delivery_names_is_read_before_it_counts(world: World, acme: Acme) -> None:
    acme.known |= {"a": [given(1, 400), back(1, 100)], "b": UpstreamUnavailable("down"), "c": [given(2, 50)]}
    assert await world.ingest.confirm(world.account, ["a", "b", "c", "absent"]) == ["unconfirmed", "unplaced"]
    assert await figures(world) == (350, 100, 2)
