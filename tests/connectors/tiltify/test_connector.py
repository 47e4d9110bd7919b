"""Asking Tiltify for campaigns and their charities, and what the connector says of itself."""

import json
from datetime import timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import FakeClock, FakeHttp, answer
from connectors.tiltify import CONNECTOR
from connectors.tiltify.connector import Tiltify
from schema.model.errors import NotFound, UpstreamGarbled, UpstreamUnavailable
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.connectors.tiltify.given import (
    BASE,
    CAMPAIGN,
    CAUSE,
    EVENT,
    GARBLED,
    MISSING,
    NOW,
    PUBLIC,
    TEAM,
    UUID,
    Answers,
    data,
    instead,
    listed,
    path,
    sample,
    sent,
    standing,
    tiltify,
    words,
)


def unavailable(end: str) -> Answers:
    """A Tiltify that gives no answer where an address ends so."""

    def answers(request: HttpRequest) -> HttpResponse:
        if path(request).endswith(end):
            raise UpstreamUnavailable("the network answered 429", retry_after=timedelta(minutes=1))
        return standing(request)

    return answers


def test_the_spec_is_what_the_design_says() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.homepage) == ("tiltify", "Tiltify", "https://tiltify.com")
    assert (CONNECTOR.basis, CONNECTOR.declares_campaigns) == (Basis.REPORTED, False)
    assert (CONNECTOR.pace.poll, CONNECTOR.pace.milestones) == (timedelta(seconds=120), timedelta(minutes=10))
    assert CONNECTOR.pace.budgets == {"default": 60}
    secrets = {s.name for s in CONNECTOR.settings if s.kind == "secret"}
    assert secrets == {"client_secret", "signing_key", "previous_signing_key"}


# ----------------------------------------------------------------------------------------------------- campaigns


async def test_the_configured_ones_are_listed_in_their_order_by_their_kinds() -> None:
    connector, ports = tiltify(standing)
    states = [state async for state in connector.campaigns()]
    assert [(s.native_id, s.title) for s in states] == [
        (CAMPAIGN, "Sample Reef Weekend"),
        (TEAM, "Sample Team Drive"),
        (EVENT, "Sample Reef Month"),
    ]
    assert all(s.source is AmountSource.PLATFORM_API for s in states)
    first = next(request for request in sent(ports) if "supporting" not in request.url)
    assert (first.method, first.url) == ("GET", f"{PUBLIC}/campaigns/{UUID}")
    assert first.headers["Authorization"] == f"Bearer {words('token.json')['access_token']}"
    assert await connector.campaign(TEAM) == states[1]


async def test_a_state_is_dated_by_the_asking_as_no_field_moves_with_a_total() -> None:
    connector, ports = tiltify(standing)
    before = await connector.campaign(CAMPAIGN)
    assert before.version == micros(NOW - timedelta(seconds=10))
    assert isinstance(ports.clock, FakeClock)
    ports.clock.turn(timedelta(seconds=120))
    assert (await connector.campaign(CAMPAIGN)).version > before.version


async def seen(connector: Tiltify, error: type[Exception], words: str) -> list[str]:
    """The ids of what is listed before this error is raised."""
    found: list[str] = []

    async def read() -> None:
        async for state in connector.campaigns():
            found.append(state.native_id)

    with pytest.raises(error, match=words):
        await read()
    return found


async def test_ids_that_name_nothing_are_told_by_their_places_in_the_setting_after_the_others() -> None:
    connector, _ = tiltify(instead(standing, **{UUID: MISSING, EVENT.partition("/")[2]: MISSING}))
    assert await seen(connector, NotFound, "^Tiltify does not know entry 1, entry 3 of campaigns: is its kind right") == [TEAM]
    with pytest.raises(NotFound):
        await connector.campaign(CAMPAIGN)


async def test_an_id_under_a_wrong_kind_is_told_as_well() -> None:
    connector, _ = tiltify(standing, campaigns=(TEAM.replace("team_", ""), CAMPAIGN))
    assert await seen(connector, NotFound, "entry 1 of campaigns") == [CAMPAIGN]


async def test_where_tiltify_knows_none_all_are_told() -> None:
    connector, _ = tiltify(lambda request: standing(request) if "oauth" in request.url else MISSING)
    assert await seen(connector, NotFound, "entry 1, entry 2, entry 3 of campaigns") == []


async def test_one_that_cannot_be_read_is_raised_after_the_others() -> None:
    connector, _ = tiltify(instead(standing, **{UUID: GARBLED}))
    assert await seen(connector, UpstreamGarbled, "no JSON") == [TEAM, EVENT]


@pytest.mark.parametrize(
    "text", ["", UUID, "campaign/100200300", "pnzcnvta/" + UUID, f"campaign/{UUID}/donations", "../campaign"]
)
async def test_what_is_no_native_id_is_not_found_without_asking(text: str) -> None:
    connector, ports = tiltify(standing)
    with pytest.raises(NotFound):
        await connector.campaign(text)
    with pytest.raises(NotFound):
        await listed(connector, text)
    with pytest.raises(NotFound):
        await connector.milestones(text)
    assert sent(ports) == []


async def test_the_words_of_another_campaign_are_garbled() -> None:
    connector, _ = tiltify(instead(standing, **{UUID: answer(200, sample("team_campaign.json"))}))
    with pytest.raises(UpstreamGarbled, match="id"):
        await connector.campaign(CAMPAIGN)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"data": 7}', b'{"data": [{}]}', b'{"data": {}}'])
async def test_an_answer_of_another_form_is_garbled(body: bytes) -> None:
    connector, _ = tiltify(instead(standing, **{UUID: answer(200, body)}))
    with pytest.raises(UpstreamGarbled):
        await connector.campaign(CAMPAIGN)


async def test_a_network_that_asks_for_patience_is_passed_on_and_not_asked_again() -> None:
    connector, ports = tiltify(unavailable(UUID))
    with pytest.raises(UpstreamUnavailable) as caught:
        _ = [state async for state in connector.campaigns()]
    assert caught.value.retry_after == timedelta(minutes=1)
    assert len(sent(ports, UUID)) == 1


# ----------------------------------------------------------------------------------------------------- charities


async def test_a_charity_is_asked_for_once() -> None:
    connector, ports = tiltify(standing)
    for _ in range(2):
        states = [state async for state in connector.campaigns()]
        assert [state.charity and state.charity.name for state in states] == ["Sample Reef Trust", None, "Sample Reef Trust"]
    assert len(sent(ports, CAUSE)) == 1


@pytest.mark.parametrize(
    "answers", [instead(standing, **{CAUSE: MISSING}), instead(standing, **{CAUSE: GARBLED}), unavailable(CAUSE)]
)
async def test_a_total_does_not_wait_for_the_charitys_name(answers: Answers) -> None:
    connector, ports = tiltify(answers)
    state = await connector.campaign(CAMPAIGN)
    assert state.charity is None
    assert state.raised is not None
    assert isinstance(ports.http, FakeHttp)
    ports.http.answer = standing
    assert (await connector.campaign(CAMPAIGN)).charity is not None


async def test_a_nameless_charity_is_not_said() -> None:
    nameless = answer(200, json.dumps({"data": data("cause.json") | {"name": ""}}).encode())
    connector, _ = tiltify(instead(standing, **{CAUSE: nameless}))
    assert (await connector.campaign(CAMPAIGN)).charity is None


async def test_all_questions_go_to_the_configured_address() -> None:
    connector, ports = tiltify(
        lambda request: standing(HttpRequest(request.method, request.url.replace("http://127.0.0.1:9/tiltify", BASE))),
        base_url="http://127.0.0.1:9/tiltify/",
    )
    await connector.campaign(CAMPAIGN)
    assert isinstance(ports.http, FakeHttp)
    assert all(request.url.startswith("http://127.0.0.1:9/tiltify/") for request, _ in ports.http.requests)
