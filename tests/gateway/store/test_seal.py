"""Sealing: what was sealed opens with its key in its place, and nowhere else."""

import pytest

from gateway.store.seal import Sealer, new_data_key
from schema.model.errors import SettingsInvalid, Unreadable

KEY = bytes(range(32))


@pytest.mark.parametrize("plain", [b"", b"a", bytes(100_000)])
def test_what_was_sealed_opens_again(plain: bytes) -> None:
    sealed = Sealer(KEY).seal(plain, "token:lunch:app")
    assert Sealer(KEY).open(sealed, "token:lunch:app") == plain
    assert len(sealed) == len(plain) + 33


def test_the_same_message_is_never_sealed_to_the_same_bytes() -> None:
    sealer = Sealer(KEY)
    assert len({sealer.seal(b"a", "b") for _ in range(1_000)}) == 1_000


def test_nothing_of_the_message_shows() -> None:
    assert b"canary" not in Sealer(KEY).seal(b"canary" * 100, "canary")


def test_every_spoiled_byte_is_noticed() -> None:
    sealer = Sealer(KEY)
    sealed = sealer.seal(b"amount", "held:lunch")
    for place in range(len(sealed)):
        spoiled = bytearray(sealed)
        spoiled[place] ^= 1
        with pytest.raises((Unreadable, SettingsInvalid)):
            sealer.open(bytes(spoiled), "held:lunch")


def test_what_belongs_elsewhere_does_not_open() -> None:
    sealer = Sealer(KEY)
    with pytest.raises(Unreadable):
        sealer.open(sealer.seal(b"a", "token:lunch:app"), "token:dinner:app")


def test_what_is_cut_short_does_not_open() -> None:
    sealer = Sealer(KEY)
    sealed = sealer.seal(b"a", "b")
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            sealer.open(sealed[:length], "b")


def test_a_later_form_is_not_guessed_at() -> None:
    sealed = Sealer(KEY).seal(b"a", "b")
    with pytest.raises(Unreadable):
        Sealer(KEY).open(b"\x02" + sealed[1:], "b")


def test_another_key_is_the_operators_matter() -> None:
    with pytest.raises(SettingsInvalid, match="data_key"):
        Sealer(new_data_key()).open(Sealer(KEY).seal(b"a", "b"), "b")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(SettingsInvalid, match="data_key"):
        Sealer(bytes(length))


def test_new_keys_differ() -> None:
    assert len({new_data_key() for _ in range(100)}) == 100
    assert {len(new_data_key()) for _ in range(100)} == {32}
