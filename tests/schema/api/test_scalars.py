"""Scalars, on their way out and in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.api.scalars import moment_text
from schema.model.errors import BadTime
from schema.model.money import Currency, Money
from schema.model.page import CampaignFilter
from schema.model.time import rfc3339
from tests.schema.api.asking import ask, refused
from tests.schema.api.world import LUNCH, World, a_campaign, a_donation, a_total

BY_CURRENCY = "query ($currency: CurrencyCode) { campaigns(filter: { currency: $currency }) { totalCount } }"
SINCE = """query ($since: DateTime) {
    campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") {
        donations(filter: { since: $since }) { totalCount }
    }
}"""


@pytest.fixture
def world() -> World:
    world = World()
    world.add(a_campaign(), a_total())
    world.gifts[LUNCH] = [a_donation("1")]
    return world


@pytest.mark.parametrize(
    ("minor", "code", "amount"),
    [
        (123450, "CNY", "1234.50"),
        (1234, "JPY", "1234"),
        (1234, "BHD", "1.234"),
        (-5, "USD", "-0.05"),
        (9 * 10**15, "CNY", "90000000000000.00"),
    ],
)
async def test_an_amount_is_exact_text_with_the_decimals_of_its_currency(
    world: World, minor: int, code: str, amount: str
) -> None:
    world.add(a_campaign(currency=Currency.of(code)), a_total(raised=Money(minor, Currency.of(code))))

    data = await ask(world, "{ campaigns { nodes { total { raised { amount currencyCode } } } } }")

    assert data["campaigns"]["nodes"] == [{"total": {"raised": {"amount": amount, "currencyCode": code}}}]


async def test_a_moment_is_given_in_utc_and_taken_with_any_offset(world: World) -> None:
    data = await ask(world, "{ campaigns { nodes { asOf } } }")
    assert data["campaigns"]["nodes"] == [{"asOf": "2026-09-01T12:00:00Z"}]

    for since, count in (("2026-09-01T20:00:00+08:00", 1), ("2026-09-01T20:00:01+08:00", 0)):
        data = await ask(world, SINCE, {"since": since})
        assert data["campaignByExternalId"]["donations"]["totalCount"] == count


@pytest.mark.parametrize("since", ["2026-09-01T12:00:00", "yesterday", "", 1788264000, True, [], {}, "9999-99-99T00:00:00Z"])
async def test_a_moment_that_cannot_be_read_is_the_callers_mistake(world: World, since: Any) -> None:
    error = await refused(world, SINCE, {"since": since})

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "since", "requestId": "r1"}


async def test_a_naive_moment_in_the_document_is_the_callers_mistake_too(world: World) -> None:
    error = await refused(
        world, SINCE.replace("since: $since", 'since: "2026-09-01 12:00:00"').replace("($since: DateTime)", "")
    )

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "offset" in error["message"]


@pytest.mark.parametrize("currency", ["ABC", "cny", "XXX", "", 156, ["CNY", "USD"], {}])
async def test_a_currency_that_does_not_exist_is_the_callers_mistake(world: World, currency: Any) -> None:
    error = await refused(world, BY_CURRENCY, {"currency": currency})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_known_currency_reaches_the_catalogue_as_its_code(world: World) -> None:
    await ask(world, BY_CURRENCY, {"currency": "JPY"})

    assert world.asked[0][0] == CampaignFilter(currency="JPY")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a.example/ onload=x", ""]
)
async def test_an_address_that_is_not_safe_as_a_link_is_null(world: World, address: str) -> None:
    world.add(a_campaign(url=address, donate_url="https://give.example/", image=address))

    data = await ask(world, "{ campaigns { nodes { url donateUrl image } } }")

    assert data["campaigns"]["nodes"] == [{"url": None, "donateUrl": "https://give.example/", "image": None}]


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(minutes=-210))])))
def test_a_moment_is_written_as_everywhere(moment: datetime) -> None:
    for each in (moment, moment.replace(microsecond=0), moment.replace(microsecond=999), moment.replace(microsecond=1000)):
        if datetime(2, 1, 1, tzinfo=UTC) < moment < datetime(9999, 12, 30, tzinfo=UTC):
            assert moment_text(each) == rfc3339(each)


def test_a_moment_without_its_zone_is_none() -> None:
    with pytest.raises(BadTime):
        moment_text(datetime(2026, 9, 1))  # noqa: DTZ001
