"""A currency is an ISO 4217 code in capitals that has minor units."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.errors import BadCurrency
from schema.model.money import Currency, Money


@pytest.mark.parametrize(("code", "exponent"), [("JPY", 0), ("CNY", 2), ("EUR", 2), ("KWD", 3), ("CLF", 4)])
def test_a_currency_knows_its_decimals(code: str, exponent: int) -> None:
    assert Currency.of(code) == Currency(code, exponent)


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XAG", "XDR"])
def test_codes_without_minor_units_are_no_currencies(code: str) -> None:
    with pytest.raises(BadCurrency):
        Currency.of(code)


STRANGE: list[Any] = ["cny", "Cny", "", " CNY", "CNY ", "RMB", "ABC", "ＣＮＹ", "CNY\x00", "\ud800", "X" * 10**6, "156"]


@pytest.mark.parametrize("code", STRANGE, ids=lambda s: repr(s)[:20])
def test_other_texts_are_no_currencies(code: str) -> None:
    with pytest.raises(BadCurrency):
        Currency.of(code)


@pytest.mark.parametrize("code", [None, 156, 10**5_000, True, [], {}, ["CNY"], b"CNY"], ids=lambda s: type(s).__name__)
def test_what_json_may_hold_in_its_place_is_no_currency_and_no_crash(code: Any) -> None:
    for read in (Money.of_minor, Money.of_decimal):
        with pytest.raises(BadCurrency):
            read("1", code)
    with pytest.raises(BadCurrency):
        Money.of_scaled(1, 0, code)


@given(st.text(min_size=4))
def test_the_refusal_of_a_code_quotes_little_of_it(code: str) -> None:
    with pytest.raises(BadCurrency) as caught:
        Currency.of(code)
    assert len(str(caught.value)) < 150
