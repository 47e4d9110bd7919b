"""Lantern's words into ours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.money import Currency, Money
from schema.model.total import AmountSource

from giving_gateway_lantern import mapping
from tests.given import sample

EUR = Currency.of("EUR")
SOURCE = AmountSource.PLATFORM_API


def garland(**changed: Any) -> CampaignState:
    return mapping.garland(sample("garland", **changed), SOURCE)


def lantern(**changed: Any) -> DonationState:
    return mapping.lantern(sample("lantern", **changed), SOURCE)


def test_a_garland_is_told_with_its_total_and_the_garlands_above_it() -> None:
    assert garland() == CampaignState(
        native_id="gar_01f3a9c2",
        version=412,
        source=SOURCE,
        title="Lanterns for the Night Shelter",
        url="https://lantern.example/g/gar_01f3a9c2",
        status=CampaignStatus.ACTIVE,
        part_of=("gar_harbour1", "gar_oldtown7"),
        goal=Money(500_000, EUR),
        raised=Raised(Money(123_450, EUR)),
    )


def test_a_garland_without_a_goal_has_none_rather_than_zero() -> None:
    assert garland(goal=None).goal is None


def test_a_phase_that_nobody_has_heard_of_is_not_told() -> None:
    assert garland(phase="smouldering").status is None


def test_a_lantern_is_told_to_the_cent_and_in_utc() -> None:
    assert lantern() == DonationState(
        native_id="lan_000417",
        campaign="gar_01f3a9c2",
        stage=Stage.COMPLETED,
        version=2,
        amount=Money(1_999, EUR),
        donated_at=datetime(2026, 9, 1, 10, 20, 30, 123_000, tzinfo=UTC),
        source=SOURCE,
        donor_name="Aya",
        message="A warm winter for everybody!",
    )


def test_a_refund_is_told_by_the_status_alone_and_takes_the_whole_amount_back() -> None:
    dark = lantern(status="dark", revision=3)

    assert (dark.stage, dark.refunded) == (Stage.COMPLETED, dark.amount)
    assert dark.refunded_at == datetime(2026, 9, 1, 10, 20, 31, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(("status", "stage"), [("wick", Stage.PENDING), ("dimming", Stage.COMPLETED), ("drowned", Stage.VOID)])
def test_nothing_else_takes_anything_back(status: str, stage: Stage) -> None:
    found = lantern(status=status)

    assert (found.stage, found.refunded, found.refunded_at) == (stage, None, None)


@pytest.mark.parametrize("status", ["glittering", "", None, 7])
def test_a_status_that_nobody_has_heard_of_is_not_guessed_at(status: object) -> None:
    with pytest.raises(Unreadable, match="status"):
        lantern(status=status)


def test_a_lighter_who_is_not_named_has_no_name() -> None:
    assert lantern(lighter={"name": "Aya", "named": False}).donor_name is None


@pytest.mark.parametrize("amount", ["19.999", "1e400", "-1", "", 19, None])
def test_an_amount_that_is_not_exact_is_unreadable(amount: object) -> None:
    with pytest.raises(Unreadable, match="amount"):
        lantern(amount=amount)


@pytest.mark.parametrize("moment", ["2026-09-01T10:20:30", "yesterday", 1788258030, None])
def test_a_time_without_its_zone_is_unreadable(moment: object) -> None:
    with pytest.raises(Unreadable, match="made_at"):
        lantern(made_at=moment)


@pytest.mark.parametrize("revision", [0, -1, True, "412", None, 10**19])
def test_a_revision_that_does_not_count_is_unreadable(revision: object) -> None:
    with pytest.raises(Unreadable, match="revision"):
        garland(revision=revision)


@pytest.mark.parametrize("above", [None, "gar_harbour1", [7], ["../up"], ["gar_harbour1"] * 9])
def test_what_hangs_above_must_be_garlands(above: object) -> None:
    with pytest.raises(Unreadable, match="above"):
        garland(above=above)


def test_a_promise_is_a_milestone() -> None:
    told = {"title": "We dance on the bridge", "at": "250.00", "currency": "EUR", "kept": False}

    assert mapping.promise(told) == Milestone("We dance on the bridge", Money(25_000, EUR), reached=False)
