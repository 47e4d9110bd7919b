"""Several currencies stand side by side, and the order of adding never matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.errors import BadCurrency
from schema.model.money import Basket, Currency, Money

monies = st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(("JPY", "CNY", "KWD")).map(Currency.of))
baskets = st.lists(monies, max_size=6).map(Basket.of)


@given(baskets, baskets)
def test_adding_baskets_is_commutative(one: Basket, other: Basket) -> None:
    assert one + other == other + one


@given(baskets, baskets, baskets)
def test_adding_baskets_is_associative(one: Basket, other: Basket, third: Basket) -> None:
    assert (one + other) + third == one + (other + third)


@given(baskets)
def test_the_empty_basket_changes_nothing(basket: Basket) -> None:
    assert basket + Basket() == basket == Basket() + basket


@given(st.lists(monies, max_size=12))
def test_each_currency_adds_up_for_itself(amounts: list[Money]) -> None:
    basket = Basket.of(amounts)

    assert {part.currency.code: part.minor for part in basket} == {
        code: sum(a.minor for a in amounts if a.currency.code == code) for code in {a.currency.code for a in amounts}
    }


@given(baskets)
def test_a_basket_iterates_by_currency_code(basket: Basket) -> None:
    codes = [part.currency.code for part in basket]

    assert codes == sorted(set(codes))


def test_zero_stays_in_a_basket_as_it_is_known() -> None:
    assert Basket.of([Money.of_minor(5, "CNY"), Money.of_minor(-5, "CNY")]).parts == (Money.of_minor(0, "CNY"),)


def test_a_basket_is_never_born_with_a_currency_twice_or_out_of_order() -> None:
    yen, yuan = Money.of_minor(1, "JPY"), Money.of_minor(1, "CNY")

    for parts in ((yen, yen), (yen, yuan)):
        with pytest.raises(BadCurrency):
            Basket(parts)
