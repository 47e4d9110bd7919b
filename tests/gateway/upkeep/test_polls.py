"""Asking at a network's pace: campaigns each time, donations when a total has moved."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.upkeep.polls import OVERLAP, WHOLE_EVERY, Polls
from schema.model.errors import NotFound, Unreadable, UpstreamUnavailable
from schema.model.facts import CampaignState, Movement, Stage
from schema.model.time import micros
from schema.model.total import Basis
from tests.gateway.acme import NOW, REEF, Listing, Pushing, back, given, spec, state
from tests.gateway.world import UNDECLARED, World

SILENT = UpstreamUnavailable("the network is silent")
LATER = timedelta(minutes=5)


class Network(Listing):
    """Can be asked for one donation too, once it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = False

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The donation, or silence."""
        if not self.answers:
            raise SILENT
        return [given(1, 400, "reef", code="CNY")]


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def world(redis: Redis, network: Network) -> World:
    """A network whose donations are added up."""
    return World(redis, network, spec=spec(declares=False, poll=LATER), values=UNDECLARED)


@pytest.fixture
def polls(world: World) -> Polls:
    return Polls(world.account, world.ingest, world.book)


async def test_campaigns_and_their_donations_are_applied_and_the_account_counts_as_polled(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(400, code="CNY")]
    network.movements = {"reef": [given(1, 400, "reef")]}
    await polls.once()
    assert await world.raised(REEF) == 400
    assert (await world.book.read("lunch")).polled_at == NOW


async def test_how_long_asking_took_is_kept_with_the_time(
    world: World, network: Network, polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly() -> AsyncIterator[CampaignState]:
        yield state(400, code="CNY")
        world.clock.turn(LATER)

    monkeypatch.setattr(network, "campaigns", slowly)
    await polls.once()
    noted = await world.book.read("lunch")
    assert (noted.polled_at, noted.poll_took) == (NOW + LATER, LATER)


async def test_donations_are_listed_when_raised_has_moved_and_once_more_as_a_list_may_lag_behind(
    network: Network, polls: Polls
) -> None:
    asked = []
    for minor in (400, 400, 400, 500, 500, 500, 400):
        network.states = [state(minor, code="CNY")]
        await polls.once()
        asked.append(len(network.listed))
    assert asked == [1, 2, 2, 3, 4, 4, 5]


async def test_each_campaign_is_listed_for_itself(network: Network, polls: Polls) -> None:
    network.states = [state(1, native="reef"), state(1, native="wood")]
    await polls.once()
    await polls.once()
    network.states = [state(1, native="reef"), state(2, native="wood")]
    await polls.once()
    assert network.listed == ["reef", "wood"] * 2 + ["wood"]


async def test_an_error_leaves_the_time_of_the_last_poll_and_what_came_before_it_counts(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(0, code="CNY")]
    await polls.once()
    world.clock.turn(LATER)
    network.states = [state(400, code="CNY"), SILENT]
    network.movements = {"reef": [given(1, 400, "reef")]}
    with pytest.raises(UpstreamUnavailable):
        await polls.once()
    assert (await world.book.read("lunch")).polled_at == NOW
    assert await world.raised(REEF) == 400


async def test_what_a_setting_names_in_vain_is_told_in_the_connector_s_words_and_the_others_count_as_polled(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(400, code="CNY"), NotFound("Acme does not know entry 2 of campaigns")]
    with capture_logs() as logs:
        await polls.once()
    assert (await world.book.read("lunch")).polled_at == NOW
    assert [(log["event"], log["reason"]) for log in logs if log["log_level"] == "warning"] == [
        ("campaign.gone", "Acme does not know entry 2 of campaigns")
    ]


async def test_where_a_network_knows_none_of_what_is_named_the_poll_fails(world: World, network: Network, polls: Polls) -> None:
    network.states = [NotFound("Acme does not know entry 1 of campaigns")]
    with pytest.raises(NotFound, match="entry 1 of campaigns"):
        await polls.once()
    assert (await world.book.read("lunch")).polled_at is None


async def test_a_list_of_donations_that_fails_is_asked_for_again_though_nothing_moved(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(500, code="CNY")]
    network.movements = {"reef": [given(1, 400, "reef"), SILENT]}
    with pytest.raises(UpstreamUnavailable):
        await polls.once()
    assert (await world.book.read("lunch")).polled_at is None
    network.movements = {"reef": [given(1, 400, "reef"), given(2, 100, "reef")]}
    for _ in range(3):
        await polls.once()
    assert network.listed == ["reef"] * 3
    assert await world.raised(REEF) == 500


async def test_a_refund_that_could_not_be_confirmed_is_listed_again_though_nothing_moved(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(300, code="CNY")]
    network.movements = {"reef": [back(1, 100)]}
    for _ in range(4):
        await polls.once()
    assert network.listed == ["reef"] * 4
    network.answers = True
    for _ in range(3):
        await polls.once()
    assert network.listed == ["reef"] * 6
    assert await world.raised(REEF) == 300


async def test_what_waits_for_a_person_is_not_listed_for_ever(network: Network, polls: Polls) -> None:
    network.states = [state(300, code="CNY")]
    network.movements = {"reef": [given(1, 300, "reef", code="JPY")]}
    for _ in range(4):
        await polls.once()
    assert network.listed == ["reef"] * 2


async def test_without_a_total_donations_are_listed_each_time(network: Network, polls: Polls) -> None:
    network.states = [state(None)]
    for _ in range(4):
        await polls.once()
    assert network.listed == ["reef"] * 4


async def test_a_list_that_cannot_be_read_does_not_keep_the_other_campaigns_waiting(
    world: World, network: Network, polls: Polls
) -> None:
    network.states = [state(1, native="wood", code="CNY"), state(400, code="CNY")]
    network.movements = {"wood": [Unreadable("amount")], "reef": [given(1, 400, "reef")]}
    await polls.once()
    assert await world.raised(REEF) == 400
    assert (await world.book.read("lunch")).polled_at == NOW


async def test_a_network_that_lists_nothing_is_not_polled(redis: Redis) -> None:
    world = World(redis, Pushing(), spec=spec(poll=LATER))
    await Polls(world.account, world.ingest, world.book).once()
    assert (await world.book.read("lunch")).polled_at is None


async def test_donations_are_listed_whole_at_first_and_each_day_and_from_shortly_before_the_last_time_in_between(
    world: World, network: Network, polls: Polls
) -> None:
    began = world.clock.now()
    for hours in (0, 1, 23, 1):
        world.clock.turn(timedelta(hours=hours))
        network.states = [state(400 + len(network.since), code="CNY")]
        await polls.once()
    assert network.since == [None, began - OVERLAP[Basis.COUNTED], None, began]


async def test_an_unmoved_total_is_listed_whole_each_day_as_well(world: World, network: Network, polls: Polls) -> None:
    network.states = [state(400, code="CNY")]
    for _ in range(4):
        await polls.once()
    world.clock.turn(WHOLE_EVERY)
    await polls.once()
    assert network.since[-1] is None
    assert len(network.since) == 3


async def test_where_the_total_is_told_less_is_listed_twice(redis: Redis, network: Network) -> None:
    world = World(redis, network, spec=spec(declares=False, poll=LATER, basis=Basis.REPORTED), values=UNDECLARED)
    polls, began = Polls(world.account, world.ingest, world.book), world.clock.now()
    for minor in (400, 500):
        network.states = [state(minor, code="CNY")]
        await polls.once()
    assert network.since == [None, began - timedelta(hours=1)]


async def test_after_a_list_that_could_not_be_applied_it_is_listed_whole(world: World, network: Network, polls: Polls) -> None:
    network.states = [state(300, code="CNY")]
    await polls.once()
    network.states, network.movements = [state(200, code="CNY")], {"reef": [back(1, 100)]}
    await polls.once()
    await polls.once()
    assert network.since[1] is not None
    assert network.since[2] is None


async def test_how_far_a_stated_total_and_all_that_was_listed_are_apart_is_told(redis: Redis) -> None:
    network = Network()
    world = World(redis, network, spec=spec(Basis.REPORTED, declares=False, poll=LATER), values=UNDECLARED)
    polls = Polls(world.account, world.ingest, world.book, world.metrics)

    def apart() -> float:
        return world.counted("giving_listed_apart_ratio", account="lunch")

    network.states = [state(400, version=1), state(1_000, version=1, native="wood")]
    network.movements = {
        "reef": [given(1, 250, "reef", code="EUR"), given(1, 250, "reef", code="EUR"), given(2, 150, "reef", code="EUR")],
        "wood": [given(3, 900, "wood", code="EUR"), given(4, None, "wood"), given(5, 70, "wood", stage=Stage.VOID)],
    }
    with capture_logs() as logs:
        await polls.once()
    assert apart() == 0.1
    assert [(line["campaign"], line["stated"], line["listed"]) for line in logs if line["event"] == "total.apart"] == [
        ("wood", "10.00 EUR", "9.00 EUR")
    ]

    network.states = [state(2_000, version=2, native="wood")]  # only a part is listed anew
    await polls.once()
    assert apart() == 0.1
    network.movements["wood"].append(given(6, 1_100, "wood", code="EUR"))
    world.clock.turn(WHOLE_EVERY)
    await polls.once()
    assert apart() == 0


async def test_a_network_that_dates_its_total_by_the_last_change_is_believed_when_it_was_asked_three_times(
    redis: Redis,
) -> None:
    network = Network()
    world = World(redis, network, spec=spec(Basis.REPORTED, declares=False, poll=LATER), values=UNDECLARED)
    polls, shown = Polls(world.account, world.ingest, world.book), list[int | None]()
    for minor, changed in ((400, NOW), (100, NOW + LATER), (100, NOW + LATER), (100, NOW + LATER)):
        network.states = [state(minor, version=micros(changed))]
        await polls.once()
        shown.append(await world.raised(REEF))
    assert shown == [400, 400, 400, 100]
