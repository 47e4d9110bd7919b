"""Tokens of the emulator."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from connectors.twitch.emulator import TwitchEmulator
from tests.connectors.twitch.emulator.world import Answer, App


async def token(app: App, **fields: str) -> Answer:
    account = app.emulator.account()
    form = {"client_id": account["client_id"], "client_secret": account["client_secret"], **fields}
    return await app.ask("POST", "/oauth2/token", data=form)


async def validate(app: App, access: str, scheme: str = "OAuth") -> Answer:
    return await app.ask("GET", "/oauth2/validate", headers={"Authorization": f"{scheme} {access}"})


async def refreshed(app: App) -> Answer:
    return await token(app, grant_type="refresh_token", refresh_token=app.emulator.account()["refresh_token"])


async def test_client_credentials_give_an_app_token_without_a_user(app: App) -> None:
    given = (await token(app, grant_type="client_credentials")).body
    assert given["token_type"] == "bearer"
    assert given["expires_in"] == 60 * 86_400
    assert "refresh_token" not in given
    shown = (await validate(app, given["access_token"])).body
    assert shown["client_id"] == app.emulator.account()["client_id"]
    assert "user_id" not in shown


async def test_the_fields_may_also_stand_in_the_query(app: App) -> None:
    account = app.emulator.account()
    query = {"client_id": account["client_id"], "client_secret": account["client_secret"], "grant_type": "client_credentials"}
    assert (await app.ask("POST", "/oauth2/token", params=query)).status == 200


async def test_a_refresh_token_gives_a_user_token_of_the_broadcaster(app: App) -> None:
    given = await refreshed(app)
    assert given.status == 200
    assert given.body["scope"] == ["channel:read:charity"]
    shown = (await validate(app, given.body["access_token"], "Bearer")).body
    assert (shown["user_id"], shown["login"]) == (app.emulator.broadcaster.id, app.emulator.broadcaster.login)
    assert shown["scopes"] == ["channel:read:charity"]
    assert 0 < shown["expires_in"] <= 4 * 3600


async def test_a_refresh_token_stays_unless_rotation_is_on(app: App) -> None:
    before = app.emulator.account()["refresh_token"]
    assert (await refreshed(app)).body["refresh_token"] == before
    app.emulator.habits.rotates_refresh_tokens = True
    rotated = (await refreshed(app)).body["refresh_token"]
    assert rotated != before
    refused = await token(app, grant_type="refresh_token", refresh_token=before)
    assert (refused.status, refused.body["message"]) == (400, "Invalid refresh token")
    assert (await token(app, grant_type="refresh_token", refresh_token=rotated)).status == 200


async def test_consent_gives_a_code_that_is_good_once(app: App) -> None:
    account = app.emulator.account()
    query = {"client_id": account["client_id"], "response_type": "code", "redirect_uri": "http://localhost/done", "state": "s"}
    async with app.session.get(f"{app.emulator.url}/oauth2/authorize", params=query, allow_redirects=False) as answer:
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s"]
    fields = {"grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": "http://localhost/done"}
    given = await token(app, **fields)
    assert given.body["refresh_token"] == account["refresh_token"]
    assert (await token(app, **fields)).status == 400


async def test_a_code_is_refused_with_another_redirect_address(app: App) -> None:
    code = app.emulator.oauth.code(app.emulator.broadcaster, "http://localhost/done")
    refused = await token(app, grant_type="authorization_code", code=code, redirect_uri="http://localhost/else")
    assert refused.status == 400


async def test_authorize_refuses_an_unknown_app_and_an_unknown_broadcaster(app: App) -> None:
    assert (await app.ask("GET", "/oauth2/authorize?client_id=else")).status == 400
    known = f"/oauth2/authorize?client_id={app.emulator.oauth.client_id}"
    assert (await app.ask("GET", known)).status == 400
    assert (await app.ask("GET", f"{known}&response_type=code&redirect_uri=http://x&login_hint=nobody")).status == 400


async def test_requests_that_are_wrong_are_named_as_what_they_are(app: App) -> None:
    for fields, status, message in (
        ({"grant_type": "client_credentials", "client_id": "else"}, 400, "invalid client"),
        ({"grant_type": "client_credentials", "client_secret": "else"}, 403, "invalid client secret"),
        ({"grant_type": "client_credentials", "client_secret": ""}, 400, "missing client secret"),
        ({"grant_type": "password"}, 400, "invalid grant type"),
        ({"grant_type": "refresh_token", "refresh_token": "else"}, 400, "Invalid refresh token"),
    ):
        refused = await token(app, **fields)
        assert (refused.status, refused.body["status"], refused.body["message"]) == (status, status, message)


async def test_validate_refuses_what_is_no_token(app: App) -> None:
    refused = await validate(app, "else")
    assert (refused.status, refused.body["message"]) == (401, "invalid access token")
    assert (await validate(app, app.user, "Basic")).status == 401


async def test_a_token_ends_with_its_life(app: App, emulator: TwitchEmulator) -> None:
    emulator.habits.user_token_life = timedelta(hours=1)
    access = (await refreshed(app)).body["access_token"]
    assert (await validate(app, access)).status == 200
    emulator.clock.turn(timedelta(minutes=61))
    assert (await validate(app, access)).status == 401


async def test_revoked_tokens_are_invalid_and_can_be_refreshed(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    assert (await app.campaigns()).status == 200
    emulator.revoke_tokens()
    assert (await app.campaigns()).status == 401
    app.user = (await refreshed(app)).body["access_token"]
    assert (await app.campaigns()).status == 200


async def test_a_broadcaster_who_disconnects_the_app_ends_access_and_refreshing(app: App, emulator: TwitchEmulator) -> None:
    emulator.revoke_consent()
    assert (await app.campaigns()).status == 401
    assert (await refreshed(app)).status == 401


async def test_the_token_endpoint_can_fail_for_a_while(app: App, emulator: TwitchEmulator) -> None:
    emulator.token_outage.fail_next, emulator.token_outage.fail_status = 1, 503
    assert (await refreshed(app)).status == 503
    assert (await refreshed(app)).status == 200
