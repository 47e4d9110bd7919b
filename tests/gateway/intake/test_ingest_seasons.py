"""What a season adds to the way in: endorsers, campaigns that are named outright, and figures that people bring."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.intake.ingest import UNPLACED
from schema.model.facts import CampaignState, Clues, DonationState, Raised
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource, Basis
from tests.gateway.acme import LUNCH, NOW, Acme, back, given, spec
from tests.gateway.autumn import COATS, WINTER, autumn, heard, published
from tests.gateway.world import DECLARED, World

STAR, OTHER_STAR, NOBODY = (Clues(attach=f"lunch;star={name}") for name in ("star", "other", "none"))
ROWS = DECLARED["campaigns"]
TWO_STARS = {
    **DECLARED,
    "campaigns": [
        {
            **ROWS[0],
            "match": [
                {"account": "lunch", "attach": "lunch;star=star", "endorser": "star"},
                {"account": "lunch", "attach": "lunch;star=other", "endorser": "other"},
                {"account": "lunch", "attach": "lunch*"},
            ],
        },
        ROWS[1],
    ],
    "endorsers": [{"id": "star", "name": "A star"}, {"id": "other", "name": "Another one"}],
}


@pytest.fixture
def acme() -> Acme:
    return Acme()


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    return World(redis, acme, values=TWO_STARS)


async def sums(world: World, campaign: CampaignId = LUNCH) -> dict[str, tuple[int, int]]:
    """What the ledger has of each endorser: net in minor units, and how many."""
    [found] = await world.shelf.endorsed([campaign])
    return found


async def apply(world: World, *facts: DonationState | CampaignState) -> list[str]:
    """The reasons why some are held."""
    return await world.ingest.apply(world.account, facts)


# endorsers


async def test_each_endorser_has_its_own_and_what_names_nobody_is_nobodys(world: World) -> None:
    assert await apply(world, given(1, 100, STAR), given(2, 20, STAR), given(3, 7, OTHER_STAR), given(4, 5_000, NOBODY)) == []
    assert await sums(world) == {"star": (120, 2), "other": (7, 1)}
    assert await world.raised() == 5_127


async def test_a_payment_that_comes_again_with_other_words_moves_to_nobody_else(world: World) -> None:
    await apply(world, given(1, 100, STAR))
    assert await apply(world, given(1, 100, OTHER_STAR, version=1), given(1, 100, Clues(attach="elsewhere"), version=2)) == []
    assert await sums(world) == {"star": (100, 1)}
    assert await world.raised() == 100


async def test_refunds_in_any_form_come_off_the_endorser_that_was_named(world: World) -> None:
    await apply(world, given(1, 100, STAR), given(2, 50, OTHER_STAR))
    assert await world.ingest.apply(world.account, [back(1, 30), back(1, 30)]) == []
    assert await sums(world) == {"star": (70, 1), "other": (50, 1)}
    running = replace(given(1, 100, STAR, version=1), refunded=Money.of_minor(45, "CNY"), refunded_at=NOW)
    await apply(world, running)
    assert await sums(world) == {"star": (55, 1), "other": (50, 1)}
    await world.ingest.apply(world.account, [back(1, 70, refund=2)])
    assert await sums(world) == {"star": (0, 0), "other": (50, 1)}


async def test_a_refund_that_comes_first_finds_the_endorser_by_its_donation(world: World, acme: Acme) -> None:
    acme.known["look-1"] = [given(1, 100, STAR)]
    assert await world.ingest.apply(world.account, [back(1, 40)]) == []
    assert await sums(world) == {"star": (60, 1)}


# campaigns that are named outright


async def test_a_donation_goes_to_the_campaign_that_its_source_names_and_nowhere_else(redis: Redis) -> None:
    world = autumn(redis)
    await heard(world, "paper", given(1, 700, Clues(attach="coats", campaign="winter")))
    assert await world.raised(WINTER) == 700
    slip = given(2, 700, Clues(campaign="wniter"))
    assert await world.ingest.apply(world.accounts["paper"], [slip]) == [UNPLACED]


# figures that people bring


async def test_a_declared_basis_goes_before_the_connectors(redis: Redis) -> None:
    world = autumn(redis)
    assert world.directory.basis(COATS) is Basis.REPORTED
    assert world.directory.basis(WINTER) is Basis.COUNTED
    assert world.directory.basis(CampaignId("pond", "team")) is Basis.REPORTED
    await heard(world, "paper", published("coats", 70_000))
    await heard(world, "paper", given(1, 500, Clues(campaign="coats")))  # listed, and not added
    head = await world.head(COATS)
    assert head is not None
    assert (head.basis, head.raised) == ("REPORTED", "70000")


async def test_an_older_figure_that_is_brought_later_changes_nothing(redis: Redis) -> None:
    world = autumn(redis)
    paper = world.accounts["paper"]
    newer, older = published("coats", 70_000), published("coats", 90_000, at=NOW - timedelta(days=1))
    first, second, again = await world.ingest.verdicts(paper, [newer, older, newer])
    assert (first.held, first.new, second.held, second.new, again.new) == (None, True, None, False, False)
    assert await world.raised(COATS) == 70_000


async def test_a_figure_of_the_same_moment_with_another_amount_is_a_clash_and_the_first_stands(redis: Redis) -> None:
    world = autumn(redis)
    await heard(world, "paper", published("coats", 70_000))
    assert await world.ingest.apply(world.accounts["paper"], [published("coats", 7_000)]) == ["clash"]
    assert await world.raised(COATS) == 70_000


async def test_a_figure_holds_as_of_its_own_date(redis: Redis) -> None:
    world = autumn(redis)
    read_at = NOW - timedelta(days=30)
    await heard(world, "paper", published("coats", 70_000, at=read_at))
    head = await world.head(COATS)
    assert head is not None
    assert head.at == str(int(read_at.timestamp()))
    [campaign] = await world.shelf.described([COATS])
    assert campaign is not None
    assert campaign.as_of == read_at


async def test_a_figure_may_be_a_day_ahead_and_not_more(redis: Redis) -> None:
    world = autumn(redis)
    [late, soon] = [published("coats", 70_000, at=NOW + timedelta(days=1, seconds=ahead)) for ahead in (1, 0)]
    assert await world.ingest.apply(world.accounts["paper"], [late]) == ["unreadable"]
    assert await world.raised(COATS) is None
    assert await world.ingest.apply(world.accounts["paper"], [soon]) == []


async def test_a_figure_for_a_campaign_that_is_counted_is_held_and_leaves_no_trace(redis: Redis) -> None:
    world = autumn(redis)
    await heard(world, "paper", given(1, 700, Clues(campaign="winter")))
    [verdict] = await world.ingest.verdicts(world.accounts["paper"], [published("winter", 9_999)])
    assert (verdict.held, verdict.new) == ("basis", False)
    assert await world.raised(WINTER) == 700
    assert await world.shelf.described([WINTER]) == [None]


async def test_what_a_network_itself_states_beside_counted_donations_is_left_alone(redis: Redis) -> None:
    world = World(redis, spec=spec(declares=False), values={"accounts": {"lunch": {"connector": "acme"}}})
    raised = Raised(Money.of_minor(9_999, "CNY"))
    stated = CampaignState("reef", 1, AmountSource.PLATFORM_API, title="Reef", raised=raised)
    [verdict] = await world.ingest.verdicts(world.account, [stated])
    assert (verdict.held, verdict.new) == (None, False)
    assert await world.raised(CampaignId("acme", "reef")) is None
    [campaign] = await world.shelf.described([CampaignId("acme", "reef")])
    assert campaign is not None


async def test_what_became_of_each_fact_is_told(world: World) -> None:
    found = await world.ingest.verdicts(world.account, [given(1, 100, STAR), given(1, 100, STAR), given(1, 200, STAR)])
    assert [(verdict.held, verdict.new) for verdict in found] == [(None, True), (None, False), ("clash", False)]
