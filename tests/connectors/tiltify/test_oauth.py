"""Tokens: renewed early, once more when refused, and never guessed."""

import json
from datetime import timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Token
from connectors.testing.fakes import FakeClock, FakeTokens, answer, fake_ports
from connectors.tiltify import CONNECTOR
from connectors.tiltify.connector import Tiltify
from schema.model.errors import CredentialsRefused, UpstreamGarbled
from tests.connectors.tiltify.given import (
    BASE,
    CAMPAIGN,
    NOW,
    asking,
    grants,
    instead,
    listed,
    sent,
    settings,
    standing,
    tiltify,
)

REFUSED = b'{"error": "invalid_client", "error_description": "Client authentication failed."}'


def granted(access: str = "access-1", seconds: object = 7_200) -> HttpResponse:
    return answer(200, json.dumps({"access_token": access, "expires_in": seconds, "token_type": "bearer"}).encode())


def known(tokens: object) -> dict[str, Token]:
    assert isinstance(tokens, FakeTokens)
    return tokens.known


async def test_a_token_is_asked_for_with_a_body_and_no_secret_is_in_an_address() -> None:
    connector, ports = tiltify(standing)
    await connector.campaign(CAMPAIGN)
    (asked,) = grants(ports)
    assert (asked.method, asked.url) == ("POST", f"{BASE}/oauth/token")
    assert asked.headers["Content-Type"] == "application/json"
    assert json.loads(asked.body) == {
        "client_id": "sample-client",
        "client_secret": "sample-client-secret",
        "grant_type": "client_credentials",
        "scope": "public webhooks:write",
    }
    assert not any("secret" in request.url for request in (*grants(ports), *sent(ports)))


async def test_who_only_asks_wants_no_more_than_to_read() -> None:
    ports = fake_ports(standing, clock=FakeClock(NOW))
    connector = CONNECTOR.build(asking(), ports)
    assert isinstance(connector, Tiltify)
    await connector.campaign(CAMPAIGN)
    assert json.loads(grants(ports)[0].body)["scope"] == "public"


async def test_a_token_of_before_the_endpoint_is_not_used_to_keep_it() -> None:
    ports = fake_ports(standing, clock=FakeClock(NOW))
    for given in (asking(), settings()):
        connector = CONNECTOR.build(given, ports)
        assert isinstance(connector, Tiltify)
        await connector.campaign(CAMPAIGN)
    assert [json.loads(request.body)["scope"] for request in grants(ports)] == ["public", "public webhooks:write"]


async def test_a_token_is_renewed_after_a_quarter_of_its_time() -> None:
    connector, ports = tiltify(instead(standing, token=granted(seconds=7_200)))
    await connector.campaign(CAMPAIGN)
    assert [token.expires_at for token in known(ports.tokens).values()] == [NOW + timedelta(minutes=30)]
    assert isinstance(ports.clock, FakeClock)
    ports.clock.turn(timedelta(minutes=30))
    await connector.campaign(CAMPAIGN)
    assert len(grants(ports)) == 2


async def test_one_token_serves_many_questions() -> None:
    connector, ports = tiltify(standing)
    await listed(connector)
    assert len(sent(ports)) > 2
    assert len(grants(ports)) == 1


async def test_an_absurdly_long_lifetime_is_cut() -> None:
    connector, ports = tiltify(instead(standing, token=granted(seconds=10**19)))
    await connector.campaign(CAMPAIGN)
    assert [token.expires_at for token in known(ports.tokens).values()] == [NOW + timedelta(hours=6)]


async def test_a_token_that_ended_before_its_time_is_renewed_once() -> None:
    tokens = iter(["access-1", "access-2"])

    def answers(request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/oauth/token"):
            return granted(next(tokens))
        return standing(request) if request.headers["Authorization"] == "Bearer access-2" else answer(401, b"{}")

    connector, ports = tiltify(answers)
    assert (await connector.campaign(CAMPAIGN)).native_id == CAMPAIGN
    assert len(grants(ports)) == 2


async def test_a_token_that_is_refused_at_once_is_not_renewed_for_ever() -> None:
    connector, ports = tiltify(lambda r: standing(r) if r.url.endswith("/oauth/token") else answer(401, b"{}"))
    with pytest.raises(CredentialsRefused):
        await connector.campaign(CAMPAIGN)
    assert (len(sent(ports)), len(grants(ports))) == (2, 2)


@pytest.mark.parametrize(
    "refusal", [answer(422, REFUSED), answer(400, REFUSED), answer(401, b""), answer(401, REFUSED), answer(403, b"no")]
)
async def test_an_app_that_is_refused_is_reported_without_a_secret(refusal: HttpResponse) -> None:
    connector, _ = tiltify(instead(standing, token=refusal))
    with pytest.raises(CredentialsRefused, match="client_secret") as caught:
        await connector.campaign(CAMPAIGN)
    assert "sample-client-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "garbled",
    [
        answer(404, b'{"error": {"status": 404, "message": "Not Found", "fields": null}}'),
        answer(302),
        answer(422, b'{"error": {"status": 422, "message": "Invalid", "fields": {"scope": ["is invalid"]}}}'),
        answer(422, b"<!doctype html>"),
        answer(400, b"[]"),
        answer(200, b"{}"),
        answer(200, b"null"),
        granted(seconds="7200"),
        granted(seconds=True),
        granted(seconds=0),
        granted(seconds=-7_200),
        granted(access=""),
        granted(access="a\nb"),
        granted(access="ünicode"),
        granted(access="a" * 2_001),
        answer(200, b'{"access_token": 7, "expires_in": 7200}'),
    ],
)
async def test_a_token_answer_of_another_form_is_garbled_and_never_an_empty_list(garbled: HttpResponse) -> None:
    connector, _ = tiltify(instead(standing, token=garbled))
    with pytest.raises(UpstreamGarbled):
        _ = [state async for state in connector.campaigns()]


async def test_a_question_that_the_app_may_not_ask_is_reported() -> None:
    connector, _ = tiltify(instead(standing, donations=answer(403, b"{}")))
    with pytest.raises(CredentialsRefused):
        await listed(connector)
