"""Leave to call: given for a code, looked at, taken back, too old."""

import pytest

from connectors.weibo.emulator import WeiboEmulator
from connectors.weibo.emulator.platform import REDIRECT
from tests.connectors.weibo.emulator.client import Client


def asked(emulator: WeiboEmulator, **changed: str) -> dict[str, str]:
    """What is asked for a token."""
    return {
        "client_id": emulator.merchant.appkey,
        "client_secret": emulator.app_secret,
        "grant_type": "authorization_code",
        "code": emulator.grant(),
        "redirect_uri": REDIRECT,
    } | changed


async def test_a_code_gives_a_token_once_and_there_is_no_refresh_token(emulator: WeiboEmulator, client: Client) -> None:
    wanted = asked(emulator)
    told = (await client.oauth("access_token", **wanted)).told
    assert set(told) == {"access_token", "expires_in", "remind_in", "uid"}
    assert (told["uid"], told["remind_in"]) == (emulator.charity.id, str(told["expires_in"]))
    url = f"{client.account['api_url']}/account/get_uid.json"
    assert (await client.ask("GET", url, {"access_token": told["access_token"]})).told == {"uid": int(emulator.charity.id)}

    again = await client.oauth("access_token", **wanted)
    assert (again.status, again.code) == (400, 21325)
    assert again.told["error"] == "invalid_grant"
    assert again.told["request"] == again.told["error_uri"] == "/oauth2/access_token"
    assert again.told["error_description"] == f"invalid authorization code:{wanted['code']}"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_secret": "wrong"}, 21324),
        ({"grant_type": "refresh_token"}, 21328),
        ({"redirect_uri": "https://elsewhere.invalid"}, 21322),
        ({"code": ""}, 21323),
        ({"code": "none"}, 21325),
    ],
)
async def test_what_is_wrong_has_its_number(
    emulator: WeiboEmulator, client: Client, changed: dict[str, str], code: int
) -> None:
    answer = await client.oauth("access_token", **asked(emulator, **changed))

    assert (answer.status, answer.code) == (400, code)  # always a number here


async def test_a_token_is_looked_at(emulator: WeiboEmulator, client: Client) -> None:
    told = (await client.oauth("get_token_info", access_token=client.token)).told

    assert (told["uid"], told["appkey"]) == (emulator.charity.id, emulator.merchant.appkey)
    assert int(told["create_at"]) <= emulator.clock.now().timestamp()
    assert 0 < int(told["expire_in"]) <= 157_679_999


async def test_a_token_may_come_in_the_header(client: Client) -> None:
    url = f"{client.account['api_url']}/account/get_uid.json"

    assert (await client.ask("GET", url, {}, {"Authorization": f"OAuth2 {client.token}"})).status == 200
    assert int((await client.ask("GET", url, {}, {"Authorization": f"Bearer {client.token}"})).code) == 10006


async def test_a_token_that_was_given_up_is_refused(client: Client) -> None:
    assert "result" in (await client.oauth("revokeoauth2", access_token=client.token)).told

    assert await client.refused("account/get_uid") == 21321
    assert (await client.oauth("get_token_info", access_token=client.token)).code == 21321


async def test_an_expired_token_is_refused_until_somebody_agrees_again(emulator: WeiboEmulator, client: Client) -> None:
    emulator.expire_token()
    assert await client.refused("account/get_uid") == 21327

    emulator.renew_token()
    fresh = Client(emulator.account(), client.http)
    assert (await fresh.get("account/get_uid")).status == 200
    emulator.revoke_token()
    assert await fresh.refused("account/get_uid") == 21321


async def test_nobody_knows_a_foreign_token(client: Client) -> None:
    url = f"{client.account['api_url']}/account/get_uid.json"

    assert int((await client.ask("GET", url, {"access_token": "2.00none"})).code) == 21332


async def test_the_edge_stands_before_oauth_too(emulator: WeiboEmulator, client: Client) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 1, 418

    assert (await client.oauth("get_token_info", access_token=client.token)).status == 418
