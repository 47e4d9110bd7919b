"""Endpoints, subscriptions and what is delivered."""

from typing import Any

import pytest

from connectors.tiltify.emulator import DONOR_EMAIL, OWNER_HANDLE, Campaign, TiltifyEmulator
from connectors.tiltify.emulator.payloads import fact_data
from tests.connectors.tiltify.emulator.world import App, Receiver, receiver

DONATION, FACT = "public:direct:donation_updated", "public:direct:fact_updated"
NIL = "00000000-0000-0000-0000-000000000000"


async def test_one_donation_is_in_the_list_the_total_the_book_and_two_deliveries(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    gift = await emulator.donate(1_250, comment="Made-up comment")
    await emulator.sender.settle()
    (listed,) = (await app.get(f"campaigns/{campaign.id}/donations")).data
    (donation,), (fact,) = hook.of(DONATION), hook.of(FACT)
    assert gift.id == listed["id"] == donation.data["id"]
    assert listed["completed_at"] == donation.data["completed_at"]
    assert listed["amount"] == donation.data["amount"] == {"value": "12.50", "currency": "GBP"}
    total = (await app.get(f"campaigns/{campaign.id}")).data["total_amount_raised"]
    assert total == fact.data["total_amount_raised"] == fact.data["amount_raised"] == {"value": "12.50", "currency": "GBP"}
    assert (emulator.books[campaign.native_id].raised, emulator.books[campaign.native_id].count) == (1_250, 1)


async def test_a_delivery_is_signed_over_its_bytes_and_names_its_endpoint(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.donate(1_250, comment="Made-up ß 学")
    await emulator.sender.settle()
    account = emulator.account()
    for heard in hook.heard:
        assert heard.signed_with(account["signing_key"])
        assert heard.headers["content-type"] == "application/json"
        assert heard.headers["user-agent"] == "Tiltify Outgoing Webhook"
        assert heard.headers["x-tiltify-endpoint"] == account["endpoint_id"]
        assert heard.headers["x-tiltify-timestamp"] == heard.meta["attempted_at"] > heard.meta["generated_at"]
        assert heard.meta["subscription_source_type"] == "campaign"
        assert heard.meta["subscription_source_id"] == campaign.id
    assert "Made-up ß 学".encode() in hook.of(DONATION)[0].body


async def test_a_donation_in_a_delivery_has_other_fields_than_in_a_list(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.donate(1_250)
    await emulator.sender.settle()
    (listed,) = (await app.get(f"campaigns/{campaign.id}/donations")).data
    told = set(hook.of(DONATION)[0].data)
    assert told - set(listed) == {"created_at"}
    assert set(listed) - told == {"cause_id", "reward_claims", "donation_matches"}


async def test_the_owner_is_in_a_fact_and_no_donors_address_in_a_public_event(
    emulator: TiltifyEmulator, hook: Receiver
) -> None:
    await emulator.donate(1_250)
    await emulator.sender.settle()
    assert OWNER_HANDLE.encode() in hook.of(FACT)[0].body
    assert not any(DONOR_EMAIL.encode() in heard.body for heard in hook.heard)


async def test_private_events_are_told_to_who_subscribed_them(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    emulator.subscribe(["private:direct:donation_updated"], campaign=campaign)
    await emulator.donate(1_250)
    await emulator.sender.settle()
    (heard,) = hook.heard
    assert heard.data["donor_email"] == DONOR_EMAIL


async def test_nothing_is_delivered_before_activation_and_nothing_of_it_later(
    emulator: TiltifyEmulator, campaign: Campaign
) -> None:
    async with receiver() as hook:
        emulator.callback = hook.url
        emulator.subscribe([DONATION], campaign=campaign)
        await emulator.donate(100)
        await emulator.sender.settle()
        emulator.activate()
        later = await emulator.donate(200)
        await emulator.sender.settle()
        assert [heard.data["id"] for heard in hook.heard] == [later.id]


async def test_only_what_is_subscribed_is_delivered(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    await emulator.donate(100, campaign=emulator.add_campaign("Another"))
    emulator.subscribe([FACT], campaign=campaign)
    await emulator.donate(100, campaign=campaign)
    await emulator.sender.settle()
    assert [heard.kind for heard in hook.heard] == [FACT]


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_an_app_activates_and_subscribes_by_itself(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, method: str
) -> None:
    base = f"/api/private/webhook_endpoints/{emulator.account()['endpoint_id']}"
    activated = (await app.ask("POST", f"{base}/activate")).data
    assert activated["activated_at"] is not None
    assert activated["deactivated_at"] is None
    path = f"{base}/webhook_subscriptions/{campaign.id}"
    assert (await app.ask(method, path, json={"event_types": [DONATION, FACT]})).data["event_types"] == [DONATION, FACT]
    assert (await app.ask(method, path, json={"event_types": [FACT]})).data["event_types"] == [FACT]
    async with receiver() as hook:
        emulator.callback = hook.url
        await emulator.donate(100)
        await emulator.sender.settle()
        assert [heard.kind for heard in hook.heard] == [FACT]


async def test_the_private_api_wants_the_scope(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    await app.sign_in("public")
    base = f"/api/private/webhook_endpoints/{emulator.account()['endpoint_id']}"
    for method, path in (("POST", "activate"), ("PUT", f"webhook_subscriptions/{campaign.id}")):
        refused = await app.ask(method, f"{base}/{path}", json={"event_types": [FACT]})
        assert (refused.status, refused.body["error"]["status"]) == (403, 403)
    assert not emulator.endpoint.active


@pytest.mark.parametrize(
    "body", [{}, {"event_types": []}, {"event_types": ["private:direct:campaign_updated"]}, {"event_types": FACT}, [7], None]
)
async def test_senseless_subscriptions_are_422(emulator: TiltifyEmulator, app: App, campaign: Campaign, body: Any) -> None:
    path = f"/api/private/webhook_endpoints/{emulator.account()['endpoint_id']}/webhook_subscriptions/{campaign.id}"
    refused = await app.ask("PUT", path, json=body)
    assert (refused.status, list(refused.body["error"]["fields"])) == (422, ["event_types"])
    assert (await app.ask("PUT", path, data=b"{")).status == 422


async def test_an_unpublished_campaign_cannot_be_subscribed(emulator: TiltifyEmulator, app: App) -> None:
    draft = emulator.add_campaign("Draft", published=False)
    path = f"/api/private/webhook_endpoints/{emulator.account()['endpoint_id']}/webhook_subscriptions/{draft.id}"
    assert (await app.get(f"campaigns/{draft.id}")).data["status"] == "unpublished"
    assert (await app.ask("PUT", path, json={"event_types": [FACT]})).status == 422
    with pytest.raises(ValueError, match="unpublished"):
        await emulator.donate(100, campaign=draft)
    await emulator.publish(campaign=draft)
    assert (await app.ask("PUT", path, json={"event_types": [FACT]})).status == 200


async def test_other_endpoints_and_unknown_campaigns_are_404(emulator: TiltifyEmulator, app: App, campaign: Campaign) -> None:
    own = emulator.account()["endpoint_id"]
    for path in (f"{NIL}/activate", f"{NIL}/webhook_subscriptions/{campaign.id}", f"{own}/webhook_subscriptions/{NIL}"):
        refused = await app.ask("POST", f"/api/private/webhook_endpoints/{path}", json={"event_types": [FACT]})
        assert (refused.status, refused.body["error"]["message"]) == (404, "Not Found")


@pytest.mark.parametrize("fact", [False, True])
async def test_a_test_of_the_dashboard_is_signed_and_changes_nothing(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver, fact: bool
) -> None:
    await emulator.send_test(fact=fact)
    await emulator.sender.settle()
    (heard,) = hook.heard
    assert heard.signed_with(emulator.account()["signing_key"])
    assert (heard.meta["subscription_source_type"], heard.meta["subscription_source_id"]) == ("test", NIL)
    assert heard.kind == (FACT if fact else DONATION)
    assert (emulator.books[campaign.native_id].raised, len(emulator.state.donations)) == (0, 0)


async def test_a_rotated_key_signs_from_now_on(emulator: TiltifyEmulator, hook: Receiver) -> None:
    old = emulator.account()["signing_key"]
    new = emulator.rotate_key()
    await emulator.donate(100)
    await emulator.sender.settle()
    assert new == emulator.account()["signing_key"] != old
    assert all(heard.signed_with(new) and not heard.signed_with(old) for heard in hook.heard)


async def test_a_fact_of_each_kind_tells_what_public_handlers_rely_on(emulator: TiltifyEmulator, campaign: Campaign) -> None:
    wanted = {"id", "total_amount_raised", "goal", "status", "starts_at", "ends_at"}
    assert set(fact_data(emulator.state, campaign)) >= wanted | {"amount_raised", "user", "fundraising_event_id"}
    assert set(fact_data(emulator.state, emulator.add_team_campaign("Team"))) >= wanted | {"amount_raised"}
    assert set(fact_data(emulator.state, emulator.add_event("Event"))) >= wanted | {"cause_id"}
