"""Facts in: placed, applied once, and what cannot be is named. On a real ledger, with a network that says what a test wants."""

import asyncio
import random
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from gateway.intake.placement import Placed
from schema.model.facts import Clues, Movement, Stage
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, OTHER, Acme, back, given, spec, state, who
from tests.gateway.world import DECLARED, UNDECLARED, World

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


async def test_a_donation_opens_its_declared_campaign_and_counts_once(world: World) -> None:
    for _ in range(3):
        assert await world.ingest.apply(world.account, [given(1, 400)]) == []
    assert await figures(world) == (400, 0, 1)


async def test_what_no_rule_matches_is_in_the_general_campaign(world: World) -> None:
    assert await world.ingest.apply(world.account, [given(1, 400, Clues(attach="tea"))]) == []
    assert await figures(world, OTHER) == (400, 0, 1)


async def test_without_a_general_campaign_it_is_held_and_nothing_is_kept(redis: Redis, counted: World) -> None:
    assert await counted.ingest.apply(counted.account, [given(1, 400, Clues(attach="tea"))]) == ["unplaced"]
    assert await counted.placements.get("acme", who(1)) is None


async def test_each_fact_is_applied_although_another_one_is_held(world: World) -> None:
    facts = [given(1, 400), given(2, 100, code="JPY"), given(3, 50)]
    assert await world.ingest.apply(world.account, facts) == ["currency"]
    assert await figures(world) == (450, 0, 2)
    held = {"platform": "acme", "kind": "donation", "outcome": "currency"}
    assert world.counted("giving_facts_total", **held) == 1


async def test_a_second_amount_for_the_same_donation_is_held_and_the_first_stands(world: World) -> None:
    assert await world.ingest.apply(world.account, [given(1, 400), given(1, 401)]) == ["clash"]
    assert await figures(world) == (400, 0, 1)


async def test_a_placement_holds_although_the_rules_changed(redis: Redis, world: World, acme: Acme) -> None:
    await world.ingest.apply(world.account, [given(1, 400, Clues(attach="lunch;star=x"))])
    edited = World(
        redis,
        acme,
        values={**DECLARED, "campaigns": [{**row, "match": []} for row in DECLARED["campaigns"]]},
    )
    await edited.ingest.apply(edited.account, [given(1, 400, Clues(attach="lunch;star=x")), given(2, 7)])
    assert await figures(edited) == (400, 0, 1)
    assert await figures(edited, OTHER) == (7, 0, 1)
    assert await redis.hgetall(f"end:{{{LUNCH}}}") == {b"star": b"400 0 1"}


async def test_a_payment_whose_rule_is_gone_is_still_where_it_was(redis: Redis, world: World, acme: Acme) -> None:
    await world.ingest.apply(world.account, [given(1, 400, stage=Stage.PENDING)])
    edited = World(redis, acme, spec=spec(declares=True), values=UNDECLARED)
    assert await edited.ingest.apply(edited.account, [given(1, 400), given(2, 7)]) == ["unplaced"]
    assert await figures(edited) == (400, 0, 1)


async def test_two_writers_of_one_donation_count_it_once(client: Redis, acme: Acme) -> None:
    worlds = [World(client, acme) for _ in range(2)]
    facts = [given(number, 100) for number in range(20)]
    told = [(each, [fact]) for fact in facts for each in worlds for _ in range(5)]
    random.Random(7).shuffle(told)
    held = await asyncio.gather(*(each.ingest.apply(each.account, fact) for each, fact in told))
    assert held == [[]] * len(told)
    assert await figures(worlds[0]) == (2_000, 0, 20)


async def test_two_writers_that_disagree_on_the_campaign_count_it_in_one_of_them(redis: Redis, counted: World) -> None:
    for campaign in (MEMBER, TEAM):
        await counted.open(campaign)
    await asyncio.gather(
        *(counted.ingest.apply(counted.account, [given(1, 400, name)]) for name in ("member", "team") for _ in range(5))
    )
    assert sorted([await counted.raised(MEMBER) or 0, await counted.raised(TEAM) or 0]) == [0, 400]


async def test_a_campaign_that_nobody_can_name_is_held_as_unreadable(counted: World) -> None:
    for name in ("", "x" * 201, "a\nb"):
        assert await counted.ingest.apply(counted.account, [given(1, 400, name)]) == ["unreadable"]


# several candidates


async def test_of_several_candidates_the_first_that_is_open_lists_it(counted: World) -> None:
    await counted.ingest.apply(counted.account, [state(0, native="team", code="CNY")])
    await counted.ingest.apply(counted.account, [given(1, 100, ("member", "team"))])
    await counted.ingest.apply(counted.account, [state(0, native="member", code="CNY")])
    await counted.ingest.apply(counted.account, [given(2, 10, ("member", "team")), given(1, 100, ("member", "team"))])
    assert await figures(counted, TEAM) == (100, 0, 1)
    assert await figures(counted, MEMBER) == (10, 0, 1)


async def test_a_campaign_that_another_process_opened_is_open_here_too(redis: Redis, counted: World, acme: Acme) -> None:
    """Else the donation that comes right after a restart would be the team's for good."""
    await counted.ingest.apply(counted.account, [state(0, native=native, code="CNY") for native in ("member", "team")])
    restarted = World(redis, acme, spec=counted.spec, values=UNDECLARED)
    await restarted.ingest.apply(restarted.account, [given(1, 100, ("member", "team"))])
    assert await figures(restarted, MEMBER) == (100, 0, 1)


async def test_a_candidate_that_was_only_found_lists_none_before_an_account_lists_it(
    redis: Redis, counted: World, acme: Acme
) -> None:
    """Else whoever asks for the members of a team takes the gifts out of the team's list."""
    member, team = (state(0, native=native, code="CNY") for native in ("member", "team"))
    await counted.ingest.apply(counted.account.finder, [member])
    await counted.ingest.apply(counted.account, [team, given(1, 100, ("member", "team"))])
    restarted = World(redis, acme, spec=counted.spec, values=UNDECLARED)
    await restarted.ingest.apply(restarted.account, [given(2, 100, ("member", "team"))])
    assert await figures(counted, TEAM) == (200, 0, 2)
    await restarted.ingest.apply(restarted.account, [replace(member, version=2), given(3, 10, ("member", "team"))])
    assert await figures(counted, MEMBER) == (10, 0, 1)


async def test_while_no_candidate_is_open_it_waits_and_belongs_to_none(counted: World) -> None:
    assert await counted.ingest.apply(counted.account, [given(1, 100, ("member", "team"))]) == ["nocampaign"]
    assert await counted.ingest.apply(counted.account, [given(2, 100, ())]) == ["nocampaign"]
    await counted.ingest.apply(counted.account, [state(0, native="member", code="CNY"), given(1, 100, ("member", "team"))])
    assert await figures(counted, MEMBER) == (100, 0, 1)


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_donations_and_refunds_over_two_processes_gives_the_same_books(
    client: Redis, acme: Acme, seed: int
) -> None:
    rng = random.Random(seed)
    worlds = [World(client, acme) for _ in range(2)]
    told, books = list[Movement](), [0, 0, 0]
    for number in range(25):
        amount, taken = rng.randrange(1, 1_000), 0
        gift = given(number, amount, Clues(attach=rng.choice(["lunch", "lunch;star=x"])))
        acme.known[f"look-{number}"] = [gift]
        told.append(gift)
        for refund in range(rng.randrange(3)):
            part = rng.randrange(1, amount + 1)
            told.append(back(number, part, refund=refund))
            taken = min(amount, taken + part)
        books = [books[0] + amount - taken, books[1] + taken, books[2] + (amount > taken)]
    told += rng.choices(told, k=len(told) // 2)
    rng.shuffle(told)
    held = await asyncio.gather(*(rng.choice(worlds).ingest.apply(worlds[0].account, [fact]) for fact in told))
    assert held == [[]] * len(told)
    assert await figures(worlds[0]) == tuple(books)
    assert await worlds[0].placements.get("acme", who(0)) in (Placed(LUNCH), Placed(LUNCH, "star"))
