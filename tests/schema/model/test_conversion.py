"""What a basket is worth in one currency. The exact worth is computed here a second time."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.errors import BadAmount, BadCurrency
from schema.model.money import MAX_TOTAL, Basket, Currency, Money
from schema.model.rates import CONFIGURATION, ECB, Converted, Rate, Rates
from tests.schema.model.test_rates import DAY, FRIDAY, LOADED, euro, fixed


def basket(*amounts: str) -> Basket:
    """From texts such as "12.50 CNY"."""
    return Basket.of(Money.of_decimal(*amount.split(" ")) for amount in amounts)


def test_a_basket_is_converted_with_one_rate_for_each_part_in_another_currency() -> None:
    converted = Rates(DAY).convert(basket("100.00 CNY", "20.00 USD", "10000 JPY", "5.000 KWD"), "CNY")

    assert converted.money == Money.of_decimal("725.66", "CNY")  # 100 + 143.1034... + 482.5581...
    assert [str(part) for part in converted.parts] == ["10000 JPY", "20.00 USD", "100.00 CNY", "5.000 KWD"]
    assert [(rate.base, rate.quote) for rate in converted.rates] == [("JPY", "CNY"), ("USD", "CNY")]
    assert converted.missing == ("KWD",)
    assert converted.is_approximate


def test_what_is_in_the_currency_asked_for_is_exact() -> None:
    whole = basket("100.01 CNY")

    assert Rates().convert(whole, "CNY") == Converted(Money.of_decimal("100.01", "CNY"), whole.parts, (), ())
    assert not Rates().convert(whole, "CNY").is_approximate


def test_an_empty_basket_is_zero_in_the_currency_asked_for() -> None:
    assert Rates(DAY).convert(Basket(), "JPY") == Converted(Money.of_minor(0, "JPY"), (), (), ())


def test_where_nothing_can_be_converted_there_is_no_sum_and_the_parts_stand_by_code() -> None:
    whole = basket("1.00 CNY", "1.000 KWD", "3 VND")

    assert Rates().convert(whole, "EUR") == Converted(None, whole.parts, (), ("CNY", "KWD", "VND"))


def test_a_missing_rate_leaves_its_part_out_and_names_it() -> None:
    converted = Rates(DAY).convert(basket("1.00 EUR", "900.000 KWD"), "EUR")

    assert converted.money == Money.of_decimal("1", "EUR")
    assert converted.missing == ("KWD",)


def test_the_sum_is_rounded_once_and_not_part_by_part() -> None:
    rates = Rates([fixed("USD", "0.004"), fixed("EUR", "0.004")])

    assert rates.convert(basket("1.00 USD", "1.00 EUR"), "CNY").money == Money.of_decimal("0.01", "CNY")


@pytest.mark.parametrize(("value", "minor"), [("0.005", 0), ("0.015", 2), ("0.025", 2), ("0.0250000001", 3)])
def test_half_a_unit_is_rounded_to_the_even_one(value: str, minor: int) -> None:
    rates = Rates([fixed("USD", value)])

    assert rates.convert(basket("1.00 USD"), "CNY").money == Money.of_minor(minor, "CNY")
    assert rates.convert(basket("-1.00 USD"), "CNY").money == Money.of_minor(-minor, "CNY")


def test_currencies_without_decimals_or_with_three_keep_their_own() -> None:
    rates = Rates([euro("JPY", "172"), euro("KWD", "0.355")])

    assert rates.convert(basket("1000 JPY"), "KWD").money == Money.of_decimal("2.064", "KWD")
    assert rates.convert(basket("2.064 KWD"), "JPY").money == Money.of_decimal("1000", "JPY")


def test_a_currency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadCurrency):
        Rates(DAY).convert(Basket(), "XXX")


def test_a_sum_beyond_all_money_is_refused_and_not_cut() -> None:
    with pytest.raises(BadAmount):
        Rates([euro("IDR", "19000")]).convert(Basket.of([Money.of_minor(MAX_TOTAL, "EUR")]), "IDR")


CODES = ("CNY", "EUR", "JPY", "KWD", "USD")
# far enough apart for any real pair, and small enough that no sum is beyond all money
values = st.decimals("0.01", "1000", places=4)
monies = st.builds(Money, st.integers(-(10**6), 10**6), st.sampled_from(CODES).map(Currency.of))
baskets = st.lists(monies, max_size=8).map(Basket.of)
# a source of each kind that may know a currency or not
stated = st.tuples(
    st.dictionaries(st.sampled_from([code for code in CODES if code != "EUR"]), values),
    st.dictionaries(st.sampled_from([code for code in CODES if code != "CNY"]), values),
).map(
    lambda told: [
        *(Rate.of_ecb(code, value, FRIDAY) for code, value in told[0].items()),
        *(Rate.of_configuration(code, value, "CNY", LOADED) for code, value in told[1].items()),
    ]
)


def exact(told: list[Rate], base: str, quote: str) -> Fraction | None:
    """The quotient, found by the middle of each source instead of by the pair."""
    for source, middle in ((CONFIGURATION, "CNY"), (ECB, "EUR")):
        worth = {middle: Fraction(1)}
        for rate in told:
            if rate.source == source:
                other = rate.base if rate.quote == middle else rate.quote
                worth[other] = Fraction(rate.value) if rate.quote == middle else 1 / Fraction(rate.value)
        if base in worth and quote in worth and len(worth) > 1:
            return worth[base] / worth[quote]
    return None


@given(stated, baskets, st.sampled_from(CODES))
def test_the_sum_is_within_half_a_unit_of_the_exact_worth(told: list[Rate], whole: Basket, code: str) -> None:
    converted, target = Rates(told).convert(whole, code), Currency.of(code)

    worth, convertible = Fraction(), 0
    for part in whole:
        rate = Fraction(1) if part.currency == target else exact(told, part.currency.code, code)
        if rate is not None:
            convertible += 1
            worth += Fraction(part.minor, 10**part.currency.exponent) * rate
    if convertible or not whole.parts:
        assert converted.money is not None
        assert converted.money.currency == target
        assert abs(Fraction(converted.money.minor, 10**target.exponent) - worth) * 2 * 10**target.exponent <= 1
    else:
        assert converted.money is None


@given(stated, baskets, st.sampled_from(CODES))
def test_the_parts_are_the_basket_and_each_is_in_the_sum_or_missing(told: list[Rate], whole: Basket, code: str) -> None:
    converted = Rates(told).convert(whole, code)

    assert Basket.of(converted.parts) == whole
    assert len(converted.parts) == len(whole.parts)
    others = [part.currency.code for part in converted.parts if part.currency.code != code]
    assert [*(rate.base for rate in converted.rates), *converted.missing] == others
    assert list(converted.missing) == sorted(converted.missing)
    assert all(rate.quote == code for rate in converted.rates)


@given(stated, st.lists(monies, max_size=8), st.sampled_from(CODES), st.randoms(use_true_random=False))
def test_the_order_of_rates_and_of_amounts_does_not_matter(told: list[Rate], amounts: list[Money], code: str, rng: Any) -> None:
    mixed, shuffled = list(told), list(amounts)
    rng.shuffle(mixed)
    rng.shuffle(shuffled)

    assert Rates(mixed).convert(Basket.of(shuffled), code) == Rates(told).convert(Basket.of(amounts), code)


@given(values, monies)
def test_there_and_back_misses_by_no_more_than_the_two_roundings(value: Decimal, money: Money) -> None:
    code = "EUR" if money.currency.code != "EUR" else "USD"
    rate = euro(money.currency.code, str(value)) if code == "EUR" else euro("USD", str(value))
    rates = Rates([rate])

    there = rates.convert(Basket.of([money]), code).money
    assert there is not None
    back = rates.convert(Basket.of([there]), money.currency.code).money
    assert back is not None
    ratio = exact([rate], code, money.currency.code)
    assert ratio is not None
    unit = ratio * 10**money.currency.exponent / 10**there.currency.exponent  # what one unit there is worth here
    assert abs(back.minor - money.minor) <= unit / 2 + Fraction(1, 2)


@given(values, values)
def test_a_rate_that_was_derived_is_shown_with_twelve_digits_and_never_as_a_float(one: Decimal, other: Decimal) -> None:
    rates = Rates([euro("USD", str(one)), euro("CNY", str(other))])

    rate = rates.between("USD", "CNY")
    assert rate is not None
    assert type(rate.value) is Decimal
    assert len(rate.value.as_tuple().digits) <= 12
    ratio = Fraction(other) / Fraction(one)
    assert abs(Fraction(rate.value) - ratio) <= ratio / 10**11
