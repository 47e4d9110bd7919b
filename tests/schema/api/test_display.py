"""Money as a person reads it."""

import pytest

from schema.api.display import formatted
from schema.model.money import Money
from tests.schema.api.asking import ask
from tests.schema.api.world import World, a_campaign, a_total, cny


@pytest.mark.parametrize(
    ("amount", "code", "tag", "text"),
    [
        ("1234.50", "CNY", "en", "CN¥1,234.50"),
        ("1234.50", "CNY", "zh-CN", "¥1,234.50"),
        ("1234.50", "CNY", "zh-Hans-CN", "¥1,234.50"),
        ("1234.50", "USD", "zh-TW", "US$1,234.50"),
        ("1234", "JPY", "ja", "￥1,234"),
        ("1234.50", "EUR", "de-DE", "1.234,50\u00a0€"),
        ("1234567.50", "INR", "en-IN", "₹12,34,567.50"),
        ("-5.00", "USD", "en-US", "-$5.00"),
        ("0", "USD", "en", "$0.00"),
        ("90000000000000.00", "CNY", "en", "CN¥90,000,000,000,000.00"),
    ],
)
def test_money_is_written_as_is_the_custom(amount: str, code: str, tag: str, text: str) -> None:
    assert formatted(Money.of_decimal(amount, code), tag) == text


@pytest.mark.parametrize(("amount", "code", "text"), [("10.25", "AFN", "AFN10.25"), ("1.234", "BHD", "BHD1.234")])
def test_no_decimal_is_rounded_away(amount: str, code: str, text: str) -> None:
    assert formatted(Money.of_decimal(amount, code), "en") == text


@pytest.mark.parametrize(
    ("tag", "like"),
    [
        ("zh-XX", "zh"),
        ("DE-de", "de-DE"),
        ("de_AT", "de-AT"),
        ("de-CH-1996-x-private", "de-CH"),
        ("zh-CN-u-nu-hanidec", "zh-CN"),
        ("fr-../../etc/passwd", "fr"),
        ("tlh", "en"),
        ("", "en"),
        ("-", "en"),
        ("中文", "en"),
        ("\ud800", "en"),
        ("a" * 100_000, "en"),
        ("en-" * 100, "en"),
        ("../../../etc/passwd", "en"),
        ("C.UTF-8@euro", "en"),
        ("\x00", "en"),
    ],
)
def test_every_tag_is_answered_with_the_nearest_known_one_and_english_at_last(tag: str, like: str) -> None:
    assert formatted(cny("1234.50"), tag) == formatted(cny("1234.50"), like)


async def test_the_language_is_english_unless_asked_otherwise() -> None:
    world = World()
    world.add(a_campaign(), a_total())

    data = await ask(world, '{ campaigns { nodes { total { raised { formatted chinese: formatted(locale: "zh-CN") } } } } }')

    assert data["campaigns"]["nodes"][0]["total"]["raised"] == {"formatted": "CN¥885.50", "chinese": "¥885.50"}
