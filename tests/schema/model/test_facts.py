"""A fact that could not be counted rightly is not born."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest

from schema.model.errors import BadAmount, BadCurrency, BadTime, BadUserInput
from schema.model.facts import CampaignState, Clues, DonationState, RefundState, Stage
from schema.model.money import MAX_DONATION, MAX_TOTAL, Money
from schema.model.total import AmountSource

AT = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
DONATION = DonationState(
    native_id="4200",
    campaign=Clues(attach="campaign=lunch"),
    stage=Stage.COMPLETED,
    version=0,
    amount=Money.of_minor(100, "CNY"),
    donated_at=AT,
    source=AmountSource.MERCHANT_NOTIFICATION,
)
REFUND = RefundState(
    native_id="5030",
    donation="4200",
    lookup="4200",
    stage=Stage.COMPLETED,
    version=0,
    amount=Money.of_minor(100, "CNY"),
    refunded_at=AT,
    source=AmountSource.MERCHANT_NOTIFICATION,
)
CAMPAIGN = CampaignState(native_id="lunch", version=0, source=AmountSource.PLATFORM_API)


class Nowhere(tzinfo):
    """A zone that does not say where it is."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize("minor", [0, 1, MAX_DONATION])
def test_one_donation_or_refund_is_up_to_the_limit(minor: int) -> None:
    amount = Money.of_minor(minor, "CNY")

    assert replace(DONATION, amount=amount, refunded=amount).amount == amount
    assert replace(REFUND, amount=amount).amount == amount


@pytest.mark.parametrize("minor", [-1, MAX_DONATION + 1, 10**13])
def test_a_negative_or_larger_one_is_refused(minor: int) -> None:
    amount = Money.of_minor(minor, "CNY")

    for change in ({"amount": amount}, {"refunded": amount}):
        with pytest.raises(BadAmount):
            replace(DONATION, **change)  # type: ignore[arg-type]
    with pytest.raises(BadAmount):
        replace(REFUND, amount=amount)


@pytest.mark.parametrize("zone", [None, Nowhere()], ids=["naive", "zone without offset"])
def test_every_time_carries_its_zone(zone: tzinfo | None) -> None:
    naive = AT.replace(tzinfo=zone)
    changes: list[tuple[Any, dict[str, Any]]] = [
        (DONATION, {"donated_at": naive}),
        (DONATION, {"refunded_at": naive}),
        (REFUND, {"refunded_at": naive}),
        (CAMPAIGN, {"starts_at": naive}),
        (CAMPAIGN, {"ends_at": naive}),
    ]

    for fact, change in changes:
        with pytest.raises(BadTime):
            replace(fact, **change)


def test_a_time_of_any_zone_is_a_time() -> None:
    assert replace(DONATION, donated_at=AT.astimezone(timezone(timedelta(hours=8)))).donated_at == AT


@pytest.mark.parametrize("version", [-1, MAX_TOTAL + 1, 1.0, True, "1", None])
@pytest.mark.parametrize("fact", [DONATION, REFUND, CAMPAIGN], ids=lambda f: type(f).__name__)
def test_a_version_is_a_number_that_the_ledger_can_compare(fact: Any, version: Any) -> None:
    with pytest.raises(BadTime):
        replace(fact, version=version)
    assert replace(fact, version=MAX_TOTAL).version == MAX_TOTAL


@pytest.mark.parametrize("native", ["", "x" * 201, "a\nb", "\x00", "\ud800"], ids=ascii)
@pytest.mark.parametrize("fact", [DONATION, REFUND, CAMPAIGN], ids=lambda f: type(f).__name__)
def test_an_empty_or_broken_id_is_refused_as_it_would_make_several_things_one(fact: Any, native: str) -> None:
    with pytest.raises(BadUserInput):
        replace(fact, native_id=native)


def test_a_refund_names_its_donation() -> None:
    with pytest.raises(BadUserInput):
        replace(REFUND, donation="")


def test_a_donation_is_refunded_in_its_own_currency() -> None:
    with pytest.raises(BadCurrency):
        replace(DONATION, refunded=Money.of_minor(1, "JPY"))


def test_a_hidden_amount_is_none_and_never_zero() -> None:
    assert replace(DONATION, amount=None).amount is None


def test_the_later_stage_has_the_higher_rank() -> None:
    assert Stage.PENDING < Stage.COMPLETED < Stage.VOID


def test_the_id_of_a_donor_can_be_one_and_is_not_printed() -> None:
    known = replace(DONATION, donor_name="Coral fan", donor="900100777")

    assert known.donor == "900100777"
    assert "900100777" not in repr(known)
    for donor in ("", "a\x00b", "x" * 201):
        with pytest.raises(BadUserInput):
            replace(DONATION, donor=donor)
