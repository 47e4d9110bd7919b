"""Helix as the emulator answers it."""

from datetime import timedelta

import pytest

from connectors.twitch.emulator import TwitchEmulator
from tests.connectors.twitch.emulator.world import App

CAMPAIGNS = "/helix/charity/campaigns"


async def test_a_running_campaign_is_shown_with_its_amounts(app: App, emulator: TwitchEmulator) -> None:
    campaign = emulator.start_campaign(150_000, "EUR")
    await emulator.donate(2_550)
    assert (await app.campaigns()).body == {
        "data": [
            {
                "id": campaign.id,
                "broadcaster_id": "900100200",
                "broadcaster_login": "sample_channel",
                "broadcaster_name": "Sample_Channel",
                "charity_name": "Sample Reef Trust",
                "charity_description": "Made-up charity that plants corals",
                "charity_logo": "https://cdn.example/reef/100.png",
                "charity_website": "https://reef.example",
                "current_amount": {"value": 2_550, "decimal_places": 2, "currency": "EUR"},
                "target_amount": {"value": 150_000, "decimal_places": 2, "currency": "EUR"},
            }
        ]
    }


async def test_an_amount_has_the_decimals_of_its_currency(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign(5_000, "JPY")
    shown = (await app.campaigns()).body["data"][0]["target_amount"]
    assert shown == {"value": 5_000, "decimal_places": 0, "currency": "JPY"}


async def test_a_campaign_without_a_goal_has_a_target_of_null(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign(None)
    assert (await app.campaigns()).body["data"][0]["target_amount"] is None


async def test_both_lists_are_empty_before_a_campaign_while_it_pauses_and_after_it(app: App, emulator: TwitchEmulator) -> None:
    async def shown() -> tuple[int, int]:
        donations = (await app.donations()).body
        return len((await app.campaigns()).body["data"]), len(donations["data"])

    assert await shown() == (0, 0)
    emulator.start_campaign()
    await emulator.donate(100)
    assert await shown() == (1, 1)
    emulator.pause()
    assert await shown() == (0, 0)
    emulator.resume()
    assert await shown() == (1, 1)
    emulator.stop()
    assert await shown() == (0, 0)


async def test_a_missing_campaign_can_be_a_404(app: App, emulator: TwitchEmulator) -> None:
    emulator.forms.no_campaign_is_404 = True
    missing = await app.campaigns()
    assert (missing.status, missing.body["error"], missing.body["status"]) == (404, "Not Found", 404)


async def test_pages_follow_cursors_and_the_last_has_none(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    made = [await emulator.donate(value) for value in range(1, 26)]
    first = (await app.donations()).body
    assert len(first["data"]) == 20
    second = (await app.donations(f"&after={first['pagination']['cursor']}")).body
    assert second["pagination"] == {}
    listed = [d["id"] for d in first["data"] + second["data"]]
    assert listed == [d.id for d in reversed(made)]


async def test_a_page_that_ends_exactly_is_the_last(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    for value in (1, 2):
        await emulator.donate(value)
    assert (await app.donations("&first=2")).body["pagination"] == {}


async def test_the_order_of_donations_can_be_turned(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    emulator.forms.oldest_first = True
    made = [await emulator.donate(value) for value in (1, 2, 3)]
    assert [d["id"] for d in (await app.donations()).body["data"]] == [d.id for d in made]


async def test_donations_can_be_missing_from_the_list_while_the_total_counts_them(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    emulator.forms.donations_unlisted = True
    await emulator.donate(700)
    assert (await app.donations()).body == {"data": [], "pagination": {}}
    assert (await app.campaigns()).body["data"][0]["current_amount"]["value"] == 700


@pytest.mark.parametrize("rest", ["&first=0", "&first=101", "&first=x", "&after=!", "&after=eyJhIjoxfQ"])
async def test_parameters_out_of_range_are_400(app: App, rest: str) -> None:
    refused = await app.donations(rest)
    assert (refused.status, refused.body["error"]) == (400, "Bad Request")


async def test_a_missing_broadcaster_is_400(app: App) -> None:
    assert (await app.ask("GET", CAMPAIGNS)).status == 400


async def test_calls_without_fitting_credentials_are_401(app: App, emulator: TwitchEmulator) -> None:
    path, client, bearer = f"{CAMPAIGNS}?broadcaster_id=900100200", emulator.oauth.client_id, f"Bearer {app.user}"
    for headers, message in (
        ({"Client-Id": client}, "OAuth token is missing"),
        ({"Client-Id": client, "Authorization": "Bearer else"}, "Invalid OAuth token"),
        ({"Authorization": bearer}, "Client ID is missing"),
        ({"Client-Id": "else", "Authorization": bearer}, "Client ID and OAuth token do not match"),
        ({"Client-Id": client, "Authorization": f"Bearer {app.app}"}, "Missing scope: channel:read:charity"),
    ):
        refused = await app.ask("GET", path, headers=headers)
        assert refused.body == {"error": "Unauthorized", "status": 401, "message": message}


async def test_another_broadcasters_token_and_one_without_the_scope_are_401(app: App, emulator: TwitchEmulator) -> None:
    other = emulator.add_broadcaster("Other_Channel")
    path = f"{CAMPAIGNS}?broadcaster_id={emulator.broadcaster.id}"
    assert (await app.ask("GET", path, emulator.oauth.issue(other))).status == 401
    emulator.broadcaster.consent = frozenset({"channel:read:goals"})
    assert (await app.ask("GET", path, emulator.oauth.issue(emulator.broadcaster))).status == 401


async def test_a_channel_that_is_neither_partner_nor_affiliate_is_403(app: App, emulator: TwitchEmulator) -> None:
    emulator.broadcaster.kind = ""
    assert (await app.campaigns()).status == 403


async def test_every_answer_tells_the_rate_limit(app: App) -> None:
    for answer in (await app.campaigns(), await app.ask("GET", CAMPAIGNS), await app.ask("GET", CAMPAIGNS, "else")):
        assert answer.headers["Ratelimit-Limit"] == "800"
        assert int(answer.headers["Ratelimit-Remaining"]) < 800
        assert int(answer.headers["Ratelimit-Reset"]) > 0


async def test_an_empty_bucket_is_429_and_fills_again(app: App, emulator: TwitchEmulator) -> None:
    emulator.clock.speed = 0  # the clock stands, so that nothing flows back in between
    emulator.habits.points_per_minute = 3
    assert [(await app.campaigns()).status for _ in range(4)] == [200, 200, 200, 429]
    emulator.clock.turn(timedelta(seconds=20))
    one_more = await app.campaigns()
    assert (one_more.status, one_more.headers["Ratelimit-Remaining"]) == (200, "0")
    assert (await app.campaigns()).status == 429


async def test_app_and_user_have_buckets_of_their_own(app: App, emulator: TwitchEmulator) -> None:
    emulator.clock.speed = 0
    emulator.habits.points_per_minute = 1
    assert (await app.campaigns()).status == 200
    assert (await app.campaigns()).status == 429
    assert (await app.ask("GET", "/helix/eventsub/subscriptions", app.app)).status == 200


async def test_429_can_be_forced(app: App, emulator: TwitchEmulator) -> None:
    emulator.trouble.too_many_requests = 1
    refused = await app.campaigns()
    assert (refused.status, refused.body["error"]) == (429, "Too Many Requests")
    assert refused.headers["Ratelimit-Remaining"] == "0"
    assert (await app.campaigns()).status == 200


async def test_the_next_calls_can_fail(app: App, emulator: TwitchEmulator) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 2, 500
    assert [(await app.campaigns()).status for _ in range(3)] == [500, 500, 200]


async def test_users_are_found_by_id_by_login_and_by_their_own_token(app: App, emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    donor = await emulator.donate(100, user_name="Some_Viewer")
    assert (await app.ask("GET", "/helix/users")).body["data"][0]["id"] == emulator.broadcaster.id
    assert (await app.ask("GET", f"/helix/users?id={donor.user_id}")).body["data"][0]["login"] == "some_viewer"
    assert (await app.ask("GET", "/helix/users?login=some_viewer")).body["data"][0]["id"] == donor.user_id
    assert (await app.ask("GET", "/helix/users", app.app)).status == 400
