"""Lists of donations: order, pages, filters."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from connectors.tiltify.emulator.moments import iso
from tests.connectors.tiltify.emulator.world import App


async def _give(emulator: TiltifyEmulator, count: int) -> list[str]:
    """Newest first."""
    return [(await emulator.donate(100 + number)).id for number in range(count)][::-1]


async def _page(app: App, campaign: Campaign, **query: Any) -> tuple[list[str], dict[str, Any]]:
    answer = await app.get(f"campaigns/{campaign.id}/donations", **query)
    return [each["id"] for each in answer.data], answer.body["metadata"]


async def test_a_donation_has_the_fields_of_the_documentation(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    gift = await emulator.donate(1_250, donor_name="Sample Donor", comment="Made-up comment", sustained=True)
    (told,) = (await app.get(f"campaigns/{campaign.id}/donations")).data
    assert told == {
        "id": gift.id,
        "legacy_id": gift.legacy_id,
        "amount": {"value": "12.50", "currency": "GBP"},
        "donor_name": "Sample Donor",
        "donor_comment": "Made-up comment",
        "completed_at": told["completed_at"],
        "campaign_id": campaign.id,
        "cause_id": campaign.cause_id,
        "fundraising_event_id": None,
        "team_event_id": None,
        "poll_id": None,
        "poll_option_id": None,
        "target_id": None,
        "reward_id": None,
        "reward_claims": [],
        "donation_matches": [],
        "sustained": True,
    }


async def test_pages_are_of_ten_newest_first_until_there_is_no_cursor(
    emulator: TiltifyEmulator, app: App, campaign: Campaign
) -> None:
    given = await _give(emulator, 25)
    first, metadata = await _page(app, campaign)
    assert (first, metadata["before"], metadata["limit"]) == (given[:10], None, 10)
    second, metadata = await _page(app, campaign, after=metadata["after"])
    back, _ = await _page(app, campaign, before=metadata["before"])
    last, metadata = await _page(app, campaign, after=metadata["after"])
    assert [*first, *second, *last] == given
    assert metadata["after"] is None
    assert back == first


async def test_a_page_that_is_just_full_is_the_last_one(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    await _give(emulator, 10)
    assert (await _page(app, campaign))[1]["after"] is None


async def test_what_comes_between_two_pages_shifts_neither(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    given = await _give(emulator, 15)
    first, metadata = await _page(app, campaign)
    newer = await _give(emulator, 3)
    emulator.refund(first[-1])  # the cursor's own place
    rest, _ = await _page(app, campaign, after=metadata["after"])
    assert rest == given[10:]
    assert (await _page(app, campaign))[0][:3] == newer


async def test_a_page_has_a_hundred_at_most(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    given = await _give(emulator, 101)
    assert (await _page(app, campaign, limit=100))[0] == given[:100]
    assert (await _page(app, campaign, limit=1))[0] == given[:1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit", value) for value in ("101", "0", "-1", "x", "", "0001000", "9" * 5000)),
        *(("after", value) for value in ("x", "é", "bnVsbA==", "eyJhIjoxfQ==", "")),
        *(("completed_after", value) for value in ("yesterday", "2026-05-02", "2026-05-02T18:30:00")),
        ("before", "%"),
        ("completed_before", "x"),
    ],
)
async def test_senseless_parameters_are_422_by_name(app: App, campaign: Campaign, name: str, value: str) -> None:
    refused = await app.get(f"campaigns/{campaign.id}/donations", **{name: value})
    assert (refused.status, refused.body["error"]["status"]) == (422, 422)
    assert list(refused.body["error"]["fields"]) == [name]
    assert all(isinstance(text, str) for text in refused.body["error"]["fields"][name])


async def test_filters_leave_out_the_moment_itself(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    gifts = []
    for minor in (100, 200, 300):
        emulator.clock.turn(timedelta(minutes=20))
        gifts.append(await emulator.donate(minor))
    times = [iso(gift.completed_at) for gift in gifts if gift.completed_at]
    assert (await _page(app, campaign, completed_after=times[0]))[0] == [gifts[2].id, gifts[1].id]
    assert (await _page(app, campaign, completed_before=times[2]))[0] == [gifts[1].id, gifts[0].id]
    assert (await _page(app, campaign, completed_after=times[0], completed_before=times[2]))[0] == [gifts[1].id]


async def test_filters_go_with_cursors(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    await _give(emulator, 3)
    since = iso(emulator.clock.now())
    given = await _give(emulator, 12)
    first, metadata = await _page(app, campaign, completed_after=since)
    rest, metadata = await _page(app, campaign, completed_after=since, after=metadata["after"])
    assert [*first, *rest] == given
    assert metadata["after"] is None


async def test_a_donation_that_is_not_completed_is_listed_and_counts_nowhere(
    emulator: TiltifyEmulator, app: App, campaign: Campaign
) -> None:
    gift = await emulator.donate(500, completed=False)
    (told,) = (await app.get(f"campaigns/{campaign.id}/donations")).data
    assert (told["id"], told["completed_at"]) == (gift.id, None)
    assert (await _page(app, campaign, completed_after="2000-01-01T00:00:00Z"))[0] == []
    assert campaign.book.raised == 0
    await emulator.complete(gift)
    assert (await _page(app, campaign, completed_after="2000-01-01T00:00:00Z"))[0] == [gift.id]
    assert campaign.book.raised == 500
    with pytest.raises(ValueError, match="completed already"):
        await emulator.complete(gift)


async def test_the_pages_of_a_list_may_lead_in_a_circle(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    await _give(emulator, 3)
    emulator.forms.endless = "circle"
    first, metadata = await _page(app, campaign)
    assert (first, (await _page(app, campaign, after=metadata["after"]))[1]) == ([], metadata)


async def test_the_pages_of_a_list_may_lead_on_and_on(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    emulator.forms.endless = "line"
    cursors: list[str | None] = [None]
    for _ in range(4):
        asked = {} if cursors[-1] is None else {"after": cursors[-1]}
        cursors.append((await _page(app, campaign, **asked))[1]["after"])
    assert len({cursor for cursor in cursors if cursor}) == 4
