"""Names: letter case makes no other one, neither in the settings nor in what the network answers."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.justgiving import CONNECTOR, names
from connectors.justgiving.names import Kind
from connectors.justgiving.settings import read
from connectors.testing.fakes import answer, fake_ports
from schema.model.errors import SettingsInvalid
from schema.model.facts import CampaignState
from schema.model.fold import Row, counted
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.total import Basis, Place, Total
from tests.connectors.justgiving.given import (
    CAMPAIGN,
    CAMPAIGN_PATH,
    NOW,
    PAGE,
    PAGE_PATH,
    TEAM,
    TEAM_PATH,
    answered,
    asked,
    justgiving,
    listed,
    network,
    page,
    raw,
    settings,
    words,
)

SHOUTED = {"teams": [{"teamShortName": "SAMPLE-Team"}]}
BOTH = {"pages": (PAGE,), "teams": ("sample-team",), "campaigns": ("sample-season",)}


def problems(**changed: Any) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(settings(**changed), fake_ports(network()))
    return list(caught.value.problems)


def summed(states: list[CampaignState]) -> list[str]:
    """Of a season that names all of these, the native ids of those whose totals are in its sum."""
    rows = []
    for state in states:
        assert state.raised is not None
        campaign = CampaignId("justgiving", state.native_id)
        total = Total(campaign, Basis.REPORTED, state.raised.amount, None, None, None, (), NOW, Place())
        rows.append(Row(campaign, state.part_of or (), total, Freshness.CACHED, NOW, is_running=True))
    return [total.campaign.native for total in counted(rows)]


# ---------------------------------------------------------------------------------------------------------- letter case


def test_a_native_id_is_in_small_letters() -> None:
    assert names.native(Kind.PAGE, "page/Sample-Ride") == "page/sample-ride"
    assert names.native(Kind.TEAM, "SAMPLE") == "team:sample"
    assert tuple(read(settings(pages=("https://www.justgiving.com/page/Sample",))).campaigns) == ("page/sample",)


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("pages", ("page/sample", "page/Sample")),
        ("pages", ("page/sample", "https://www.justgiving.com/page/SAMPLE?utm_source=copy")),
        ("teams", ("sample", "Sample")),
        ("campaigns", ("sample", " sample ")),
    ],
)
def test_one_name_twice_is_refused_whatever_its_letter_case(setting: str, named: tuple[str, ...]) -> None:
    (problem,) = problems(**{"pages": None, setting: named})
    assert problem == f"{setting}: entry 2 is there before; letter case makes no other name"


def test_an_old_and_a_new_page_of_one_name_are_two() -> None:
    assert tuple(read(settings(pages=("sample", "page/sample"))).campaigns) == ("sample", "page/sample")


def test_a_page_is_in_its_team_however_the_page_writes_the_team_s_name() -> None:
    assert page(**SHOUTED).part_of == (TEAM,)


@pytest.mark.parametrize("team", ["sample-team", "Sample-Team", "SAMPLE-TEAM"])
async def test_a_page_and_its_team_are_never_both_summed(team: str) -> None:
    answers = {
        PAGE_PATH: answered(words("page.json", **SHOUTED)),
        TEAM_PATH.replace("sample-team", team): answer(200, raw("team.json")),
    }
    connector, _ = justgiving(lambda r: answers.get(r.url.partition("example")[2], answer(404)), teams=(team,))
    states = [state async for state in connector.campaigns()]
    assert [state.native_id for state in states] == [PAGE, TEAM]
    assert summed(states) == [TEAM]


async def test_what_is_asked_for_keeps_the_letters_of_the_settings() -> None:
    connector, ports = justgiving(lambda _: answer(404), pages=("page/Sample-Ride",))
    await listed(connector, "page/sample-ride")
    assert asked(ports) == ["/v1/fundraising/pages/page/Sample-Ride"]


async def test_donations_belong_to_the_page_whatever_its_letter_case() -> None:
    shouted = "page/Sample-Reef-Ride"
    connector, _ = justgiving(lambda r: network()(replace(r, url=r.url.replace(shouted, PAGE))), pages=(shouted,))
    assert [state.native_id async for state in connector.campaigns()] == [PAGE]
    assert {donation.campaign for donation in await listed(connector, PAGE)} == {(PAGE, TEAM)}


# ------------------------------------------------------------------------------------------------- a campaign's pages


@pytest.mark.parametrize(
    ("within", "silent"),
    [
        (None, "entry 1 of pages, entry 1 of teams"),
        ({PAGE: "sample-season"}, "entry 1 of teams"),
        ({TEAM: ""}, "entry 1 of pages"),
    ],
)
def test_beside_campaigns_each_page_and_team_must_say_for_which_it_raises(within: object, silent: str) -> None:
    (problem,) = problems(**BOTH, within=within)
    assert problem.startswith(f"within: says nothing of {silent}. ")


@pytest.mark.parametrize(
    ("within", "problem"),
    [
        ({PAGE: "sample-seson", TEAM: ""}, "within: entry 1 names none of campaigns"),
        ({PAGE: "", TEAM: "", PAGE.upper().replace("PAGE/", "page/"): ""}, "within: entry 3 is there before"),
        ({PAGE: "", TEAM: "", CAMPAIGN: ""}, "within: entry 3 is a campaign"),
    ],
)
def test_what_cannot_be_within_another_is_refused(within: object, problem: str) -> None:
    assert problems(**BOTH, within=within) == [problem]


@pytest.mark.parametrize("entry", [("a b", ""), ("charity:a", ""), ("", "sample-season"), (PAGE, "page/a"), (PAGE, " ")])
def test_what_is_no_name_cannot_be_within_another(entry: tuple[str, str]) -> None:
    (problem, *_) = problems(**BOTH, within=dict([entry]))
    assert problem.startswith("within: entry 1 is not of the form ")


async def test_a_campaign_and_its_page_are_never_both_summed() -> None:
    within = {"page/Sample-Reef-Ride": "Sample-Season", TEAM: "sample-season"}
    connector, _ = justgiving(network(), **BOTH, within=within)
    states = {state.native_id: state async for state in connector.campaigns()}
    assert {native: state.part_of for native, state in states.items()} == {
        PAGE: (TEAM, CAMPAIGN),
        TEAM: (CAMPAIGN,),
        CAMPAIGN: None,
    }
    assert summed(list(states.values())) == [CAMPAIGN]
    assert summed([states[PAGE], states[CAMPAIGN]]) == [CAMPAIGN]


async def test_a_page_that_raises_for_no_campaign_is_summed_beside_it() -> None:
    connector, _ = justgiving(network(), **{**BOTH, "teams": None}, within={PAGE: ""})
    assert summed([state async for state in connector.campaigns()]) == [PAGE, CAMPAIGN]


async def test_a_campaign_may_be_followed_by_another_account() -> None:
    connector, _ = justgiving(network(), within={PAGE: "sample-season"})
    assert (await connector.campaign(PAGE)).part_of == (TEAM, CAMPAIGN)


async def test_an_answer_that_tells_no_teams_takes_none_away() -> None:
    answers = {PAGE_PATH: answer(200, raw("page.json")), CAMPAIGN_PATH: answer(404)}
    connector, _ = justgiving(lambda r: answers[r.url.partition("example")[2]], within={PAGE: "sample-season"})
    await connector.campaign(PAGE)
    answers[PAGE_PATH] = answered(words("page.json", teams=None))
    assert (await connector.campaign(PAGE)).part_of == (TEAM, CAMPAIGN)
    answers[PAGE_PATH] = answered(words("page.json", teams=[]))
    assert (await connector.campaign(PAGE)).part_of == (CAMPAIGN,)
