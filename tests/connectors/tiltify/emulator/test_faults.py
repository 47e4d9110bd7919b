"""What can be made to go wrong with deliveries."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.tiltify.emulator import Campaign, Fault, TiltifyEmulator
from connectors.tiltify.emulator.faults import PASSING
from tests.connectors.tiltify.emulator.world import Receiver, fast

DONATION, FACT = "public:direct:donation_updated", "public:direct:fact_updated"


@pytest.fixture
async def emulator() -> AsyncIterator[TiltifyEmulator]:
    emulator = fast()
    async with emulator.serve():
        yield emulator


def refuse_first(number: int) -> int:
    """Answers as a receiver that takes the second attempt."""
    return 401 if number == 0 else 200


async def _give(emulator: TiltifyEmulator, campaign: Campaign, *faults: Fault) -> None:
    emulator.subscribe([DONATION], campaign=campaign)
    emulator.faults.once(*faults)
    await emulator.donate(1_250, comment="Made-up comment")
    await emulator.sender.settle()


async def test_a_wrong_signature_is_right_in_the_next_attempt(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    hook.answer = refuse_first
    await _give(emulator, campaign, Fault.WRONG_SIGNATURE)
    key = emulator.account()["signing_key"]
    assert [heard.signed_with(key) for heard in hook.heard] == [False, True]
    assert hook.heard[0].data == hook.heard[1].data


async def test_a_tampered_body_tells_more_than_was_given(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    hook.answer = refuse_first
    await _give(emulator, campaign, Fault.TAMPERED)
    assert [heard.data["amount"]["value"] for heard in hook.heard] == ["912.50", "12.50"]
    assert [heard.signed_with(emulator.account()["signing_key"]) for heard in hook.heard] == [False, True]


async def test_json_written_anew_says_the_same_and_is_not_what_was_signed(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    hook.answer = refuse_first
    await _give(emulator, campaign, Fault.RESERIALISED)
    assert hook.heard[0].data == hook.heard[1].data
    assert [heard.signed_with(emulator.account()["signing_key"]) for heard in hook.heard] == [False, True]


async def test_a_stale_timestamp_is_signed_well(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    await _give(emulator, campaign, Fault.STALE)
    (heard,) = hook.heard
    assert heard.signed_with(emulator.account()["signing_key"])
    assert emulator.clock.now() - heard.moment >= timedelta(hours=1)
    assert heard.headers["x-tiltify-timestamp"] == heard.meta["attempted_at"]


async def test_another_endpoint_may_be_named(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    await _give(emulator, campaign, Fault.OTHER_ENDPOINT)
    assert hook.heard[0].headers["x-tiltify-endpoint"] != emulator.account()["endpoint_id"]
    assert hook.heard[0].signed_with(emulator.account()["signing_key"])


async def test_a_duplicate_has_the_same_event_id(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    await _give(emulator, campaign, Fault.DUPLICATED)
    assert len(hook.heard) == 2
    assert hook.heard[0].meta["id"] == hook.heard[1].meta["id"]


async def test_a_pair_of_donations_about_one_arrives_out_of_order(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    emulator.faults.once(Fault.LATE_DONATION)
    gift = await emulator.donate(1_250, donor_name="Sample Donor")
    await emulator.sender.settle()
    assert [heard.kind for heard in hook.heard] == [FACT]
    await emulator.moderate(gift)
    await emulator.sender.settle()
    new, old = hook.of(DONATION)
    assert (new.data["donor_name"], old.data["donor_name"]) == ("Anonymous", "Sample Donor")
    assert new.data["id"] == old.data["id"] == gift.id
    assert new.meta["generated_at"] > old.meta["generated_at"]
    assert new.meta["id"] != old.meta["id"]


async def test_a_pair_of_totals_arrives_out_of_order(emulator: TiltifyEmulator, hook: Receiver) -> None:
    emulator.faults.once(Fault.LATE_FACT)
    for minor in (100, 200):
        await emulator.donate(minor)
        await emulator.sender.settle()
    totals = [(heard.data["total_amount_raised"]["value"], heard.meta["generated_at"]) for heard in hook.of(FACT)]
    assert [total for total, _ in totals] == ["3.00", "1.00"]
    assert totals[0][1] > totals[1][1]
    assert len(hook.of(DONATION)) == 2


@pytest.mark.parametrize(
    ("fault", "kept", "there"),
    [(Fault.MISSING_FIELDS, 3, False), (Fault.NULL_FIELDS, 3, True), (Fault.UNKNOWN_FIELDS, None, True)],
)
async def test_only_what_must_be_there_is_there(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver, fault: Fault, kept: int | None, there: bool
) -> None:
    await _give(emulator, campaign, fault)
    data = hook.heard[0].data
    assert {"id", "amount", "completed_at"} <= {name for name, value in data.items() if value is not None}
    assert ("donor_name" in data) is there
    assert kept is None or sum(value is not None for value in data.values()) == kept
    assert ("unheard_of" in data) is (fault is Fault.UNKNOWN_FIELDS)


async def test_an_event_type_may_be_unheard_of(emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver) -> None:
    await _give(emulator, campaign, Fault.UNKNOWN_EVENT)
    assert hook.heard[0].kind == "public:direct:confetti_updated"
    assert hook.heard[0].signed_with(emulator.account()["signing_key"])


async def test_standing_faults_stay_until_they_are_cleared(
    emulator: TiltifyEmulator, campaign: Campaign, hook: Receiver
) -> None:
    emulator.subscribe([DONATION], campaign=campaign)
    emulator.faults.always(Fault.WRONG_SIGNATURE)
    for _ in range(2):
        await emulator.donate(100)
    await emulator.sender.settle()
    emulator.faults.clear()
    await emulator.donate(100)
    await emulator.sender.settle()
    assert [heard.signed_with(emulator.account()["signing_key"]) for heard in hook.heard] == [False, False, True]


def test_what_proves_nothing_passes_with_the_first_attempt() -> None:
    assert {Fault.WRONG_SIGNATURE, Fault.TAMPERED, Fault.RESERIALISED, Fault.STALE} <= PASSING
    assert Fault.MISSING_FIELDS not in PASSING
