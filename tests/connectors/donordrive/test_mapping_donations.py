"""Donations: DonorDrive's words into ours, with every form that was seen in the wild."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.donordrive import mapping
from connectors.donordrive.mapping import Program
from connectors.donordrive.settings import Fundraiser
from connectors.donordrive.sheet import Kind
from schema.model.errors import UpstreamGarbled
from schema.model.facts import DonationState, Stage
from schema.model.money import Currency, Money
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.donordrive.given import EVENT, HOST, NOW, PARTICIPANT, TEAM, words

CAD = Currency.of("CAD")
VERSION = micros(NOW)
PROGRAM = Program(HOST, CAD, None)
GIFTS = {"named": 0, "hidden": 1, "without an id": 2, "fee": 3, "incentive": 4, "team": 5}


def cad(minor: int) -> Money:
    return Money(minor, CAD)


def gift(which: str = "named", of: Program = PROGRAM, **changed: Any) -> DonationState:
    found = mapping.donation(
        words("donations.json")[GIFTS[which]] | changed, Fundraiser(Kind.TEAM, "7001"), of, version=VERSION
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("number", "minor"),
    [(10, 1000), ("75.00", 7500), ("250.5", 25050), ("0.1", 10), ("1.2E1", 1200), ("1.23456789E7", 1234567890), (0, 0)],
)
def test_every_form_of_a_number_is_read_exactly(number: object, minor: int) -> None:
    assert gift(amount=number).amount == cad(minor)


def test_an_amount_with_more_decimals_than_the_currency_has_is_never_rounded() -> None:
    with pytest.raises(UpstreamGarbled, match="amount"):
        gift(amount="12.505")
    assert gift(of=Program(HOST, Currency.of("JPY"), None), amount="75.00").amount == Money(75, Currency.of("JPY"))
    with pytest.raises(UpstreamGarbled, match="amount"):
        gift(of=Program(HOST, Currency.of("JPY"), None), amount="12.5")


def test_a_donation_is_complete_and_dated_by_the_moment_of_asking() -> None:
    assert gift() == DonationState(
        native_id=f"{HOST}/AAAA000011112222",
        campaign=(PARTICIPANT, TEAM, EVENT),
        stage=Stage.COMPLETED,
        version=VERSION,
        amount=cad(1250),
        donated_at=datetime(2026, 5, 2, 18, 29, 41, 513000, tzinfo=UTC),
        source=AmountSource.PLATFORM_API,
        donor_name="Sample Donor",
        message="Made-up message",
        donor=f"{HOST}/BBBB000011112222",
    )


def test_of_the_donor_nothing_but_the_shown_name_is_taken() -> None:
    shown = "".join(repr(gift(which)) for which in GIFTS if which != "without an id")
    assert "Sample Donor" in shown
    assert not any(identifier in shown for identifier in ("BBBB000011112222", "EEEE000011112222"))


def test_a_hidden_amount_is_unknown_and_not_zero() -> None:
    assert gift("hidden").amount is None


def test_an_anonymous_donor_is_nobody() -> None:
    assert (gift("hidden").donor_name, gift("hidden").message, gift("hidden").donor) == (None, None, None)


@pytest.mark.parametrize("name", [None, "", "  ", 7, "Anonymous", "anonymous"])
def test_a_donor_whose_name_is_null_in_the_old_form_or_says_so_is_nobody_also_by_id(name: object) -> None:
    assert gift("team").donor_name is None
    assert (gift(displayName=name).donor_name, gift(displayName=name).donor) == (None, None)


@pytest.mark.parametrize("donor", [None, "", 7, "a\x00b", "B" * 201])
def test_an_id_of_a_donor_that_cannot_be_one_costs_no_gift(donor: object) -> None:
    found = gift(donorID=donor)

    assert (found.donor_name, found.donor, found.amount) == ("Sample Donor", None, cad(1250))


def test_a_donation_without_an_id_is_left_out_as_it_cannot_be_told_apart() -> None:
    row = words("donations.json")[GIFTS["without an id"]]
    for changed in ({}, {"donationID": None}, {"donationID": ""}):
        assert mapping.donation(row | changed, Fundraiser(Kind.TEAM, "7001"), PROGRAM, version=VERSION) is None


def test_a_registration_fee_counts_as_it_is_in_the_total() -> None:
    assert (gift("fee").amount, gift("fee").stage) == (cad(7500), Stage.COMPLETED)


def test_an_activity_pledge_is_not_the_donation_s_money() -> None:
    assert gift("incentive").amount == cad(1000)


@pytest.mark.parametrize("amount", [{}, {"amount": None}, {"amount": 0}])
@pytest.mark.parametrize("pledge", [{"activityPledgeUnitAmount": 2}, {"activityPledgeMaxAmount": "1000.00"}])
def test_a_pledge_beside_which_nothing_was_given_is_left_out(amount: dict[str, int | None], pledge: dict[str, object]) -> None:
    row = words("donations.json")[GIFTS["hidden"]]
    assert mapping.donation(row | amount | pledge, Fundraiser(Kind.TEAM, "7001"), PROGRAM, version=VERSION) is None


def test_a_gift_to_a_team_belongs_to_the_team() -> None:
    assert gift("team").campaign == (TEAM, EVENT)


def test_a_gift_to_a_member_is_one_donation_in_the_lists_of_member_team_and_event() -> None:
    row = words("donations.json")[GIFTS["named"]]
    lists = (Fundraiser(Kind.PARTICIPANT, "900001"), Fundraiser(Kind.TEAM, "7001"), Fundraiser(Kind.EVENT, "600"))
    assert {mapping.donation(row, listed, PROGRAM, version=VERSION) for listed in lists} == {gift()}


def test_a_donation_belongs_at_least_to_the_fundraiser_in_whose_list_it_is() -> None:
    assert gift(participantID=None, teamID=None, eventID=None).campaign == (TEAM,)


@pytest.mark.parametrize(
    "listed",
    [Fundraiser(Kind.PARTICIPANT, "900002"), Fundraiser(Kind.TEAM, "7002"), Fundraiser(Kind.EVENT, "601")],
    ids=str,
)
def test_a_donation_that_names_another_fundraiser_than_the_one_in_whose_list_it_is_was_not_given_to_that(
    listed: Fundraiser,
) -> None:
    assert mapping.donation(words("donations.json")[GIFTS["named"]], listed, PROGRAM, version=VERSION) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-02T18:29:41.93+0000", datetime(2026, 5, 2, 18, 29, 41, 930000, tzinfo=UTC)),
        ("2026-05-02T18:29:41.0+0000", datetime(2026, 5, 2, 18, 29, 41, tzinfo=UTC)),
        ("2026-05-02T18:29:41.370+0000", datetime(2026, 5, 2, 18, 29, 41, 370000, tzinfo=UTC)),
        ("2026-05-02T18:29:41+0000", datetime(2026, 5, 2, 18, 29, 41, tzinfo=UTC)),
        ("2026-05-02T14:29:41.5-0400", datetime(2026, 5, 2, 18, 29, 41, 500000, tzinfo=UTC)),
        ("2026-05-02T18:29:41Z", datetime(2026, 5, 2, 18, 29, 41, tzinfo=UTC)),
        ("2026-05-02T18:29:41.5+00:00", datetime(2026, 5, 2, 18, 29, 41, 500000, tzinfo=UTC)),
    ],
)
def test_times_have_one_to_three_digits_of_a_second_and_an_offset_without_a_colon(text: str, moment: datetime) -> None:
    assert gift(createdDateUTC=text).donated_at == moment


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("donationID", 7),
        ("donationID", "a/b"),
        ("donationID", "x" * 65),
        ("createdDateUTC", None),
        ("createdDateUTC", 1777746581),
        ("createdDateUTC", "2026-05-02T18:29:41"),
        ("createdDateUTC", "2026-05-02"),
        ("createdDateUTC", ""),
        ("amount", -1),
        ("amount", []),
        ("amount", 10**15),
        ("participantID", "x"),
    ],
)
def test_a_donation_that_cannot_be_read_is_garbled(field: str, value: Any) -> None:
    with pytest.raises(UpstreamGarbled, match=f"{field}|BAD_AMOUNT"):
        gift(**{field: value})
