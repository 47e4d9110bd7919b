"""Well's words into ours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from connectors.http import read_json
from schema.model.campaign import CampaignStatus
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, RefundState, Stage
from schema.model.money import Currency, Money
from schema.model.time import micros
from schema.model.total import AmountSource

from giving_gateway_well import mapping

SAMPLES = Path(__file__).parent / "samples"
KES = Currency.of("KES")
MOMENT = datetime(2026, 9, 1, 10, 20, 30, tzinfo=UTC)
SOURCE = AmountSource.PLATFORM_API


def sample(name: str, **changed: Any) -> dict[str, Any]:
    return {**read_json((SAMPLES / f"{name}.json").read_bytes()), **changed}


def test_a_well_is_told_without_a_total_as_gifts_are_counted() -> None:
    assert mapping.well(sample("well")) == CampaignState(
        native_id="kibera-3",
        version=micros(MOMENT),
        source=SOURCE,
        title="Kibera, third well",
        image="https://well.example/photos/kibera-3.jpg",
        status=CampaignStatus.ACTIVE,
        goal=Money(250_000, KES),
    )


def test_a_stage_that_nobody_has_heard_of_is_not_told() -> None:
    assert mapping.well(sample("well", stage="blessed")).status is None


def test_a_gift_is_told_to_the_cent() -> None:
    assert mapping.entry(sample("gift"), "kibera-3") == DonationState(
        native_id="WG-000412",
        campaign="kibera-3",
        stage=Stage.COMPLETED,
        version=0,
        amount=Money(1_999, KES),
        donated_at=MOMENT,
        source=SOURCE,
        donor_name="Amina",
        message="For the school children",
    )


@pytest.mark.parametrize(("state", "stage"), [("promised", Stage.PENDING), ("bounced", Stage.VOID)])
def test_what_is_not_received_does_not_count(state: str, stage: Stage) -> None:
    assert mapping.gift(sample("gift", state=state)).stage is stage


@pytest.mark.parametrize("state", ["blessed", "", None, 7])
def test_a_gift_in_a_state_that_nobody_has_heard_of_is_not_guessed_at(state: object) -> None:
    with pytest.raises(Unreadable, match="state"):
        mapping.gift(sample("gift", state=state))


def test_a_refund_is_an_entry_of_its_own_that_names_its_gift() -> None:
    assert mapping.entry(sample("refund"), "kibera-3") == RefundState(
        native_id="WR-000007",
        donation="WG-000412",
        lookup="WG-000412",
        stage=Stage.COMPLETED,
        version=0,
        amount=Money(500, KES),
        refunded_at=MOMENT + timedelta(days=1),
        source=SOURCE,
    )


@pytest.mark.parametrize(("state", "stage"), [("asked", Stage.PENDING), ("declined", Stage.VOID)])
def test_a_refund_that_was_not_paid_takes_nothing_off(state: str, stage: Stage) -> None:
    assert mapping.refund(sample("refund", state=state)).stage is stage


def test_an_entry_of_another_kind_is_no_money_and_hides_no_other() -> None:
    assert mapping.entry({"entry": "photo", "number": "WP-000001"}, "kibera-3") is None


def test_a_gift_to_another_well_is_not_believed() -> None:
    with pytest.raises(Unreadable, match="well"):
        mapping.entry(sample("gift"), "kibera-4")


def test_a_refund_in_a_state_that_nobody_has_heard_of_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match="state"):
        mapping.refund(sample("refund", state="lost"))


@pytest.mark.parametrize("amount", ["19.99", 19.99, -1, "", True, None])
def test_an_amount_that_is_not_exact_is_unreadable(amount: object) -> None:
    with pytest.raises(Unreadable, match="amount"):
        mapping.gift(sample("gift", amount=amount))


@pytest.mark.parametrize("moment", ["2026-09-01T10:20:30Z", "yesterday", 1788258030.5, None])
def test_a_time_that_is_no_whole_second_is_unreadable(moment: object) -> None:
    with pytest.raises(Unreadable, match="at"):
        mapping.gift(sample("gift", at=moment))
