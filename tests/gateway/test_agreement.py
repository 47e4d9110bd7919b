"""Whether the parts of a configuration fit together, told with the path of what names something that is not there."""

from pathlib import Path
from typing import Any

import pytest

from connectors.spec import ConnectorSpec
from gateway import app
from gateway.agreement import disagreements, undeclared
from gateway.examination import examine_settings
from gateway.registry import Registry
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid
from tests.gateway import acme

ACME: ConnectorSpec = acme.spec()
POND: ConnectorSpec = acme.spec(declares=False, key="pond")
BASE: dict[str, Any] = {
    "accounts": {"lunch": {"connector": "acme"}, "pond": {"connector": "pond"}},
    "campaigns": [{"platform": "acme", "id": "lunch"}],
}


def said(**tables: Any) -> list[str]:
    """What does not fit."""
    return list(disagreements(BASE | tables))


def in_season(*references: Any) -> dict[str, Any]:
    """A season of one phase with these campaigns."""
    return {"seasons": [{"slug": "autumn", "phases": [{"slug": "one", "campaigns": list(references)}]}]}


def test_what_is_declared_and_what_a_network_tells_of_its_own_may_be_named() -> None:
    assert said(**in_season("acme:lunch", "pond:whatever", "account:pond")) == []
    posts = [{"id": "p1", "campaign": "pond:x"}, {"id": "p1", "campaign": "acme:lunch"}]
    assert said(endorsers=[{"id": "star", "campaigns": ["acme:lunch"], "posts": posts}]) == []


def test_an_account_that_is_none_is_named() -> None:
    assert said(**in_season("acme:lunch", "account:dinner")) == [
        "seasons[0].phases[0].campaigns[1]: there is no [accounts.dinner]"
    ]


def test_a_campaign_on_a_network_that_nobody_hears_is_named() -> None:
    assert said(**in_season("pond:x", "ponds:x")) == [
        "seasons[0].phases[0].campaigns[1]: there is no account of ponds, and no [[campaigns]] for ponds:x"
    ]
    posts = [{"id": "p", "campaign": "weibo:y"}]
    assert said(endorsers=[{"id": "star", "campaigns": ["weibo:x"], "posts": posts}]) == [
        "endorsers[0].campaigns[0]: there is no account of weibo, and no [[campaigns]] for weibo:x",
        "endorsers[0].posts[0].campaign: there is no account of weibo, and no [[campaigns]] for weibo:y",
    ]


@pytest.mark.parametrize(("value", "looks_up"), [(True, True), (False, False), ("true", True), ("FALSE", False), (None, False)])
def test_whether_an_account_looks_up_is_told_by_the_file_or_by_a_variable(value: object, looks_up: bool) -> None:
    account = {"connector": "pond", **({} if value is None else {"lookup": value})}
    assert said(accounts={"pond": account, "lunch": {"connector": "acme"}}) == []
    assert Settings.of({"accounts": {"pond": account}}).looks_up("pond") is looks_up


@pytest.mark.parametrize("value", ["yes", 1, [], "", None])
def test_anything_else_is_neither(value: object) -> None:
    assert said(accounts={"lunch": {"connector": "acme", "lookup": value}}) == ["accounts.lunch.lookup: is true or false"]


def test_a_campaign_that_is_declared_may_wait_for_its_account() -> None:
    rows = [*BASE["campaigns"], {"platform": "weibo", "id": "x"}]
    assert said(campaigns=rows, **in_season("weibo:x")) == []


def test_the_path_is_that_of_the_file_whatever_stands_beside() -> None:
    assert said(**in_season(5, "account:dinner")) == ["seasons[0].phases[0].campaigns[1]: there is no [accounts.dinner]"]


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"charities": [{"id": "m"}, {"id": "m"}]}, "charities[1].id: m is declared twice"),
        ({"endorsers": [{"id": "star"}, {"id": "star"}]}, "endorsers[1].id: star is declared twice"),
        ({"seasons": [{"slug": "autumn"}, {}, {"slug": "autumn"}]}, "seasons[2].slug: autumn is declared twice"),
        (
            {"charities": [{"id": "m", "names": {"pond": "Meals"}}, {"id": "n", "names": {"acme": "Meals", "pond": "Meals"}}]},
            "charities[1].names.pond: pond:Meals is declared twice",
        ),
        (
            {"endorsers": [{"id": "a", "platform": "pond", "posts": [{"id": "p", "campaign": "acme:lunch"}] * 2}]},
            "endorsers[0].posts[1].id: pond:p for acme:lunch is declared twice",
        ),
        (
            {
                "campaigns": [
                    *BASE["campaigns"],
                    {"platform": "acme", "id": "b", "match": [{"account": "lunch", "endorser": "x"}]},
                ]
            },
            "campaigns[1].match[0].endorser: there is no [[endorsers]] with id 'x'",
        ),
    ],
)
def test_what_is_there_twice_or_not_at_all_is_named(tables: dict[str, Any], problem: str) -> None:
    assert said(**tables) == [problem]


@pytest.mark.parametrize("odd", [None, 5, "text", ["text"], {"id": "x"}, [{"id": ["x"]}], [{"slug": {}}], [[{}]]])
def test_what_is_of_another_form_is_left_to_others(odd: Any) -> None:
    tables = dict.fromkeys(("accounts", "charities", "endorsers", "seasons"), odd)
    assert list(disagreements({**tables, "campaigns": []})) == []
    assert list(undeclared({**tables, "campaigns": odd}, frozenset({"acme"}))) == []


def test_on_networks_without_campaigns_of_their_own_each_one_named_must_be_declared() -> None:
    values = BASE | in_season("acme:lunch", "acme:dinner", "pond:dinner", "account:lunch")
    assert list(undeclared(values, frozenset({"acme"}))) == [
        "seasons[0].phases[0].campaigns[1]: there is no [[campaigns]] for acme:dinner"
    ]


@pytest.fixture
def registry() -> Registry:
    return Registry({"acme": f"{__name__}:ACME", "pond": f"{__name__}:POND", "broken": "nowhere.at.all:X"}, ())


def whole(*references: str, **accounts: dict[str, str]) -> Settings:
    """Settings with a season that names these campaigns."""
    row = {"platform": "acme", "id": "lunch", "title": "Lunch", "currency": "CNY"}
    phases = [{"slug": "one", "name": "One", "starts_at": acme.NOW, "campaigns": list(references)}]
    season = {"slug": "autumn", "name": "Autumn", "starts_at": acme.NOW, "currency": "CNY", "phases": phases}
    return Settings.of({"accounts": accounts, "campaigns": [row], "seasons": [season]})


LUNCH = {"connector": "acme", "secret": "x"}
DECLARED_NOWHERE = "seasons[0].phases[0].campaigns[0]: there is no [[campaigns]] for acme:dinner"


def test_the_check_tells_what_accounts_miss_and_what_seasons_miss_together(registry: Registry) -> None:
    settings = whole("acme:dinner", lunch=LUNCH, tea={"connector": "acme"}, odd={"connector": "broken"})
    with pytest.raises(SettingsInvalid) as caught:
        examine_settings(settings, registry)
    secret, odd, season = caught.value.problems
    assert secret.startswith("accounts.tea.secret: is missing")
    assert odd.startswith("accounts.odd.connector: connector broken of giving-gateway cannot be imported")
    assert season == DECLARED_NOWHERE


async def test_a_gateway_whose_season_names_nothing_does_not_start(registry: Registry, tmp_path: Path) -> None:
    settings = whole("acme:dinner", lunch=LUNCH, tea={"connector": "acme"}).model_copy(update={"data_dir": tmp_path / "var"})
    with pytest.raises(SettingsInvalid) as caught:
        async with app.running(settings, installed=lambda: registry):
            raise AssertionError("it started")
    assert len(caught.value.problems) == 2
    assert DECLARED_NOWHERE in caught.value.problems
    assert not (tmp_path / "var").exists()


def test_a_season_of_networks_that_tell_their_campaigns_is_in_order(registry: Registry) -> None:
    accounts = examine_settings(whole("acme:lunch", "pond:x", lunch=LUNCH, pond={"connector": "pond", "secret": "x"}), registry)
    assert sorted(accounts) == ["lunch", "pond"]
