"""Whose keys are whose."""

from cryptography.hazmat.primitives import serialization

from connectors.testing.emulation.rsa_keys import keys_of, private_pem, public_pem

BITS = 1_024


def test_somebodys_keys_differ_and_are_the_same_again_in_the_same_order() -> None:
    once, again = keys_of("pond 1"), keys_of("pond 1")
    keys = [once(BITS), once(BITS)]

    assert [again(BITS), again(BITS)] == keys
    assert private_pem(keys[0]) != private_pem(keys[1])


def test_nobody_has_the_keys_of_another() -> None:
    assert private_pem(keys_of("pond 1")(BITS)) != private_pem(keys_of("pond 2")(BITS))


def test_a_key_has_as_many_bits_as_were_asked_for() -> None:
    make_key = keys_of("pond 3")

    assert [make_key(bits).key_size for bits in (BITS, 2_048)] == [BITS, 2_048]


def test_keys_are_written_as_programs_read_them() -> None:
    key = keys_of("pond 1")(BITS)
    public = serialization.load_pem_public_key(public_pem(key).encode())

    assert private_pem(key).startswith("-----BEGIN PRIVATE KEY-----")
    assert public == key.public_key()
