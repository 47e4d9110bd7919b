"""Which rate is found for a pair, of which source and day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from schema.model.errors import BadAmount, BadTime
from schema.model.rates import CONFIGURATION, ECB, OUTDATED, Rate, Rates

FRIDAY = date(2026, 8, 28)
MIDNIGHT = datetime(2026, 8, 28, tzinfo=UTC)
LOADED = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)


def euro(code: str, value: str, day: date = FRIDAY) -> Rate:
    """As the ECB states it."""
    return Rate.of_ecb(code, Decimal(value), day)


def fixed(code: str, value: str) -> Rate:
    """As the configuration states it, in CNY."""
    return Rate.of_configuration(code, Decimal(value), "CNY", LOADED)


DAY = [euro("USD", "1.16"), euro("CNY", "8.3"), euro("JPY", "172"), euro("GBP", "0.865")]


def test_a_rate_is_given_as_it_is_stated() -> None:
    assert Rates(DAY).between("EUR", "CNY") == Rate("EUR", "CNY", Decimal("8.3"), ECB, MIDNIGHT)
    assert Rates([fixed("USD", "7.2")]).between("USD", "CNY") == Rate("USD", "CNY", Decimal("7.2"), CONFIGURATION, LOADED)


def test_a_rate_is_given_turned_round() -> None:
    assert Rates(DAY).between("CNY", "EUR") == Rate("CNY", "EUR", Decimal("0.120481927711"), ECB, MIDNIGHT)


def test_a_rate_is_given_across_the_euro() -> None:
    assert Rates(DAY).between("USD", "CNY") == Rate("USD", "CNY", Decimal("7.15517241379"), ECB, MIDNIGHT)


def test_fixed_rates_meet_in_the_reporting_currency() -> None:
    rates = Rates([fixed("USD", "7.2"), fixed("JPY", "0.048")])

    assert rates.between("USD", "JPY") == Rate("USD", "JPY", Decimal("150"), CONFIGURATION, LOADED)


@pytest.mark.parametrize(("base", "quote", "value"), [("USD", "CNY", "7.2"), ("CNY", "USD", "0.138888888889")])
def test_a_fixed_rate_wins_over_the_ecb_in_both_directions(base: str, quote: str, value: str) -> None:
    rate = Rates([*DAY, fixed("USD", "7.2")]).between(base, quote)

    assert rate is not None
    assert (rate.value, rate.source, rate.as_of) == (Decimal(value), CONFIGURATION, LOADED)


def test_a_fixed_rate_does_not_touch_other_pairs() -> None:
    rates, of_ecb = Rates([*DAY, fixed("USD", "7.2"), fixed("EUR", "8")]), Rates(DAY)

    for base, quote in (("GBP", "CNY"), ("USD", "GBP"), ("JPY", "GBP")):
        assert rates.between(base, quote) == of_ecb.between(base, quote)


def test_two_sources_are_never_mixed_in_one_rate() -> None:
    rates = Rates([euro("USD", "1.16"), fixed("KRW", "0.0051")])

    assert rates.between("KRW", "USD") is None
    assert rates.between("KRW", "EUR") is None


def test_no_rate_is_told_where_none_is_known_nor_for_a_currency_and_itself() -> None:
    assert Rates(DAY).between("USD", "KWD") is None
    assert Rates(DAY).between("USD", "USD") is None
    assert Rates().between("USD", "CNY") is None


def test_a_rate_across_is_as_old_as_the_older_of_the_two() -> None:
    older = euro("USD", "1.16", FRIDAY - timedelta(days=1))
    rate = Rates([older, *DAY[1:]]).between("USD", "CNY")

    assert rate is not None
    assert rate.as_of == MIDNIGHT - timedelta(days=1)


@pytest.mark.parametrize("newest", ["8.3", "8.1"])
def test_of_several_days_the_newest_counts(newest: str) -> None:
    rate = Rates([euro("CNY", newest), euro("CNY", "8.2", FRIDAY - timedelta(days=1))]).between("EUR", "CNY")

    assert rate is not None
    assert rate.value == Decimal(newest)


def test_a_currency_that_the_ecb_suspended_has_no_rate_after_ten_days() -> None:
    last = FRIDAY - OUTDATED

    assert Rates([*DAY, euro("RUB", "117.201", last)]).between("RUB", "EUR") is not None
    assert Rates([*DAY, euro("RUB", "117.201", last - timedelta(days=1))]).between("RUB", "EUR") is None


def test_a_source_that_cannot_be_reached_for_long_keeps_its_rates_with_their_day() -> None:
    long_ago = date(2020, 1, 2)  # nothing newer is known, however late it is
    rate = Rates([euro("CNY", "7.8", long_ago)]).between("EUR", "CNY")

    assert rate is not None
    assert rate.as_of.date() == long_ago


def test_the_age_of_fixed_rates_has_nothing_to_do_with_that_of_the_ecbs() -> None:
    rates = Rates([euro("USD", "1.16", date(2020, 1, 2)), fixed("GBP", "9.6")])

    assert rates.between("USD", "EUR") is not None
    assert rates.between("GBP", "CNY") is not None


def test_the_order_in_which_rates_come_does_not_matter() -> None:
    several = [*DAY, fixed("USD", "7.2"), euro("CNY", "8.1", FRIDAY - timedelta(days=3)), euro("USD", "1.17")]

    forwards, backwards = Rates(several), Rates(reversed(several))
    for pair in (("USD", "CNY"), ("EUR", "CNY"), ("EUR", "USD"), ("JPY", "USD")):
        assert forwards.between(*pair) == backwards.between(*pair)


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "sNaN", "Infinity", "1e13", "9e-13", "1e999999"])
def test_what_is_no_rate_is_never_born(value: str) -> None:
    with pytest.raises(BadAmount):
        euro("USD", value)


def test_a_rate_carries_the_zone_of_its_time() -> None:
    with pytest.raises(BadTime):
        Rate("EUR", "USD", Decimal(1), ECB, datetime(2026, 8, 28))  # noqa: DTZ001
