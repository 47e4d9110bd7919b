"""Answers, retries and the end of patience."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import App, Receiver, fast, receiver

DONATION = "public:direct:donation_updated"
SCHEDULE = (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900)


@pytest.fixture
async def emulator() -> AsyncIterator[TiltifyEmulator]:
    emulator = fast()
    async with emulator.serve():
        yield emulator


async def test_any_2xx_counts_as_delivered(emulator: TiltifyEmulator, hook: Receiver) -> None:
    for status in (200, 204, 299):
        hook.answer = lambda _, status=status: status  # type: ignore[misc]
        before = len(hook.heard)
        await emulator.donate(100)
        await emulator.sender.settle()
        assert len(hook.heard) == before + 2


async def test_attempts_share_the_event_and_differ_in_their_time_and_signature(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    emulator.subscribe([DONATION], campaign=campaign)
    hook.answer = lambda number: 503 if number < 3 else 200
    await emulator.donate(100)
    await emulator.sender.settle()
    assert len(hook.heard) == 4
    assert len({(heard.meta["id"], heard.meta["generated_at"]) for heard in hook.heard}) == 1
    assert len({heard.meta["attempted_at"] for heard in hook.heard}) == 4
    assert len({heard.headers["x-tiltify-signature"] for heard in hook.heard}) == 4
    assert all(heard.signed_with(emulator.account()["signing_key"]) for heard in hook.heard)


async def test_the_endpoint_is_deactivated_after_the_twelfth_failed_retry(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    emulator.subscribe([DONATION], campaign=campaign)
    hook.answer = lambda _: 302
    await emulator.donate(100)
    await emulator.sender.settle()
    assert len(hook.heard) == 13
    pauses = [(later.moment - earlier.moment).total_seconds() for earlier, later in pairwise(hook.heard)]
    assert all(pause >= planned for pause, planned in zip(pauses, SCHEDULE, strict=True))
    assert not emulator.endpoint.active

    hook.answer = lambda _: 200
    await emulator.donate(200)
    await emulator.sender.settle()
    assert len(hook.heard) == 13
    path = f"/api/private/webhook_endpoints/{emulator.account()['endpoint_id']}/activate"
    assert (await app.ask("POST", path)).data["deactivated_at"] is None
    back = await emulator.donate(300)
    await emulator.sender.settle()
    assert [heard.data["id"] for heard in hook.heard[13:]] == [back.id]


async def test_eleven_failed_retries_deactivate_nothing(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    emulator.subscribe([DONATION], campaign=campaign)
    hook.answer = lambda number: 200 if number == 12 else 500
    await emulator.donate(100)
    await emulator.sender.settle()
    assert len(hook.heard) == 13
    assert emulator.endpoint.active


async def test_what_is_being_retried_ends_with_the_endpoint() -> None:
    emulator = fast()
    campaign = emulator.add_campaign("Sample Reef Weekend")
    async with emulator.serve(), receiver() as hook:

        def refuse(_: int) -> int:
            emulator.deactivate()
            return 500

        hook.answer = refuse
        emulator.callback = hook.url
        emulator.activate()
        emulator.subscribe([DONATION], campaign=campaign)
        await emulator.donate(100)
        await emulator.sender.settle()
        assert len(hook.heard) == 1
        assert emulator.sender.abandoned == 0


async def test_mischief_duplicates_one_event(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    emulator.sender.mischief.duplicate = 1.0
    emulator.subscribe([DONATION], campaign=campaign)
    await emulator.donate(100)
    await emulator.sender.settle()
    assert len(hook.heard) == 2
    assert len({heard.meta["id"] for heard in hook.heard}) == 1


async def test_ids_do_not_depend_on_how_many_attempts_were_made() -> None:
    found = []
    for fails in (0, 3):
        emulator = fast()
        emulator.add_campaign("Sample Reef Weekend")
        async with emulator.serve(), receiver() as hook:
            hook.answer = lambda number, fails=fails: 500 if number < fails else 200  # type: ignore[misc]
            emulator.callback = hook.url
            emulator.activate()
            emulator.subscribe([DONATION])
            gifts = []
            for minor in (100, 200):
                gifts.append(await emulator.donate(minor))
                await emulator.sender.settle()
            found.append([(gift.id, gift.legacy_id) for gift in gifts] + sorted({heard.meta["id"] for heard in hook.heard}))
    assert found[0] == found[1]
