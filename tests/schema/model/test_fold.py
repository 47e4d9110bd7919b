"""Each campaign once and whole, one within another only within that one, and the parts of all networks add up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schema.model.fold import Row, Sum, by_platform, counted, fold
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Basket, Money
from schema.model.total import Basis, Place, Total

NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)


def row(
    name: str,
    minor: int | None,
    *part_of: str,
    code: str = "CNY",
    count: int | None = 1,
    freshness: Freshness = Freshness.LIVE,
    age: int = 0,
    running: bool = True,
) -> Row:
    """A campaign as "network:name", and its total unless it is unknown."""
    campaign = CampaignId.parse(name)
    total = None
    if minor is not None:
        total = Total(campaign, Basis.REPORTED, Money.of_minor(minor, code), None, count, None, (), NOW, Place())
    return Row(campaign, part_of, total, freshness, NOW - timedelta(minutes=age), running)


def names(*rows: Row) -> set[str]:
    """Whose totals are in the sum."""
    return {str(total.campaign) for total in counted(rows)}


def test_campaigns_are_added_by_currency() -> None:
    found = fold([row("acme:a", 100), row("twitch:b", 50, code="USD", count=None), row("acme:c", 1, count=4)], NOW)

    assert found == Sum(Basket.of([Money.of_minor(101, "CNY"), Money.of_minor(50, "USD")]), 5, 3, NOW, Freshness.LIVE)


def test_a_campaign_without_a_known_total_is_not_in_the_sum_and_one_with_zero_is() -> None:
    found = fold([row("acme:a", None), row("acme:b", 0)], NOW)

    assert (found.raised.parts, found.campaigns) == ((Money.of_minor(0, "CNY"),), 1)


def test_a_campaign_is_counted_once_however_often_it_is_named() -> None:
    assert fold([row("acme:a", 100), row("acme:a", 100)], NOW) == fold([row("acme:a", 100)], NOW)


def test_a_member_is_counted_within_its_team_only() -> None:
    assert names(row("tiltify:member", 10, "team"), row("tiltify:team", 100)) == {"tiltify:team"}


def test_a_member_counts_for_itself_while_its_team_has_no_known_total_or_is_not_in_the_season() -> None:
    assert names(row("tiltify:member", 10, "team"), row("tiltify:team", None)) == {"tiltify:member"}
    assert names(row("tiltify:member", 10, "team")) == {"tiltify:member"}


def test_a_team_of_the_same_name_on_another_network_is_another_one() -> None:
    assert len(names(row("tiltify:member", 10, "team"), row("acme:team", 100))) == 2


def test_of_member_team_and_event_the_event_counts() -> None:
    rows = row("tiltify:member", 10, "team", "event"), row("tiltify:team", 100, "event"), row("tiltify:event", 1_000)

    assert names(*rows) == {"tiltify:event"}


def test_of_member_team_and_event_the_event_counts_also_when_the_member_names_its_team_only() -> None:
    rows = row("tiltify:member", 10, "team"), row("tiltify:team", None, "event"), row("tiltify:event", 1_000)

    assert names(*rows) == {"tiltify:event"}


def test_where_the_event_is_unknown_the_team_counts() -> None:
    rows = row("tiltify:member", 10, "team", "event"), row("tiltify:team", 100, "event"), row("tiltify:event", None)

    assert names(*rows) == {"tiltify:team"}


def test_no_money_is_lost_when_a_network_states_a_ring() -> None:
    assert names(row("acme:a", 10, "b"), row("acme:b", 20, "a")) == {"acme:a"}
    assert names(row("acme:a", None, "b"), row("acme:b", 20, "c"), row("acme:c", 30, "a")) == {"acme:b"}
    assert names(row("acme:a", 10, "a")) == {"acme:a"}


def test_what_a_network_names_as_parent_may_be_any_text() -> None:
    assert names(row("acme:a", 10, "", "\n", "x" * 300)) == {"acme:a"}


def test_the_sum_is_as_old_and_as_fresh_as_the_worst_running_campaign() -> None:
    found = fold(
        [
            row("acme:a", 1, age=5),
            row("acme:b", 1, age=9, freshness=Freshness.CACHED),
            row("acme:ended", 1, age=90, freshness=Freshness.STALE, running=False),
            row("acme:unknown", None, age=99, freshness=Freshness.STALE),
        ],
        NOW,
    )

    assert (found.as_of, found.freshness) == (NOW - timedelta(minutes=9), Freshness.CACHED)


def test_when_no_campaign_is_running_the_newest_tells_the_age() -> None:
    found = fold([row("acme:a", 1, age=90, running=False), row("acme:b", 1, age=60, running=False)], NOW)

    assert (found.as_of, found.freshness) == (NOW - timedelta(minutes=60), Freshness.CACHED)


def test_without_campaigns_the_sum_is_empty_and_of_the_present() -> None:
    nothing = Sum(Basket(), 0, 0, NOW, Freshness.CACHED)

    assert fold([], NOW) == nothing == fold([row("acme:a", None, age=9)], NOW)
    assert by_platform([row("acme:a", None)], NOW) == {}


def test_each_network_has_its_own_sum() -> None:
    rows = [row("twitch:a", 1, age=3), row("acme:a", 2, freshness=Freshness.STALE), row("acme:b", 3), row("weibo:a", None)]

    assert by_platform(rows, NOW) == {"acme": fold(rows[1:3], NOW), "twitch": fold(rows[:1], NOW)}


natives = st.sampled_from("abcdef")
seasons = st.lists(
    st.builds(
        lambda platform, native, minor, part_of, code, count, freshness, age, running: row(
            f"{platform}:{native}", minor, *part_of, code=code, count=count, freshness=freshness, age=age, running=running
        ),
        st.sampled_from(("acme", "twitch")),
        natives,
        st.none() | st.integers(0, 1_000),
        st.lists(natives, max_size=3),
        st.sampled_from(("CNY", "USD", "JPY")),
        st.none() | st.integers(0, 9),
        st.sampled_from(Freshness),
        st.integers(0, 90),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda found: found.campaign,
)


@given(seasons)
def test_the_parts_of_all_networks_add_up_to_those_of_the_whole(rows: list[Row]) -> None:
    whole, split = fold(rows, NOW), by_platform(rows, NOW).values()

    assert sum((each.raised for each in split), Basket()) == whole.raised
    assert sum(each.count for each in split) == whole.count
    assert sum(each.campaigns for each in split) == whole.campaigns


@given(seasons, st.randoms(use_true_random=False))
def test_the_order_of_campaigns_does_not_matter(rows: list[Row], rng: Any) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)

    assert fold(shuffled, NOW) == fold(rows, NOW)
    assert by_platform(shuffled, NOW) == by_platform(rows, NOW)


@given(seasons)
def test_every_known_total_is_in_the_sum_or_lies_within_one_that_is(rows: list[Row]) -> None:
    parts, chosen = {each.campaign: each for each in rows}, {total.campaign for total in counted(rows)}

    def reached(campaign: CampaignId, seen: frozenset[CampaignId]) -> bool:
        above = {CampaignId(campaign.platform, native) for native in parts[campaign].part_of} & parts.keys()
        return campaign in chosen or any(reached(other, seen | {other}) for other in above - seen)

    for each in rows:
        if each.total is not None:
            assert reached(each.campaign, frozenset({each.campaign}))


@given(seasons)
def test_nothing_in_the_sum_names_another_that_is_in_it(rows: list[Row]) -> None:
    chosen = {total.campaign for total in counted(rows)}

    for each in rows:
        above = {CampaignId(each.campaign.platform, native) for native in each.part_of} - {each.campaign}
        assert each.campaign not in chosen or not above & chosen
