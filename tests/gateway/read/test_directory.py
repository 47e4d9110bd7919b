"""What the configuration says of campaigns, laid over what networks tell."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.spec import ConnectorSpec, Pace
from gateway.read.directory import AccountEntry, Directory
from gateway.settings import Settings
from gateway.store.health import Noted
from schema.model.campaign import Campaign
from schema.model.charity import Charity
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from tests.gateway.acme import LUNCH, NOW, REEF, Acme, Listening, Listing, spec
from tests.gateway.world import DECLARED

MEALS: dict[str, Any] = {"id": "meals", "name": "Free meals", "website": "https://meals.example"}
SPACING = timedelta(seconds=15)


def directory(values: Any, entry: ConnectorSpec | None = None) -> Directory:
    """A directory in which every account is one of Acme's."""
    settings = Settings.of(values)
    found = entry or spec()
    return Directory(settings, {name: AccountEntry(name, found, pushes=True) for name in settings.accounts}, NOW)


def campaign(**changes: Any) -> dict[str, Any]:
    """School lunch."""
    return {"platform": "acme", "id": "school-lunch", "title": "School lunch", "currency": "CNY", **changes}


def test_campaigns_of_a_network_without_any_exist_because_they_are_declared() -> None:
    found = directory(DECLARED)
    assert found.is_declared(LUNCH)
    assert not found.is_declared(REEF)
    assert {entry.id: (entry.title, entry.account, entry.as_of) for entry in found.declared()} == {
        LUNCH: ("School lunch", "lunch", NOW),
        CampaignId("acme", "other-gifts"): ("Other gifts", "lunch", NOW),
    }


def test_a_network_with_campaigns_of_its_own_is_only_talked_over() -> None:
    values = {"accounts": {"a": {"connector": "acme"}}, "campaigns": [campaign(title="Ours", goal="5", categories=["food"])]}
    found = directory(values, spec(declares=False))
    assert found.declared() == []
    assert not found.is_declared(LUNCH)
    assert found.overlay(LUNCH, None) is None
    told = Campaign(LUNCH, "Theirs", Currency.of("CNY"), "a", NOW, summary="their words", categories=("x",))
    shown = found.overlay(LUNCH, told)
    assert shown is not None
    assert (shown.title, shown.summary, shown.categories, shown.goal) == (
        "Ours",
        "their words",
        ("food",),
        Money.of_minor(500, "CNY"),
    )


def test_what_the_configuration_does_not_know_is_as_the_network_tells_it() -> None:
    told = Campaign(REEF, "Reef", None, "lunch", NOW)
    assert directory(DECLARED).overlay(REEF, told) is told
    assert directory(DECLARED).overlay(REEF, None) is None


def test_a_declared_campaign_carries_all_that_was_said_of_it() -> None:
    row = campaign(
        summary="a meal a day",
        url="https://meals.example/lunch",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=30),
        charity="meals",
        match=[{"account": "b", "attach": "x"}],
    )
    values = {
        "accounts": {"a": {"connector": "acme"}, "b": {"connector": "acme"}},
        "campaigns": [row],
        "charities": [MEALS],
    }
    [shown] = directory(values).declared()
    assert shown.charity == Charity("meals", "Free meals", None, "https://meals.example", None)
    assert (shown.summary, shown.starts_at, shown.ends_at) == ("a meal a day", NOW, NOW + timedelta(days=30))
    assert shown.account == "b"  # the first that its rules name


def test_an_account_pushes_when_its_connector_can_be_told_something() -> None:
    assert AccountEntry.of("a", spec(), Acme()).pushes
    assert AccountEntry.of("a", spec(), Listening()).pushes
    assert not AccountEntry.of("a", spec(), Listing()).pushes


def test_health_is_made_of_the_pace_and_of_what_was_written() -> None:
    entry = AccountEntry.of("a", spec(poll=timedelta(seconds=60)), Listing())
    assert entry.health(Noted()).freshness(NOW) is Freshness.STALE
    fresh = entry.health(Noted(polled_at=NOW))
    assert fresh.freshness(NOW + timedelta(seconds=120)) is Freshness.CACHED
    assert fresh.freshness(NOW + timedelta(seconds=121)) is Freshness.STALE


def test_where_calls_wait_for_their_turns_asking_is_overdue_when_two_whole_rounds_of_it_are() -> None:
    # as DonorDrive: the pause and a turn are 15 s each, and a list of donations after the figure takes another turn
    waits = replace(spec(), pace=Pace(poll=SPACING, spacing={"default": SPACING}))
    entry = AccountEntry.of("a", waits, Listing())
    short, long = entry.health(Noted(polled_at=NOW)), entry.health(Noted(polled_at=NOW, poll_took=3 * SPACING))
    assert [short.freshness(NOW + spacings * SPACING) for spacings in (2.1, 4, 4.1)] == ["CACHED", "CACHED", "STALE"]
    assert [long.freshness(NOW + spacings * SPACING) for spacings in (4.1, 10, 10.1)] == ["CACHED", "CACHED", "STALE"]


def test_what_an_account_told_that_is_gone_is_stale_or_will_be_soon() -> None:
    polled = spec(poll=timedelta(minutes=1))
    gone = [AccountEntry("lunch", found, pushes, is_gone=True) for found in (spec(), polled) for pushes in (True, False)]
    told = Noted(polled_at=NOW, heard_at=NOW)
    now = [entry.health(told).freshness(NOW) for entry in gone]
    later = [entry.health(told).freshness(NOW + timedelta(minutes=3)) for entry in gone]
    assert now == [Freshness.STALE, Freshness.STALE, Freshness.CACHED, Freshness.CACHED]
    assert later == [Freshness.STALE] * 4
