"""Tokens."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import App

BACK = "https://charity.invalid/tiltify"


async def test_a_token_for_parameters_in_the_query(emulator: TiltifyEmulator, app: App) -> None:
    account = emulator.account()
    asked = {"client_id": account["client_id"], "client_secret": account["client_secret"], "grant_type": "client_credentials"}
    granted = await app.ask("POST", "/oauth/token", params=asked)
    assert granted.status == 200
    assert set(granted.body) == {"access_token", "created_at", "expires_in", "refresh_token", "scope", "token_type"}
    assert (granted.body["expires_in"], granted.body["scope"], granted.body["token_type"]) == (7200, "public", "bearer")


async def test_a_token_for_parameters_as_json(app: App, campaign: Campaign) -> None:
    granted = await app.grant(scope="webhooks:write public")
    assert granted.body["scope"] == "webhooks:write public"
    assert (await app.ask("GET", f"/api/public/campaigns/{campaign.id}", granted.body["access_token"])).status == 200


@pytest.mark.parametrize(
    ("spoiled", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"grant_type": "refresh_token", "refresh_token": "spent"}, "invalid_grant"),
    ],
)
async def test_a_refusal_is_422_in_the_shape_of_oauth(app: App, spoiled: dict[str, str], error: str) -> None:
    refused = await app.grant(**spoiled)
    assert refused.status == 422
    assert set(refused.body) == {"error", "error_description"}
    assert refused.body["error"] == error


async def test_a_body_that_is_no_json_is_refused(app: App) -> None:
    refused = await app.ask("POST", "/oauth/token", data=b"{", headers={"Content-Type": "application/json"})
    assert (refused.status, refused.body["error"]) == (422, "invalid_request")


async def test_a_refresh_token_is_good_once_and_keeps_the_scopes(app: App) -> None:
    first = (await app.grant(scope="webhooks:write")).body
    renewed = await app.grant(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert renewed.body["scope"] == "webhooks:write"
    assert renewed.body["access_token"] != first["access_token"]
    assert (await app.grant(grant_type="refresh_token", refresh_token=first["refresh_token"])).status == 422


async def test_a_user_consents_and_the_code_is_good_for_that_address_only(emulator: TiltifyEmulator, app: App) -> None:
    query = {"client_id": emulator.account()["client_id"], "redirect_uri": BACK, "response_type": "code", "state": "s"}
    for grants, address in ((False, "https://elsewhere.invalid"), (True, BACK)):
        sent = await app.ask("GET", "/oauth/authorize", params={**query, "scope": "cause"})
        back = parse_qs(urlsplit(sent.headers["Location"]).query)
        assert (sent.status, back["state"]) == (302, ["s"])
        granted = await app.grant(grant_type="authorization_code", code=back["code"][0], redirect_uri=address)
        assert (granted.status == 200) is grants
    assert granted.body["scope"] == "cause"


async def test_consent_that_asks_for_nothing_known_is_refused(app: App) -> None:
    assert (await app.ask("GET", "/oauth/authorize")).status == 422


async def test_a_token_ends_when_it_said(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    emulator.clock.turn(timedelta(seconds=7200))
    refused = await app.get(f"campaigns/{campaign.id}")
    assert refused.status == 401
    assert refused.body == {"error": {"status": 401, "message": "Unauthorized", "fields": None}}


async def test_a_token_can_end_before_it_said(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    emulator.tokens.early = timedelta(seconds=7200)
    granted = await app.grant()
    assert granted.body["expires_in"] == 7200
    assert (await app.ask("GET", f"/api/public/campaigns/{campaign.id}", granted.body["access_token"])).status == 401


async def test_all_tokens_can_be_ended_at_once(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    emulator.expire_tokens()
    assert (await app.get(f"campaigns/{campaign.id}")).status == 401
    await app.sign_in()
    assert (await app.get(f"campaigns/{campaign.id}")).status == 200


async def test_the_token_endpoint_can_fail(emulator: TiltifyEmulator, app: App) -> None:
    emulator.token_outage.fail_next = 1
    assert [(await app.grant()).status for _ in range(2)] == [500, 200]


async def test_no_seed_shares_a_secret_with_another(emulator: TiltifyEmulator) -> None:
    secrets = ("client_id", "client_secret", "signing_key", "endpoint_id")
    same, other = TiltifyEmulator(seed=1).account(), TiltifyEmulator(seed=2).account()
    assert all(emulator.account()[name] == same[name] != other[name] for name in secrets)
