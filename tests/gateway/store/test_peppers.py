"""Keys of donors: the same for the same one, and nothing that could be turned back."""

import hashlib
import hmac

from gateway.store.peppers import Peppers

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_key_is_the_hmac_of_network_and_id_under_the_pepper() -> None:
    assert Peppers([OLD]).keys("twitch", "900100777") == (hmac.new(OLD, b"twitch\n900100777", hashlib.sha256).digest(),)


def test_there_is_a_key_for_each_pepper_and_the_newest_is_first() -> None:
    both = Peppers([NEW, OLD]).keys("twitch", "900100777")

    assert both == (*Peppers([NEW]).keys("twitch", "900100777"), *Peppers([OLD]).keys("twitch", "900100777"))
    assert len(set(both)) == 2


def test_donors_and_networks_are_told_apart() -> None:
    peppers = Peppers([OLD])

    assert len({peppers.keys(*who) for who in (("twitch", "1"), ("twitch", "2"), ("donordrive", "1"), ("twitc", "h1"))}) == 4


def test_nobody_has_no_key_and_without_peppers_nobody_has_one() -> None:
    assert Peppers([OLD]).keys("twitch", None) == ()
    assert Peppers().keys("twitch", "900100777") == ()


def test_a_pepper_is_not_printed() -> None:
    assert "o" * 8 not in repr(Peppers([OLD]))
