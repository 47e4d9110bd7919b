"""What is kept of something that could not be applied comes back as it was."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import orjson
import pytest

from gateway.intake.evidence import Evidence, packed, told_once, unpacked
from schema.model.donation import DonationKind
from schema.model.facts import Clues, DonationState, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.gateway.acme import NOW, back, delivery, given

BEIJING = datetime(2026, 9, 2, 11, 0, 0, 123_457, timezone(timedelta(hours=8)))
WHOLE = DonationState(
    native_id="42",
    campaign=Clues("a", "b", "c", "d", "e"),
    stage=Stage.VOID,
    version=9_000_000_000_000_000,
    amount=Money.of_minor(1_234, "JPY"),
    donated_at=BEIJING,
    source=AmountSource.PARTNER_EXPORT,
    refunded=Money.of_minor(34, "JPY"),
    refunded_at=BEIJING + timedelta(days=1),
    kind=next(kind for kind in DonationKind if kind is not DonationKind.ONE_TIME),
    donor_name="一位路人",
    message="a\nb",
    donor="canary-donor",
)


@pytest.mark.parametrize(
    "evidence",
    [
        delivery(b"\x00\xff", query="a=%ff"),
        WHOLE,
        given(1, None, "reef"),
        given(2, 400, ("member", "team")),
        given(3, 400),
        back(4, 100),
    ],
)
def test_it_is_the_same_after_it_was_kept(evidence: Evidence) -> None:
    assert unpacked(packed(evidence)) == evidence


@pytest.mark.parametrize("fact", [WHOLE, back(1, 100)])
def test_no_part_of_a_fact_is_forgotten(fact: DonationState | RefundState) -> None:
    assert set(orjson.loads(packed(fact))) - {"fact"} == {field.name for field in fields(fact)}


def test_the_clues_of_this_test_are_all_that_there_are() -> None:
    assert isinstance(WHOLE.campaign, Clues)
    assert None not in [getattr(WHOLE.campaign, field.name) for field in fields(Clues)]


def test_the_same_delivery_at_another_time_is_the_same_one_and_another_state_of_a_donation_is_not() -> None:
    assert told_once(delivery(b"a", at=NOW)) == told_once(delivery(b"a", at=NOW + timedelta(hours=1)))
    assert told_once(WHOLE) == told_once(replace(WHOLE))
    assert told_once(WHOLE) != told_once(replace(WHOLE, version=0))
