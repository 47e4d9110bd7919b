"""Asking JustGiving: addresses, lists, and what goes wrong."""

from datetime import timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import FakeClock, answer
from schema.model.errors import CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import CampaignState, Raised
from schema.model.time import micros
from tests.connectors.justgiving.given import (
    APP_ID,
    CAMPAIGN,
    CAMPAIGN_PATH,
    DONATIONS_PATH,
    NOW,
    OLD_PATH,
    PAGE,
    PAGE_PATH,
    TEAM,
    TEAM_PATH,
    answered,
    asked,
    gbp,
    justgiving,
    listed,
    network,
    sent,
    words,
)

ALL = {
    "pages": (PAGE,),
    "teams": ("sample-team",),
    "campaigns": ("sample-season",),
    "within": {PAGE: "sample-season", TEAM: ""},
}


# ------------------------------------------------------------------------------------------------------------- requests


async def test_the_application_id_is_in_a_header_and_never_in_an_address() -> None:
    connector, ports = justgiving(network(), **ALL)
    assert [state.native_id async for state in connector.campaigns()] == [PAGE, TEAM, CAMPAIGN]
    await listed(connector)
    for request in sent(ports):
        assert (request.method, dict(request.headers)) == ("GET", {"x-api-key": APP_ID, "Accept": "application/json"})
        assert APP_ID not in request.url
        assert APP_ID not in repr(request)
    assert APP_ID not in repr(vars(connector))


async def test_pitfall_4_the_slash_of_a_new_page_s_name_is_not_encoded_and_no_part_is_lost() -> None:
    connector, ports = justgiving(network())
    await connector.campaign(PAGE)
    await listed(connector)
    assert asked(ports) == [PAGE_PATH, f"{DONATIONS_PATH}?pageNum=1&pageSize=50"]


async def test_everything_else_of_a_name_is_encoded() -> None:
    connector, ports = justgiving(lambda _: answer(404))
    for native in ("page/jöhn&co", "it's", "team:a+b", "campaign:ü"):
        with pytest.raises(NotFound):
            await connector.campaign(native)
    assert asked(ports) == [
        "/v1/fundraising/pages/page/j%C3%B6hn%26co",
        "/v1/fundraising/pages/it%27s",
        "/v1/team/a%2Bb",
        "/v1/campaign/byshortname/%C3%BC",
    ]


@pytest.mark.parametrize(
    "native", ["", "page/..", "..", "a/b", "a?b", "page:a", "team:", "team:a/b", "team:a:b", "Team:a", "x y"]
)
async def test_what_can_be_no_name_is_not_found_without_asking(native: str) -> None:
    connector, ports = justgiving(network())
    with pytest.raises(NotFound):
        await connector.campaign(native)
    assert await listed(connector, native) == []
    assert asked(ports) == []


# ------------------------------------------------------------------------------------------------------------ campaigns


async def test_pitfall_7_a_figure_is_as_old_as_the_question() -> None:
    connector, ports = justgiving(network(), **ALL)
    before = [state.version async for state in connector.campaigns()]
    assert isinstance(ports.clock, FakeClock)
    ports.clock.turn(timedelta(seconds=60))
    assert before == [micros(NOW)] * 3
    assert [state.version async for state in connector.campaigns()] == [micros(NOW + timedelta(seconds=60))] * 3


async def test_a_campaign_that_is_not_in_the_settings_can_be_asked_for() -> None:
    connector, _ = justgiving(network())
    assert (await connector.campaign(CAMPAIGN)).raised == Raised(gbp("2345.67"), 77)


async def test_names_that_name_nothing_are_told_by_their_settings_after_the_others() -> None:
    connector, _ = justgiving(network(), pages=("gone", PAGE), teams=("sample-team", "nobody"))
    seen: list[str] = []

    async def read() -> None:
        async for state in connector.campaigns():
            seen.append(state.native_id)

    with pytest.raises(NotFound, match=r"^JustGiving does not know entry 1 of pages, entry 2 of teams$"):
        await read()
    assert seen == [PAGE, TEAM]


async def test_where_none_is_known_all_are_told() -> None:
    connector, _ = justgiving(lambda _: answer(404), **ALL)
    with pytest.raises(NotFound, match="entry 1 of pages, entry 1 of teams, entry 1 of campaigns"):
        [state async for state in connector.campaigns()]


async def test_a_page_that_is_garbled_is_told_after_the_others() -> None:
    connector, _ = justgiving(network(page=answer(200, b"{}")), **ALL)
    seen: list[CampaignState] = []

    async def read() -> None:
        async for state in connector.campaigns():
            seen.append(state)

    with pytest.raises(UpstreamGarbled):
        await read()
    assert [(state.native_id, state.raised) for state in seen] == [
        (TEAM, None),  # its currency would be that of the same page
        (CAMPAIGN, Raised(gbp("2345.67"), 77)),
    ]


async def test_a_team_s_currency_is_asked_of_a_member_s_page_once() -> None:
    connector, ports = justgiving(network())
    assert (await connector.campaign(TEAM)).raised == Raised(gbp("1234.50"))
    assert (await connector.campaign(TEAM)).raised == Raised(gbp("1234.50"))
    assert asked(ports) == [TEAM_PATH, PAGE_PATH, TEAM_PATH]


async def test_of_the_members_the_first_whose_page_fits_tells_a_team_s_currency() -> None:
    dollars = words("page.json", currencySymbol="$", currencyCode="USD")
    team = answered(words("team.json", currencySymbol="$"))
    connector, ports = justgiving(network(team=team, old=answered(dollars)))
    raised = (await connector.campaign(TEAM)).raised
    assert raised is not None
    assert str(raised.amount) == "1234.50 USD"
    assert asked(ports) == [TEAM_PATH, PAGE_PATH, OLD_PATH]


async def test_a_currency_that_is_none_is_not_kept_for_a_team() -> None:
    code = ["GB"]

    def mended(request: HttpRequest) -> HttpResponse:
        return network(page=answered(words("page.json", currencyCode=code[0])))(request)

    connector, _ = justgiving(mended)
    with pytest.raises(UpstreamGarbled):
        await connector.campaign(TEAM)
    code[0] = "GBP"
    assert (await connector.campaign(TEAM)).raised == Raised(gbp("1234.50"))


async def test_a_team_whose_currency_nobody_tells_has_no_total_and_few_are_asked() -> None:
    members = [{"pageShortName": f"gone-{n}"} for n in range(9)]
    connector, ports = justgiving(network(team=answered(words("team.json", teamMembers=members))))
    told = await connector.campaign(TEAM)
    assert (told.title, told.raised) == ("Sample Team", None)
    assert len(asked(ports)) == 1 + 5


# --------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("status", [401, 403])
async def test_an_application_id_that_is_refused_is_told_at_once(status: int) -> None:
    connector, ports = justgiving(lambda _: answer(status), **ALL)
    with pytest.raises(CredentialsRefused):
        [state async for state in connector.campaigns()]
    with pytest.raises(CredentialsRefused):
        await listed(connector)
    assert len(asked(ports)) == 2


@pytest.mark.parametrize("path", [PAGE_PATH, TEAM_PATH, CAMPAIGN_PATH])
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<Page xmlns='x'/>", b"\xff", b'{"data": 7}'])
async def test_an_answer_that_is_no_json_of_ours_is_garbled(path: str, body: bytes) -> None:
    native = {PAGE_PATH: PAGE, TEAM_PATH: TEAM, CAMPAIGN_PATH: CAMPAIGN}[path]
    connector, _ = justgiving(lambda _: answer(200, body))
    with pytest.raises(UpstreamGarbled):
        await connector.campaign(native)


async def test_a_silent_network_is_told_at_once() -> None:
    def silent(request: HttpRequest) -> HttpResponse:
        raise UpstreamUnavailable("no answer")

    connector, ports = justgiving(silent, **ALL)
    with pytest.raises(UpstreamUnavailable):
        [state async for state in connector.campaigns()]
    assert len(asked(ports)) == 1
