"""Amounts are exact or refused; nothing is ever rounded."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.errors import BadAmount, BadCurrency
from schema.model.money import MAX_DIGITS, MAX_TOTAL, Currency, Money

CODES = ("JPY", "CNY", "EUR", "KWD", "CLF")
codes = st.sampled_from(CODES)
minors = st.integers(-MAX_TOTAL, MAX_TOTAL)
monies = st.builds(Money, minors, codes.map(Currency.of))


@given(monies)
def test_decimal_text_of_any_amount_reads_back_as_the_same_amount(money: Money) -> None:
    assert Money.of_decimal(money.decimal, money.currency.code) == money


@given(monies)
def test_decimal_text_has_exactly_the_decimals_of_its_currency(money: Money) -> None:
    _, _, fraction = money.decimal.partition(".")

    assert len(fraction) == money.currency.exponent
    assert Decimal(money.decimal).scaleb(money.currency.exponent) == money.minor


@given(monies)
def test_minor_units_read_back_from_a_number_and_from_its_digits(money: Money) -> None:
    assert Money.of_minor(money.minor, money.currency.code) == money
    assert Money.of_minor(str(money.minor), money.currency.code) == money


@given(st.integers(-(10**12), 10**12), st.integers(0, 9), codes)
def test_a_scaled_amount_is_exactly_its_value_or_refused(value: int, decimals: int, code: str) -> None:
    exact = Decimal(value).scaleb(-decimals)
    try:
        money = Money.of_scaled(value, decimals, code)
    except BadAmount:
        minor = exact.scaleb(Currency.of(code).exponent)
        assert minor != minor.to_integral_value() or abs(minor) > MAX_TOTAL
    else:
        assert Decimal(money.decimal) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6), codes)
def test_decimal_text_is_exactly_its_value_or_refused(value: Decimal, code: str) -> None:
    try:
        money = Money.of_decimal(f"{value:f}", code)
    except BadAmount:
        minor = value.scaleb(Currency.of(code).exponent)
        assert minor != minor.to_integral_value() or abs(minor) > MAX_TOTAL
    else:
        assert Decimal(money.decimal) == value


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("0", "CNY", 0),
        ("-0", "CNY", 0),
        ("-1", "CNY", -100),
        ("1234.5", "CNY", 123_450),
        ("1.50", "CNY", 150),
        ("1.500000", "CNY", 150),
        ("007", "CNY", 700),
        ("1234", "JPY", 1_234),
        ("1234.000", "JPY", 1_234),
        ("1.005", "KWD", 1_005),
        ("90071992547409.93", "CNY", 2**53 + 1),
    ],
)
def test_decimal_text_keeps_every_digit(text: str, code: str, minor: int) -> None:
    if abs(minor) > MAX_TOTAL:
        with pytest.raises(BadAmount):
            Money.of_decimal(text, code)
    else:
        assert Money.of_decimal(text, code).minor == minor


STRANGE: list[Any] = [
    "", " ", " 1", "1 ", "1\n", "+1", ".5", "1.", "1.2.3", "--1", "1,00", "1,000.00", "1e3", "1e400", "1_000", "0x10",
    "NaN", "inf", "-Infinity", "１２", "1２", "٣", "²", "一", "¥1", "1 CNY", "1\x00", "\ud800", "9" * 5_000, "0" * 5_000,
    None, True, False, 1.5, float("nan"), float("inf"), Decimal("1.5"), b"1", [], {}, [1],
]  # fmt: skip


@pytest.mark.parametrize("strange", [*STRANGE, 1, 150], ids=lambda s: repr(s)[:20])
def test_what_is_no_plain_decimal_text_is_refused(strange: Any) -> None:
    with pytest.raises(BadAmount):
        Money.of_decimal(strange, "CNY")


@pytest.mark.parametrize("strange", [*STRANGE, "1.0", "1.5", "1" * (MAX_DIGITS + 1)], ids=lambda s: repr(s)[:20])
def test_what_is_no_whole_number_of_minor_units_is_refused(strange: Any) -> None:
    with pytest.raises(BadAmount):
        Money.of_minor(strange, "CNY")


@pytest.mark.parametrize("strange", [s for s in STRANGE if type(s) is not int] + ["1", "150"], ids=lambda s: repr(s)[:20])
def test_what_is_no_scaled_number_is_refused(strange: Any) -> None:
    with pytest.raises(BadAmount):
        Money.of_scaled(strange, 2, "CNY")
    with pytest.raises(BadAmount):
        Money.of_scaled(150, strange, "CNY")


@pytest.mark.parametrize("decimals", [-1, 10, 10**9])
def test_a_scale_that_no_currency_has_is_refused(decimals: int) -> None:
    with pytest.raises(BadAmount):
        Money.of_scaled(1, decimals, "CNY")


@pytest.mark.parametrize(("text", "code"), [("1.005", "CNY"), ("0.001", "CNY"), ("1.5", "JPY"), ("1.0005", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused_not_rounded(text: str, code: str) -> None:
    with pytest.raises(BadAmount, match="decimals"):
        Money.of_decimal(text, code)


@pytest.mark.parametrize(
    ("value", "decimals", "code", "text"),
    [
        (2550, 2, "EUR", "25.50"),
        (2550, 0, "JPY", "2550"),
        (255000, 2, "JPY", "2550"),
        (25, 0, "KWD", "25.000"),
        (-150, 2, "CNY", "-1.50"),
    ],
)
def test_decimals_that_differ_from_iso_are_respected(value: int, decimals: int, code: str, text: str) -> None:
    assert Money.of_scaled(value, decimals, code).decimal == text


@pytest.mark.parametrize(("value", "decimals", "code"), [(2550, 2, "JPY"), (-1, 1, "JPY"), (12345, 3, "CNY")])
def test_a_scaled_amount_below_the_smallest_unit_is_refused(value: int, decimals: int, code: str) -> None:
    with pytest.raises(BadAmount, match="decimals"):
        Money.of_scaled(value, decimals, code)


@pytest.mark.parametrize("minor", [MAX_TOTAL, -MAX_TOTAL])
def test_the_largest_total_is_money(minor: int) -> None:
    assert Money.of_minor(minor, "CNY").minor == minor


@pytest.mark.parametrize("minor", [MAX_TOTAL + 1, -MAX_TOTAL - 1, 2**53 + 1, 10**400])
def test_one_minor_unit_more_is_not(minor: int) -> None:
    currency = Currency.of("CNY")

    with pytest.raises(BadAmount):
        Money(minor, currency)
    with pytest.raises(BadAmount):
        Money.of_minor(minor, "CNY")
    with pytest.raises(BadAmount):
        Money.of_scaled(minor, 2, "CNY")


def test_a_sum_past_the_largest_total_is_refused() -> None:
    with pytest.raises(BadAmount):
        Money.of_minor(MAX_TOTAL, "CNY") + Money.of_minor(1, "CNY")


@pytest.mark.parametrize("number", [1.0, True, Decimal(1), "1", None])
def test_money_is_never_born_of_anything_but_an_int(number: Any) -> None:
    with pytest.raises(BadAmount):
        Money(number, Currency.of("CNY"))


@given(monies, monies)
def test_amounts_are_added_and_subtracted_in_one_currency_only(one: Money, other: Money) -> None:
    if one.currency != other.currency:
        with pytest.raises(BadCurrency):
            one + other
        with pytest.raises(BadCurrency):
            one - other
    elif abs(one.minor + other.minor) <= MAX_TOTAL:
        assert (one + other).minor == one.minor + other.minor
        assert one + other - other == one


def test_money_prints_its_decimals_and_its_code() -> None:
    assert str(Money.of_minor(-5, "CNY")) == "-0.05 CNY"
    assert str(Money.of_minor(5, "JPY")) == "5 JPY"
