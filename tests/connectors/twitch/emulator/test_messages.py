"""Messages held back, sent again, lost and muddled on demand."""

from datetime import timedelta

from connectors.testing.emulation import Mischief
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, App, Receiver


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
    assert [d.retry for d in hook.received] == ["0", "2", "3"]
    assert again.moment == first.moment
    assert first.moment - late.moment > timedelta(minutes=10)
    assert all(d.signed for d in hook.received)


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
    assert [d.moment for d in hook.received] == sorted((d.moment for d in hook.received), reverse=True)


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
    app.emulator.trouble.lose_next(DONATE)
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
    assert {d.retry for d in hook.received} > {"0"}


async def test_another_broadcasters_events_go_to_its_own_subscriptions(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    other = app.emulator.add_broadcaster("Other_Channel")
    app.emulator.start_campaign(broadcaster_id=other.id)
    await app.emulator.donate(100, broadcaster_id=other.id)
    await app.emulator.settle()
    assert hook.received == []
