"""Places and sources are the same for good, as the ledger keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.total import AmountSource, Place

places = st.builds(Place, st.integers(0, 2**53), st.integers(0, 2**53))


@given(places)
def test_a_place_reads_back_from_its_text(place: Place) -> None:
    assert Place.parse(str(place)) == place


@given(places, places)
def test_places_are_ordered_by_time_and_then_by_number(one: Place, other: Place) -> None:
    assert (one < other) == ((one.milliseconds, one.sequence) < (other.milliseconds, other.sequence))


def test_the_place_before_all_is_not_after_any() -> None:
    assert Place() == Place.parse("0-0") == Place.parse("0")


def test_the_bits_of_sources_never_change_between_releases() -> None:
    assert {source.value: source.bit for source in AmountSource} == {
        "PLATFORM_API": 1,
        "PLATFORM_EVENT": 2,
        "MERCHANT_NOTIFICATION": 4,
        "MERCHANT_BILL": 8,
        "PARTNER_EXPORT": 16,
        "PUBLISHED_FIGURE": 32,
    }


@given(st.sets(st.sampled_from(AmountSource)))
def test_a_set_of_sources_reads_back_from_its_bits(sources: set[AmountSource]) -> None:
    found = AmountSource.of_bits(sum(source.bit for source in sources))

    assert set(found) == sources
    assert list(found) == [source for source in AmountSource if source in sources]


@pytest.mark.parametrize("bits", [0, 64])
def test_bits_that_mean_nothing_are_no_source(bits: int) -> None:
    assert AmountSource.of_bits(bits) == ()
