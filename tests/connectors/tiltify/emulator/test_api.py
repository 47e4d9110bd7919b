"""The public API: campaigns of all kinds, and the shapes of refusals."""

import pytest

from connectors.tiltify.emulator import OWNER_HANDLE, OWNER_ID, Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import App

CAMPAIGN_FIELDS = {
    *("id", "legacy_id", "name", "slug", "url", "donate_url", "description", "status", "supporting_type", "amount_raised"),
    *("total_amount_raised", "goal", "original_goal", "avatar", "user", "user_id", "cause_id", "fundraising_event_id"),
    *("has_schedule", "livestream", "inserted_at", "updated_at", "published_at", "retired_at"),
}


async def test_a_campaign_has_the_fields_of_the_documentation(app: App, campaign: Campaign) -> None:
    told = (await app.get(f"campaigns/{campaign.id}")).data
    assert set(told) == CAMPAIGN_FIELDS
    assert told["status"] == "published"
    assert told["goal"] == {"value": "1500", "currency": "GBP"}
    assert told["total_amount_raised"] == {"value": "0.00", "currency": "GBP"}
    assert told["user"]["id"] == OWNER_ID
    assert OWNER_HANDLE in told["user"]["social"].values()
    assert told["inserted_at"].endswith("Z")
    assert len(told["inserted_at"]) == len("2026-05-02T18:29:41.000000Z")


async def test_a_campaign_is_found_by_its_old_number_and_by_slugs(app: App, campaign: Campaign) -> None:
    for path in (f"campaigns/{campaign.legacy_id}", "campaigns/by/slugs/sample/sample-reef-weekend"):
        assert (await app.get(path)).data["id"] == campaign.id


async def test_a_team_campaign_has_fields_of_its_own(emulator: TiltifyEmulator, app: App) -> None:
    team = emulator.add_team_campaign("Sample Team Run", currency="EUR")
    told = (await app.get(f"team_campaigns/{team.id}")).data
    more = {"currency_code", "supportable", "supporting_amount_raised", "team", "team_id"}
    assert set(told) == CAMPAIGN_FIELDS - {"user", "user_id", "cause_id", "fundraising_event_id"} | more
    assert (told["goal"], told["description"], told["currency_code"]) == (None, None, "EUR")
    assert (await app.get("team_campaigns/by/slugs/sample-team/sample-team-run")).data["id"] == team.id


async def test_an_event_tells_only_its_whole_total(emulator: TiltifyEmulator, app: App) -> None:
    event = emulator.add_event("Sample Marathon", cause="Sample Sea Trust")
    told = (await app.get(f"fundraising_events/{event.id}")).data
    assert "amount_raised" not in told
    assert told["total_amount_raised"]["value"] == "0.00"
    assert len(told["starts_at"]) == len("2026-05-02")
    cause = (await app.get(f"causes/{told['cause_id']}")).data
    assert cause["name"] == "Sample Sea Trust"
    events = await app.get(f"causes/{told['cause_id']}/fundraising_events")
    assert [each["id"] for each in events.data] == [event.id]


async def test_campaigns_with_one_charity_share_its_id(emulator: TiltifyEmulator, campaign: Campaign) -> None:
    assert emulator.add_campaign("Another").cause_id == campaign.cause_id


async def test_a_team_campaign_is_not_found_among_campaigns(emulator: TiltifyEmulator, app: App) -> None:
    team = emulator.add_team_campaign("Sample Team Run")
    refused = await app.get(f"campaigns/{team.id}")
    assert refused.body == {"error": {"status": 404, "message": "Not Found", "fields": None}}
    assert refused.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "campaigns/11111111-1111-4111-8111-111111111111",
        "campaigns/11111111-1111-4111-8111-111111111111/donations",
        "campaigns/nonsense",
        "campaigns/by/slugs/nobody/nothing",
        "causes/11111111-1111-4111-8111-111111111111",
        "nothing/of/the/kind",
    ],
)
async def test_what_is_not_there_is_404_in_the_apis_shape(app: App, path: str) -> None:
    refused = await app.get(path)
    assert (refused.status, refused.body["error"]["status"]) == (404, 404)


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic wrong", "Bearer"])
async def test_without_a_good_token_everything_is_401(app: App, campaign: Campaign, header: str) -> None:
    for path in (f"campaigns/{campaign.id}", "nothing"):
        refused = await app.ask("GET", f"/api/public/{path}", headers={"Authorization": header})
        assert (refused.status, refused.body["error"]["status"]) == (401, 401)


async def test_milestones_are_listed_for_campaigns_and_teams(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    emulator.add_milestone("Half way", 75_000)
    emulator.add_milestone("Nearly", 149_950)
    told = (await app.get(f"campaigns/{campaign.id}/milestones")).data
    assert [(each["name"], each["amount"]["value"]) for each in told] == [("Half way", "750.00"), ("Nearly", "1499.50")]
    assert set(told[0]) == {"id", "legacy_id", "name", "amount", "active", "inserted_at", "updated_at"}
    event = emulator.add_event("Sample Marathon")
    assert (await app.get(f"fundraising_events/{event.id}/milestones")).status == 404
    with pytest.raises(ValueError, match="no milestones"):
        emulator.add_milestone("Never", 1, campaign=event)


@pytest.mark.parametrize(
    ("currency", "minor", "amount", "total"),
    [
        ("GBP", 2_500, "25", "25.00"),
        ("GBP", 1_250, "12.50", "12.50"),
        ("GBP", 5, "0.05", "0.05"),
        ("JPY", 1_500, "1500", "1500"),
        ("KWD", 1_005, "1.005", "1.005"),
    ],
)
async def test_amounts_are_decimal_text_with_and_without_decimals(
    emulator: TiltifyEmulator, app: App, currency: str, minor: int, amount: str, total: str
) -> None:
    campaign = emulator.add_campaign("Elsewhere", currency=currency)
    await emulator.donate(minor, campaign=campaign)
    donation = (await app.get(f"campaigns/{campaign.id}/donations")).data[0]
    assert donation["amount"] == {"value": amount, "currency": currency}
    told = (await app.get(f"campaigns/{campaign.id}")).data
    assert told["amount_raised"] == told["total_amount_raised"] == {"value": total, "currency": currency}


async def test_the_api_can_fail_by_status_with_patience_or_a_page(
    emulator: TiltifyEmulator, app: App, campaign: Campaign
) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status, emulator.outage.retry_after = 1, 429, "7"
    path = f"campaigns/{campaign.id}"
    limited = await app.get(path)
    emulator.outage.fail_next, emulator.outage.fail_status = 1, 200
    page, well = await app.get(path), await app.get(path)
    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")
    assert (page.status, page.text[:9]) == (200, "<!doctype")
    assert well.status == 200
