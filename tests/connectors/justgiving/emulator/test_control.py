"""The control door, as a test in another process uses it."""

from datetime import timedelta

import pytest

from connectors.justgiving.emulator import JustGivingEmulator
from tests.connectors.justgiving.emulator.client import PAGE, Client


async def test_pages_are_made_and_given_to_through_the_door(emulator: JustGivingEmulator, client: Client) -> None:
    await client.control("add_team", short_name="crew", title="Crew", currency="EUR")
    await client.control("add_campaign", short_name="appeal", title="Appeal", currency="EUR", target_minor=5_000)
    arguments = {"short_name": "page/crew", "title": "Crew's page", "currency": "EUR", "team": "crew", "campaign": "appeal"}
    status, told = await client.control("add_page", **arguments)
    assert (status, told["given"]["short_name"]) == (200, "page/crew")
    _, told = await client.control("donate", minor=250, page="page/crew", local=[300, "USD"], message="Well done")
    given = told["given"]
    assert (given["minor"], given["page"], given["local"]) == (250, "page/crew", [300, "USD"])
    _, told = await client.control("set_status", donation=given["id"], status="Refunded")
    assert [status for _, status in told["given"]["history"]] == ["Accepted", "Refunded"]
    await client.control("add_offline", minor=70, page="page/crew")
    await client.control("add_sms", minor=5)
    books = await client.control_tells("books")
    assert books["team:crew"] == {"currency": "EUR", "raised": 70, "refunded": 250, "count": 0, "endorsers": {}}
    assert (books["campaign:appeal"]["raised"], books[PAGE]["raised"]) == (70, 5)
    assert (await client.page("page/crew"))["totalRaisedOffline"] == "0.70"


async def test_every_switch_is_set_through_the_door(emulator: JustGivingEmulator, client: Client) -> None:
    for switch, values in (
        ("forms", {"escaped_slashes": 1, "unlisted": ["Refunded"], "listed_status": "always", "no_target": "0"}),
        ("lags", {"donations": 30, "totals": 60}),
        ("outage", {"fail_next": 2, "fail_status": 503}),
    ):
        assert (await client.control(switch, **values))[0] == 200
    assert (emulator.forms.unlisted, emulator.forms.listed_status) == (frozenset({"Refunded"}), "always")
    assert (emulator.lags.donations, emulator.lags.totals) == (timedelta(seconds=30), timedelta(seconds=60))
    assert (await client.get(f"fundraising/pages/{PAGE}")).status == 503


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("donate", {}),
        ("donate", {"minor": 0}),
        ("donate", {"minor": 1, "page": "page/else"}),
        ("add_page", {"short_name": PAGE, "title": "Again"}),
        ("add_offline", {"minor": -1}),
        ("set_status", {"donation": 7, "status": "Refunded"}),
        ("forms", {"listed_status": "else"}),
        ("lags", {"else": 1}),
    ],
    ids=str,
)
async def test_a_mistake_is_400_and_changes_nothing(
    deed: str, arguments: dict[str, object], emulator: JustGivingEmulator, client: Client
) -> None:
    before = await client.control_tells("books")
    status, told = await client.control(deed, **arguments)
    assert status == 400
    assert told["problem"]
    assert await client.control_tells("books") == before


async def test_the_account_tells_the_connectors_settings(emulator: JustGivingEmulator, client: Client) -> None:
    assert await client.control_tells("account") == {
        "app_id": emulator.app_id,
        "pages": [PAGE],
        "teams": ["sample-team"],
        "campaigns": ["sample-reef-appeal"],
        "within": {PAGE: "sample-reef-appeal", "team:sample-team": "sample-reef-appeal"},
        "base_url": emulator.url,
    }
