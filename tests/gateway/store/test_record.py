"""A donation as the ledger keeps it, and what may be shown of it."""

from dataclasses import replace
from datetime import timedelta

import msgpack
import orjson
import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.record import Record, donor_of, face, nameless, shown
from schema.model.donation import DonationKind, DonationStatus
from schema.model.facts import Stage
from schema.model.money import Money
from schema.model.text import MAX_MESSAGE, MAX_NAME
from schema.model.total import AmountSource, Basis
from tests.gateway.acme import LUNCH, NOW, REEF, back, given, who
from tests.gateway.world import World


async def kept(world: World, number: int) -> Record:
    """The record of a donation, as the script packed it."""
    packed = (await world.redis.hgetall(keys.records(LUNCH, who(number))))[who(number)]
    assert isinstance(packed, bytes)
    return Record.unpack(packed)


async def test_what_the_script_packs_is_read_back(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 400), endorser="star")
    record = await kept(world, 1)
    assert record == Record(
        Stage.COMPLETED, 400, int((NOW - timedelta(minutes=1)).timestamp()), 0, AmountSource.PLATFORM_EVENT.bit, "star"
    )
    assert record.status is DonationStatus.COMPLETED


async def test_a_refund_that_came_first_leaves_a_record_without_money(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(back(1, 100))
    assert (await kept(world, 1)).stage is Stage.PENDING
    assert (await kept(world, 1)).refunded == 0


@pytest.mark.parametrize(
    ("running", "single", "refunded", "status"),
    [
        (None, 0, 0, DonationStatus.COMPLETED),
        (None, 100, 100, DonationStatus.PARTIALLY_REFUNDED),
        (150, 100, 150, DonationStatus.PARTIALLY_REFUNDED),
        (100, 400, 400, DonationStatus.REFUNDED),
        (None, 900, 400, DonationStatus.REFUNDED),
    ],
)
async def test_the_larger_of_running_sum_and_single_refunds_is_taken_off(
    redis: Redis, running: int | None, single: int, refunded: int, status: DonationStatus
) -> None:
    world = World(redis)
    await world.open()
    await world.put(replace(given(1, 400), refunded=None if running is None else Money.of_minor(running, "CNY")))
    if single:
        await world.put(back(1, single))
    record = await kept(world, 1)
    assert (record.refunded, record.status) == (refunded, status)
    assert await world.raised() == 400 - refunded


async def test_a_cancelled_donation_says_so(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 400))
    await world.put(given(1, 400, stage=Stage.VOID))
    assert (await kept(world, 1)).status is DonationStatus.CANCELLED


async def test_amounts_beyond_32_bits_stay_whole(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 999_999_999_999))
    assert (await kept(world, 1)).amount == 999_999_999_999


def test_a_record_of_floats_is_read_as_whole_numbers() -> None:
    # Lua packs a number that it has computed with as a double
    packed = msgpack.packb([0, 2.0, 400.0, 1_788_000_000.0, 0, 0, "", 4.0, {"r": [0, 2, 100.0, 5]}])
    record = Record.unpack(packed)
    assert [type(value) for value in (record.amount, record.donated_at, record.refunded, record.source)] == [int] * 4


def test_a_face_holds_what_is_shown_and_nothing_else() -> None:
    fact = replace(given(1, 400, name="Coral\u202e fan\x00" + "x" * 200), message="hello\n" * 500)
    said = orjson.loads(face(fact))
    assert set(said) == {"k", "c", "n", "m"}
    assert said["n"].startswith("Coral fanx")
    assert (len(said["n"]), len(said["m"]) <= MAX_MESSAGE) == (MAX_NAME, True)
    assert b"d1" not in face(fact)


def test_the_key_of_a_donor_is_behind_what_is_shown_and_only_with_a_name() -> None:
    named, key = given(1, 400, name="Coral fan"), b"\n" * 32
    kept = face(named, key)

    assert (donor_of(kept), donor_of(face(named))) == (key, b"")
    assert kept.partition(b"\n")[0] == face(named)
    assert face(replace(named, donor_name=None, message="hello"), key) == face(replace(named, donor_name=None, message="hello"))
    record = Record(Stage.COMPLETED, 400, int(NOW.timestamp()), 0, 1)
    assert shown(REEF, who(1), record, kept, tells_refunds=False) == shown(
        REEF, who(1), record, face(named), tells_refunds=False
    )


@pytest.mark.parametrize("minor", [400, None])
def test_a_nameless_face_has_lost_name_message_and_key_and_nothing_else(minor: int | None) -> None:
    named = replace(given(1, minor, name="Coral fan"), message="hello", kind=DonationKind.MATCH)

    bare = nameless(face(named, b"k" * 32))
    assert bare == face(replace(named, donor_name=None, message=None))
    assert nameless(bare) == bare


def test_the_id_of_a_donor_is_in_no_face_and_not_printed_with_its_fact() -> None:
    fact = replace(given(1, 400, name="Coral fan"), donor="900100777")

    assert b"900100777" not in face(fact, b"k" * 32)
    assert "900100777" not in repr(fact)


def test_a_donor_who_is_nobody_has_no_name_in_the_face() -> None:
    for name in (None, "", " \u200b ", "\x00"):
        assert set(orjson.loads(face(given(1, 400, name=name)))) == {"k", "c"}


@pytest.mark.parametrize("basis", [Basis.COUNTED, Basis.REPORTED])
def test_an_amount_that_is_hidden_is_none_and_never_zero(basis: Basis) -> None:
    record = Record(Stage.COMPLETED, 0, int(NOW.timestamp()), 0, 1)
    donation = shown(REEF, who(1), record, face(given(1, None)), tells_refunds=basis is Basis.COUNTED)
    assert donation.amount is None
    assert donation.refunded is None


def test_refunds_are_unknown_where_the_network_tells_none() -> None:
    record = Record(Stage.COMPLETED, 400, int(NOW.timestamp()), 0, AmountSource.MERCHANT_BILL.bit)
    counted = shown(LUNCH, who(1), record, face(given(1, 400)), tells_refunds=True)
    reported = shown(REEF, who(1), record, face(given(1, 400)), tells_refunds=False)
    assert counted.refunded == Money.of_minor(0, "CNY")
    assert reported.refunded is None
    assert (counted.amount, counted.source, counted.kind) == (
        Money.of_minor(400, "CNY"),
        AmountSource.MERCHANT_BILL,
        DonationKind.ONE_TIME,
    )
    assert counted.donated_at == NOW
