"""Facts in: placed, applied once, and what cannot be is named. On a real ledger, with a network that says what a test wants."""

import asyncio
import random
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from gateway.intake.placement import Placed
from schema.model.errors import CredentialsRefused, LedgerUnavailable, NotFound, Unreadable, UpstreamUnavailable
from schema.model.facts import Clues, FeedStarted, FeedStopped, Movement, Stage, Unrecognised
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, OTHER, REEF, Acme, Pushing, back, given, spec, state, who
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


# donations


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
    assert await redis.hgetall(f"end:{{{LUNCH}}}") == {b"star": b"400 0 1"}  # type: ignore[misc]


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


async def test_while_no_candidate_is_open_it_waits_and_belongs_to_none(counted: World) -> None:
    assert await counted.ingest.apply(counted.account, [given(1, 100, ("member", "team"))]) == ["nocampaign"]
    assert await counted.ingest.apply(counted.account, [given(2, 100, ())]) == ["nocampaign"]
    await counted.ingest.apply(counted.account, [state(0, native="member", code="CNY"), given(1, 100, ("member", "team"))])
    assert await figures(counted, MEMBER) == (100, 0, 1)


# refunds


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


# campaigns


async def test_a_declared_campaign_is_opened_again_after_the_ledger_lost_its_data(world: World, redis: Redis) -> None:
    await world.ingest.apply(world.account, [given(1, 400)])
    await redis.flushall()
    assert await world.ingest.apply(world.account, [given(1, 400), given(2, 50)]) == []
    assert await figures(world) == (450, 0, 2)


async def test_a_reported_campaign_is_opened_by_its_first_state_and_wakes_what_waits(reported: World) -> None:
    woken: list[str] = []

    async def opened(account: str) -> None:
        woken.append(account)

    reported.ingest.opened = opened
    gift = given(1, 700, "reef", code="EUR")
    assert await reported.ingest.apply(reported.account, [gift]) == ["nocampaign"]
    assert woken == []
    assert await reported.ingest.apply(reported.account, [state(None)]) == []
    assert woken == []  # no currency was told yet, so it is not open
    for version in (2, 3):
        assert await reported.ingest.apply(reported.account, [state(5_000, version=version)]) == []
    assert woken == ["lunch"]
    assert await reported.ingest.apply(reported.account, [gift]) == []
    assert await reported.raised(REEF) == 5_000
    assert len(await reported.shelf.donations(REEF, [who(1)])) == 1


@pytest.mark.parametrize("basis", [Basis.REPORTED, Basis.COUNTED])
async def test_after_lost_data_a_campaign_is_opened_by_its_next_state(redis: Redis, acme: Acme, basis: Basis) -> None:
    world = World(redis, acme, spec=spec(basis, declares=False), values=UNDECLARED)
    gift = given(1, 700, "reef", code="EUR")
    await world.ingest.apply(world.account, [state(5_000), gift])
    await redis.flushall()
    assert await world.ingest.apply(world.account, [gift]) == ["nocampaign"]
    assert await world.ingest.apply(world.account, [state(5_000), gift]) == []
    assert await world.raised(REEF) == (5_000 if basis is Basis.REPORTED else 700)


async def test_after_lost_data_a_reported_total_comes_back_with_the_first_state(reported: World, redis: Redis) -> None:
    await reported.ingest.apply(reported.account, [state(5_000)])
    await redis.flushall()
    assert await reported.ingest.apply(reported.account, [state(5_000)]) == []
    assert await reported.raised(REEF) == 5_000
    [campaign] = await reported.shelf.described([REEF])
    assert campaign is not None


async def test_a_total_in_another_currency_is_held(reported: World) -> None:
    await reported.ingest.apply(reported.account, [state(5_000)])
    assert await reported.ingest.apply(reported.account, [state(9_000, version=2, code="USD")]) == ["currency"]
    assert await reported.raised(REEF) == 5_000


async def test_what_a_network_states_as_total_is_no_sum_where_donations_are_counted(counted: World) -> None:
    await counted.ingest.apply(counted.account, [state(9_999, code="CNY"), given(1, 400, "reef")])
    assert await figures(counted, REEF) == (400, 0, 1)


async def test_a_hidden_amount_is_listed_as_unknown_and_never_as_zero(reported: World) -> None:
    await reported.ingest.apply(reported.account, [state(5_000), given(1, None, "reef", name="coral_fan")])
    [listed] = await reported.shelf.donations(REEF, [who(1)])
    assert b'"c"' not in listed.face
    assert await reported.raised(REEF) == 5_000


async def test_a_hidden_amount_cannot_be_added_up(world: World) -> None:
    assert await world.ingest.apply(world.account, [given(1, None)]) == ["currency"]
    assert await world.raised() is None


# feeds and the rest


async def test_a_feed_that_stops_is_known_to_all_with_its_reason_until_it_starts(world: World) -> None:
    await world.ingest.apply(world.account, [FeedStopped("authorization_revoked")])
    assert (await world.book.read("lunch")).feed_stopped == "authorization_revoked"
    assert world.counted("giving_feed_stopped", account="lunch") == 1
    await world.ingest.apply(world.account, [FeedStarted()])
    assert (await world.book.read("lunch")).feed_stopped is None
    assert world.counted("giving_feed_stopped", account="lunch") == 0


async def test_a_kind_that_we_do_not_know_is_counted_and_no_fault(world: World) -> None:
    assert await world.ingest.apply(world.account, [Unrecognised("channel.raid")]) == []
    labels = {"platform": "acme", "kind": "unrecognised", "outcome": "applied"}
    assert world.counted("giving_facts_total", **labels) == 1


async def test_a_ledger_that_does_not_answer_is_said_and_the_same_facts_count_once_later(world: World, redis: Redis) -> None:
    nowhere = World(Redis.from_url("redis://127.0.0.1:1"), Acme())
    with pytest.raises(LedgerUnavailable):
        await nowhere.ingest.apply(nowhere.account, [given(1, 400)])
    running = replace(given(1, 400), refunded=Money.of_minor(100, "CNY"))
    assert await world.ingest.apply(world.account, [running, running]) == []
    assert await figures(world) == (300, 100, 1)


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
