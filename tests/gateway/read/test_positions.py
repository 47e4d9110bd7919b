"""Positions: opaque, safe in addresses, and proven by the figures of their entry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.read import positions
from schema.model.total import Place
from tests.gateway.acme import LUNCH, OTHER

PLACES = st.builds(Place, st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
FIGURES = st.integers(0, 9 * 10**15).map(str) | st.just("")


@given(PLACES, FIGURES, FIGURES)
def test_a_position_names_its_place_in_letters_that_are_safe_in_addresses(place: Place, raised: str, count: str) -> None:
    text = positions.encode(LUNCH, place, raised, count)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert positions.decode(text) == place


@given(st.text(max_size=40))
def test_any_other_text_is_none_of_ours(text: str) -> None:
    place = positions.decode(text)
    assert place is None or isinstance(place, Place)


@pytest.mark.parametrize("text", ["", "=", "x", "é", "\ud800", "A" * 18, "A" * 20, "A" * 10_000, "AAAA AAAA", "A" * 19 + "!"])
def test_what_has_not_the_form_is_none(text: str) -> None:
    assert positions.decode(text) is None


def test_another_figure_place_or_campaign_makes_another_check() -> None:
    texts = {
        positions.encode(campaign, place, raised, count)
        for campaign in (LUNCH, OTHER)
        for place in (Place(1, 0), Place(1, 1))
        for raised in ("", "0", "400", "4001")
        for count in ("", "1", "11")
    }
    assert len(texts) == 48
    # the figures are told apart, not merely joined
    assert positions.encode(LUNCH, Place(1), "1", "23")[-3:] != positions.encode(LUNCH, Place(1), "12", "3")[-3:]
