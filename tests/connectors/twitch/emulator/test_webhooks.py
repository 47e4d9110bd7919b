"""What leaves the emulator by webhook."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.testing.emulation import Mischief
from connectors.twitch.emulator.webhooks import signature
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, SECRET, START, STOP, App, Received, Receiver, echo


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


def signed(delivery: Received) -> bool:
    h = delivery.headers
    message = h["twitch-eventsub-message-id"].encode() + h["twitch-eventsub-message-timestamp"].encode() + delivery.body
    expected = "sha256=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    return bool(expected == h["twitch-eventsub-message-signature"])


def moment(delivery: Received) -> datetime:
    seconds, _, fraction = delivery.headers["twitch-eventsub-message-timestamp"].rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{seconds}.{fraction.ljust(9, '0')[:6]}").replace(tzinfo=UTC)


def retries(deliveries: list[Received]) -> list[str]:
    return [d.headers["twitch-eventsub-message-retry"] for d in deliveries]


def refuse(times: int) -> Callable[[Request, bytes], Response]:
    left = [times]

    def answer(request: Request, body: bytes) -> Response:
        left[0] -= 1
        return PlainTextResponse("", 503) if left[0] >= 0 else echo(request, body)

    return answer


async def test_a_notification_carries_all_headers_and_a_signature_that_fits(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.start_campaign()
    await app.emulator.donate(2_550, user_name="某人")
    await app.emulator.settle()
    [delivery] = hook.received
    assert signed(delivery)
    assert signed(hook.challenges[0])
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
    assert len({moment(d) for d in hook.received}) == 20


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
    assert retries(hook.received) == ["0", "1", "2"]
    assert len({d.id for d in hook.received}) == 1
    assert len({d.headers["twitch-eventsub-message-timestamp"] for d in hook.received}) == 1
    assert len({d.body for d in hook.received}) == 1
    assert all(signed(d) for d in hook.received)


async def test_resends_can_tell_the_time_of_their_sending(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.forms.restamped_resends = True
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert moment(hook.received[1]) > moment(hook.received[0])
    assert all(signed(d) for d in hook.received)


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
    assert signed(delivery)
    assert await app.statuses() == ["user_removed"]


async def test_a_broadcaster_who_disconnects_revokes_every_subscription(app: App, hook: Receiver) -> None:
    await app.listen(hook.url)
    app.emulator.revoke_consent()
    await app.emulator.settle()
    assert [d.kind for d in hook.received] == ["revocation"] * 4
    assert await app.statuses() == ["authorization_revoked"] * 4


async def test_a_bad_signature_is_sent_once_and_then_the_right_one(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.faults.bad_signatures = 1
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert [signed(d) for d in hook.received] == [False, True]
    assert hook.received[0].id == hook.received[1].id


async def test_a_stale_timestamp_is_sent_once_and_rightly_signed(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.faults.stale_timestamps = 1
    hook.answers = refuse(1)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert moment(hook.received[1]) - moment(hook.received[0]) > timedelta(minutes=10)
    assert all(signed(d) for d in hook.received)


async def test_a_message_can_be_sent_again_also_as_if_much_later(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    app.emulator.mail.resend(hook.received[0].id, retry=2)
    await app.emulator.settle()
    app.emulator.mail.resend(retry=3, seconds_later=660)
    await app.emulator.settle()
    first, again, late = hook.received
    assert first.id == again.id == late.id
    assert retries(hook.received) == ["0", "2", "3"]
    assert moment(again) == moment(first)
    assert moment(first) - moment(late) > timedelta(minutes=10)
    assert all(signed(d) for d in hook.received)


async def test_a_donation_can_be_told_again_in_a_new_message(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    app.emulator.mail.repeat()
    await app.emulator.settle()
    first, again = hook.received
    assert first.id != again.id
    assert first.event == again.event
    assert len((await app.donations()).body["data"]) == 1


async def test_held_events_come_out_of_order(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, PROGRESS)
    app.emulator.start_campaign()
    app.emulator.mail.hold()
    for _ in range(4):
        await app.emulator.donate(100)
    await app.emulator.settle()
    assert hook.received == []
    await app.emulator.mail.release("reversed")
    assert [e["current_amount"]["value"] for e in hook.events(PROGRESS)] == [400, 300, 200, 100]
    assert [moment(d) for d in hook.received] == sorted((moment(d) for d in hook.received), reverse=True)


async def test_held_events_come_shuffled_or_as_they_were(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, PROGRESS)
    app.emulator.start_campaign()
    for order in ("kept", "shuffled"):
        app.emulator.mail.hold()
        for _ in range(6):
            await app.emulator.donate(100)
        await app.emulator.mail.release(order)
    values = [e["current_amount"]["value"] for e in hook.events(PROGRESS)]
    assert values[:6] == [100, 200, 300, 400, 500, 600]
    assert values[6:] != sorted(values[6:])
    assert sorted(values[6:]) == [700, 800, 900, 1_000, 1_100, 1_200]


async def test_a_lost_donate_event_is_only_in_helix(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE, PROGRESS)
    app.emulator.start_campaign()
    app.emulator.faults.lose_next(DONATE)
    lost = await app.emulator.donate(100)
    kept = await app.emulator.donate(200)
    await app.emulator.settle()
    assert [e["id"] for e in hook.events(DONATE)] == [kept.id]
    assert len(hook.events(PROGRESS)) == 2
    assert lost.id in [d["id"] for d in (await app.donations()).body["data"]]


async def test_mischief_duplicates_and_loses_attempts_but_every_message_arrives(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    app.emulator.sender.mischief = Mischief(duplicate=1.0, reorder=1.0, lose=0.5, delay=0.01)
    app.emulator.start_campaign()
    made = {(await app.emulator.donate(100)).id for _ in range(20)}
    await app.emulator.settle()
    assert len(hook.received) == 40
    assert {e["id"] for e in hook.events(DONATE)} == made
    assert len({d.id for d in hook.received}) == 20
    assert set(retries(hook.received)) > {"0"}


async def test_another_broadcasters_events_go_to_its_own_subscriptions(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    other = app.emulator.add_broadcaster("Other_Channel")
    app.emulator.start_campaign(broadcaster_id=other.id)
    await app.emulator.donate(100, broadcaster_id=other.id)
    await app.emulator.settle()
    assert hook.received == []
