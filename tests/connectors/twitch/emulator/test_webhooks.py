"""What leaves the emulator by webhook."""

import json
import re
from datetime import timedelta

from starlette.responses import PlainTextResponse

from connectors.twitch.emulator import Fault
from connectors.twitch.emulator.webhooks import signature
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, START, STOP, App, Receiver, refuse


def test_the_signature_agrees_with_the_published_vector() -> None:
    body = (
        b'{"subscription":{"id":"5f2d9c1e-0000-4000-8000-000000000001","type":"channel.charity_campaign.donate","version":"1",'
        b'"status":"enabled","cost":0,"condition":{"broadcaster_user_id":"900100200"},"transport":{"method":"webhook",'
        b'"callback":"https://gateway.example/webhooks/twitch"},"created_at":"2026-05-02T17:00:00.000000001Z"},"event":{'
        b'"id":"3aBcDeFgHiJkLmNoPqRsTuVwXy1-900100777-2026-05-02T18:00:04Z","campaign_id":"3aBcDeFgHiJkLmNoPqRsTuVwXy1",'
        b'"broadcaster_user_id":"900100200","broadcaster_user_login":"sample_channel",'
        b'"broadcaster_user_name":"Sample_Channel","user_id":"900100777","user_login":"sample_donor",'
        b'"user_name":"Sample_Donor","charity_name":"Sample Reef Trust","charity_description":"Made-up charity",'
        b'"charity_logo":"https://cdn.example/reef/100.png","charity_website":"https://reef.example",'
        b'"amount":{"value":2550,"decimal_places":2,"currency":"EUR"}}}'
    )
    assert len(body) == 865
    assert (
        signature(
            "example-secret-for-docs-0123456789",
            "0b8c1f6e-0000-4000-8000-00000000d001",
            "2026-05-02T18:00:05.123456789Z",
            body,
        )
        == "sha256=af9da2385dd1534a3e6a96360348f33b3e461a3352ad458b1b111cde92b30dbb"
    )


async def test_a_notification_carries_all_headers_and_a_signature_that_fits(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.start_campaign()
    await app.emulator.donate(2_550, user_name="某人")
    await app.emulator.settle()
    [delivery] = hook.received
    assert delivery.signed
    assert hook.challenges[0].signed
    headers = {k: v for k, v in delivery.headers.items() if k.startswith("twitch-")}
    assert set(headers) == {
        f"twitch-eventsub-{name}"
        for name in (
            "message-id",
            "message-retry",
            "message-type",
            "message-signature",
            "message-timestamp",
            "subscription-type",
            "subscription-version",
        )
    }
    assert headers["twitch-eventsub-message-retry"] == "0"
    assert headers["twitch-eventsub-subscription-version"] == "1"
    assert json.loads(delivery.body)["subscription"]["status"] == "enabled"


async def test_times_are_written_with_up_to_nine_digits_and_never_repeat(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.start_campaign()
    for _ in range(20):
        await app.emulator.donate(100)
    await app.emulator.settle()
    written = [d.headers["twitch-eventsub-message-timestamp"] for d in hook.received]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z", text) for text in written)
    assert max(len(text) for text in written) == len("2026-05-02T18:00:05.123456789Z")
    assert len({d.moment for d in hook.received}) == 20


async def test_one_donation_is_the_same_in_events_list_total_and_books(app: App, hook: Receiver) -> None:
    await app.listen(hook.url)
    campaign = app.emulator.start_campaign(150_000, "EUR")
    await app.emulator.settle()
    donation = await app.emulator.donate(2_550)
    await app.emulator.settle()
    [event], [progress] = hook.events(DONATE), hook.events(PROGRESS)
    listed = (await app.donations()).body["data"]
    amount = {"value": 2_550, "decimal_places": 2, "currency": "EUR"}
    assert event["id"] == listed[0]["id"] == donation.id
    assert event["amount"] == listed[0]["amount"] == progress["current_amount"] == amount
    assert event["campaign_id"] == listed[0]["campaign_id"] == progress["id"] == campaign.id
    for field in ("user_id", "user_login", "user_name"):
        assert event[field] == listed[0][field] == getattr(donation, field)
    assert (await app.campaigns()).body["data"][0]["current_amount"] == amount
    book = app.emulator.books[campaign.id]
    assert (book.currency, book.raised, book.refunded, book.count) == ("EUR", 2_550, 0, 1)


async def test_a_campaigns_life_is_told_and_a_resumed_one_goes_on_where_it_stood(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, START, PROGRESS, STOP)
    emulator = app.emulator
    emulator.start_campaign(1_000)
    await emulator.donate(300)
    emulator.raise_goal(2_000)
    emulator.pause()
    emulator.resume()
    emulator.stop()
    await emulator.settle()
    starts = sorted(e["current_amount"]["value"] for e in hook.events(START))
    assert starts == [0, 300]
    assert sorted(e["target_amount"]["value"] for e in hook.events(PROGRESS)) == [1_000, 2_000]
    assert [e["current_amount"]["value"] for e in hook.events(STOP)] == [300, 300]
    assert all(e["started_at"].endswith("Z") for e in hook.events(START))
    assert all(e["stopped_at"].endswith("Z") for e in hook.events(STOP))


async def test_a_refused_message_comes_again_under_its_id_with_a_counter(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    hook.answers = refuse(2)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert [d.retry for d in hook.received] == ["0", "1", "2"]
    assert len({d.id for d in hook.received}) == 1
    assert len({d.headers["twitch-eventsub-message-timestamp"] for d in hook.received}) == 1
    assert len({d.body for d in hook.received}) == 1
    assert all(d.signed for d in hook.received)


async def test_resends_can_tell_the_time_of_their_sending(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.forms.restamped_resends = True
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert hook.received[1].moment > hook.received[0].moment
    assert all(d.signed for d in hook.received)


async def test_too_many_failures_end_the_subscription_and_say_so(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.habits.failures_allowed = 2
    hook.answers = lambda *_: PlainTextResponse("", 500)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.donate(200)
    await app.emulator.settle()
    assert await app.statuses() == ["notification_failures_exceeded"]
    last = [d for d in hook.received if d.kind == "revocation"][-1]
    assert json.loads(last.body)["subscription"]["status"] == "notification_failures_exceeded"
    before = len(hook.received)
    await app.emulator.donate(300)
    await app.emulator.settle()
    assert len(hook.received) == before


async def test_an_answer_that_is_taken_forgives_the_failures_before_it(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.habits.failures_allowed = 2
    app.emulator.start_campaign()
    for _ in range(3):
        hook.answers = refuse(2)
        await app.emulator.donate(100)
        await app.emulator.settle()
    assert await app.statuses() == ["enabled"]


async def test_a_revocation_names_its_reason_and_carries_no_event(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.revoke_subscriptions("user_removed")
    await app.emulator.settle()
    [delivery] = hook.received
    body = json.loads(delivery.body)
    assert (delivery.kind, body["subscription"]["status"], "event" in body) == ("revocation", "user_removed", False)
    assert delivery.signed
    assert await app.statuses() == ["user_removed"]


async def test_a_broadcaster_who_disconnects_revokes_every_subscription(app: App, hook: Receiver) -> None:
    await app.listen(hook.url)
    app.emulator.revoke_consent()
    await app.emulator.settle()
    assert [d.kind for d in hook.received] == ["revocation"] * 4
    assert await app.statuses() == ["authorization_revoked"] * 4


async def test_a_bad_signature_is_sent_once_and_then_the_right_one(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.faults.once(Fault.WRONG_SIGNATURE)
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert [d.signed for d in hook.received] == [False, True]
    assert hook.received[0].id == hook.received[1].id


async def test_a_stale_timestamp_is_sent_once_and_rightly_signed(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.faults.once(Fault.STALE)
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert hook.received[1].moment - hook.received[0].moment > timedelta(minutes=10)
    assert all(d.signed for d in hook.received)
