"""Tokens: renewed when they end or are refused, and never guessed."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Token
from connectors.testing.fakes import answer
from schema.model.errors import CredentialsRefused, UpstreamGarbled
from tests.connectors.twitch.given import AUTH, CAMPAIGN, NOW, Answers, granted, helix, known, listed, running, sent, twitch


async def test_the_users_token_comes_from_the_refresh_token_in_a_form() -> None:
    connector, ports = twitch(helix(running))
    await listed(connector)
    (renewal,) = [r for r in sent(ports) if r.url == f"{AUTH}/token"]
    assert renewal.method == "POST"
    assert renewal.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(renewal.body.decode()) == {
        "client_id": ["sample-client"],
        "client_secret": ["sample-client-secret"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-of-the-setting"],
    }


async def test_a_token_is_renewed_a_little_before_its_end_and_at_once_when_short_lived() -> None:
    connector, ports = twitch(lambda r: granted(seconds=3600) if r.url.startswith(AUTH) else running(r))
    await listed(connector)
    assert known(ports)["user"].expires_at == NOW + timedelta(minutes=59)
    connector, ports = twitch(lambda r: granted(seconds=20) if r.url.startswith(AUTH) else running(r))
    await listed(connector)
    assert known(ports)["user"].expires_at == NOW + timedelta(seconds=10)


def refusing(*, good: set[str], refresh: dict[str, tuple[str, str]]) -> Answers:
    """A Twitch that takes these access tokens and trades these refresh tokens for (access, refresh)."""

    def answers(request: HttpRequest) -> HttpResponse:
        if request.url.startswith(AUTH):
            given = parse_qs(request.body.decode())["refresh_token"][0]
            return granted(*refresh[given]) if given in refresh else answer(400, b'{"message": "Invalid refresh token"}')
        bearer = request.headers["Authorization"].removeprefix("Bearer ")
        return running(request) if bearer in good else answer(401, b'{"status": 401}')

    return answers


async def test_a_renewed_refresh_token_supersedes_the_setting() -> None:
    trades = {"refresh-of-the-setting": ("access-1", "refresh-2"), "refresh-2": ("access-2", "refresh-3")}
    connector, ports = twitch(refusing(good={"access-2"}, refresh=trades))
    assert len(await listed(connector)) == 3
    assert known(ports)["user"].refresh == "refresh-3"
    tokens = [parse_qs(r.body.decode())["refresh_token"][0] for r in sent(ports) if r.url.startswith(AUTH)]
    assert tokens == ["refresh-of-the-setting", "refresh-2"]


async def test_a_refresh_token_that_is_not_renewed_stays() -> None:
    connector, ports = twitch(helix(running))
    await listed(connector)
    assert known(ports)["user"].refresh == "refresh-of-the-setting"


async def test_a_new_consent_in_the_settings_is_used_when_the_kept_one_is_refused() -> None:
    connector, ports = twitch(refusing(good={"new"}, refresh={"refresh-of-the-setting": ("new", "newer")}))
    known(ports)["user"] = Token("old", NOW + timedelta(hours=1), "withdrawn")
    assert len(await listed(connector)) == 3
    assert known(ports)["user"].refresh == "newer"


async def test_a_refused_token_is_renewed_once_and_then_the_account_needs_consent() -> None:
    trades = {"refresh-of-the-setting": ("access-1", "refresh-of-the-setting")}
    connector, ports = twitch(refusing(good=set(), refresh=trades))
    with pytest.raises(CredentialsRefused, match="needs consent"):
        await listed(connector)
    assert len([r for r in sent(ports) if not r.url.startswith(AUTH)]) == 2


async def test_a_refresh_token_that_is_refused_needs_consent() -> None:
    connector, _ = twitch(refusing(good=set(), refresh={}))
    with pytest.raises(CredentialsRefused, match="needs consent"):
        await connector.campaign(CAMPAIGN)


@pytest.mark.parametrize(
    "garbled",
    [
        answer(404),
        answer(302),
        answer(200, b"{}"),
        answer(200, b'{"access_token": "a", "expires_in": "3600"}'),
        answer(200, b'{"access_token": "a", "expires_in": 0}'),
        answer(200, b'{"access_token": "a\\nb", "expires_in": 3600}'),
        answer(200, b'{"access_token": "a", "expires_in": 3600, "refresh_token": 7}'),
    ],
)
async def test_a_token_answer_of_another_form_is_garbled_and_never_an_empty_list(garbled: HttpResponse) -> None:
    connector, _ = twitch(lambda _: garbled)
    with pytest.raises(UpstreamGarbled):
        await listed(connector)


async def test_an_absurdly_long_lifetime_is_cut() -> None:
    connector, ports = twitch(lambda r: granted(seconds=10**19) if r.url.startswith(AUTH) else running(r))
    await listed(connector)
    assert known(ports)["user"].expires_at < NOW + timedelta(days=101)
