"""Tiltify's words about donations into ours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.tiltify import mapping
from schema.model.donation import DonationKind
from schema.model.errors import Unreadable
from schema.model.facts import DonationState, Stage
from schema.model.money import Currency, Money
from schema.model.total import AmountSource
from tests.connectors.tiltify.given import CAMPAIGN, EVENT, NOW, SPONSORS, TEAM, data, money, native

GBP = Currency.of("GBP")


def donation(told_of: str | None = CAMPAIGN, *, without: str = "", shown: bool = True, **changed: Any) -> DonationState:
    words = data("donation_updated.json") | changed
    return mapping.donation(
        {name: value for name, value in words.items() if name != without},
        version=7,
        told_at=NOW,
        source=AmountSource.PLATFORM_EVENT,
        told_of=None if told_of is None else native(told_of),
        matches=frozenset({SPONSORS}),
        shown=shown,
    )


def test_a_donation_is_told_whole() -> None:
    assert donation() == DonationState(
        native_id="22222222-2222-4222-8222-222222222222",
        campaign=(CAMPAIGN,),
        stage=Stage.COMPLETED,
        version=7,
        amount=Money(1_250, GBP),
        donated_at=datetime(2026, 5, 2, 18, 29, 41, tzinfo=UTC),
        source=AmountSource.PLATFORM_EVENT,
        donor_name="Sample Donor",
        message="Made-up comment",
    )


@pytest.mark.parametrize("name", ["Anonymous", "anonymous", " ANONYMOUS ", "", None, 7])
def test_a_donor_without_a_name_or_with_a_moderated_one_is_nobody(name: object) -> None:
    assert donation(donor_name=name).donor_name is None


def test_a_donation_that_is_not_completed_does_not_count_yet() -> None:
    pending = donation(completed_at=None)
    assert (pending.stage, pending.donated_at) == (Stage.PENDING, datetime(2026, 5, 2, 18, 29, 12, tzinfo=UTC))
    assert donation(completed_at=None, without="created_at").donated_at == NOW


def test_a_completed_donation_has_one_time_whichever_way_it_comes() -> None:
    assert donation(without="created_at").donated_at == donation(created_at="2026-05-02T00:00:00Z").donated_at


def test_a_message_that_leaves_out_the_completion_takes_nothing_back() -> None:
    with pytest.raises(Unreadable, match="completed_at"):
        donation(without="completed_at")


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"sustained": True}, DonationKind.RECURRING),
        ({"sustained": None}, DonationKind.ONE_TIME),
        ({"sustained": "yes"}, DonationKind.ONE_TIME),
        ({"id": SPONSORS}, DonationKind.MATCH),
        ({"id": SPONSORS.upper(), "sustained": True}, DonationKind.MATCH),
    ],
)
def test_monthly_gifts_and_sponsors_gifts_are_told_apart(changed: dict[str, Any], kind: DonationKind) -> None:
    assert donation(**changed).kind is kind


TEAM_AND_EVENT = {"team_event_id": native(TEAM).uuid, "fundraising_event_id": native(EVENT).uuid}
OTHER = "campaign/88888888-8888-4888-8888-888888888888"


@pytest.mark.parametrize(
    ("told_of", "changed", "candidates"),
    [
        (CAMPAIGN, {}, (CAMPAIGN,)),
        (None, TEAM_AND_EVENT, (CAMPAIGN, TEAM, EVENT)),
        (TEAM, TEAM_AND_EVENT, (CAMPAIGN, TEAM, EVENT)),
        (EVENT, {"campaign_id": None}, (EVENT,)),
        (OTHER, TEAM_AND_EVENT, (CAMPAIGN, OTHER, TEAM, EVENT)),
    ],
)
def test_a_donation_belongs_to_the_nearest_that_is_followed(
    told_of: str | None, changed: dict[str, Any], candidates: tuple[str, ...]
) -> None:
    assert donation(told_of, **changed).campaign == candidates


def test_a_donation_to_nothing_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="campaign_id"):
        donation(None, campaign_id=None)


def test_only_id_amount_and_completion_are_needed() -> None:
    bare = {name: data("donation_updated.json")[name] for name in ("id", "amount", "completed_at")}
    found = mapping.donation(
        bare, version=1, told_at=NOW, source=AmountSource.PLATFORM_API, told_of=native(CAMPAIGN), matches=frozenset()
    )
    assert (found.amount, found.campaign, found.donor_name, found.message) == (Money(1_250, GBP), (CAMPAIGN,), None, None)


def test_what_is_not_public_is_not_shown() -> None:
    hidden = donation(shown=False)
    assert (hidden.donor_name, hidden.message) == (None, None)
    assert hidden.amount == Money(1_250, GBP)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (money("12.50"), Money(1_250, GBP)),
        (money("12.5"), Money(1_250, GBP)),
        (money("12"), Money(1_200, GBP)),
        (money("12.500"), Money(1_250, GBP)),
        (money("0.00"), Money(0, GBP)),
        (money("500", "JPY"), Money(500, Currency.of("JPY"))),
        (money("500.00", "JPY"), Money(500, Currency.of("JPY"))),
        (money("1.234", "KWD"), Money(1_234, Currency.of("KWD"))),
        (money("10000000000.00"), Money(10**12, GBP)),
    ],
)
def test_amounts_are_exact(amount: object, expected: Money) -> None:
    assert donation(amount=amount).amount == expected


@pytest.mark.parametrize(
    "amount",
    [
        None,
        "12.50",
        [],
        {},
        money(12),
        money(12.5),
        money(None),
        money("12,50"),
        money("£12.50"),
        money("12.505"),
        money("-12.50"),
        money("1e3"),
        money("１２"),
        money("10000000000.01"),
        money("9" * 30),
        money("12.50", None),
        money("12.50", "gbp"),
        money("12.50", "XXX"),
        money("500.50", "JPY"),
    ],
)
def test_what_is_no_exact_amount_is_unreadable(amount: object) -> None:
    with pytest.raises(Unreadable, match=r"^amount$"):
        donation(amount=amount)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "id"),
        ({"id": ""}, "id"),
        ({"id": 951000001}, "id"),
        ({"id": "22222222-2222-4222-8222-22222222222\n"}, "id"),
        ({"campaign_id": "100200300"}, "campaign_id"),
        ({"team_event_id": []}, "team_event_id"),
        ({"completed_at": "yesterday"}, "completed_at"),
        ({"completed_at": "2026-05-02T18:29:41"}, "completed_at"),
        ({"completed_at": True}, "completed_at"),
        ({"completed_at": None, "created_at": "9999-12-31T00:00:00Z"}, "created_at"),
    ],
)
def test_absurd_donations_are_unreadable(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        donation(**changed)
