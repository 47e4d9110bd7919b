"""What raises money, what it promises and the program that it is of: DonorDrive's words into ours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.donordrive import mapping
from connectors.donordrive.mapping import Program
from connectors.donordrive.settings import Fundraiser
from connectors.donordrive.sheet import Kind
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.charity import Charity
from schema.model.errors import UpstreamGarbled
from schema.model.facts import CampaignState, Raised
from schema.model.money import Currency, Money
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.donordrive.given import EVENT, HOST, NOW, PARTICIPANT, TEAM, words

CAD = Currency.of("CAD")
CHARITY = Charity("sample-reef-trust", "Sample Reef Trust")
PROGRAM = Program(HOST, CAD, CHARITY)
VERSION = micros(NOW)
LISTED = Fundraiser(Kind.PARTICIPANT, "900001")


def participant(**changed: Any) -> CampaignState:
    return mapping.campaign(words("participant.json") | changed, Kind.PARTICIPANT, PROGRAM, version=VERSION)


def team(**changed: Any) -> CampaignState:
    return mapping.campaign(words("team.json")[0] | changed, Kind.TEAM, PROGRAM, version=VERSION)


def event(name: str = "event.json", **changed: Any) -> CampaignState:
    return mapping.campaign(words(name) | changed, Kind.EVENT, PROGRAM, version=VERSION)


def cad(minor: int) -> Money:
    return Money(minor, CAD)


def test_a_participant_is_a_campaign_within_its_team_and_event() -> None:
    assert participant() == CampaignState(
        native_id=PARTICIPANT,
        version=VERSION,
        source=AmountSource.PLATFORM_API,
        title="Sample Participant",
        url="https://program.example/participants/900001",
        donate_url="https://program.example/donate/900001",
        image="https://cdn.example/a.gif",
        status=CampaignStatus.ACTIVE,
        charity=CHARITY,
        part_of=(TEAM, EVENT),
        goal=cad(150000),
        raised=Raised(cad(88550), 42),
    )


def test_a_team_is_a_campaign_within_its_event() -> None:
    found = team()
    assert (found.native_id, found.title, found.part_of) == (TEAM, "Sample Team", (EVENT,))
    assert (found.goal, found.raised) == (cad(500000), Raised(cad(231000), 97))


def test_an_event_is_a_campaign_within_nothing() -> None:
    found = event()
    assert (found.native_id, found.title, found.part_of) == (EVENT, "Sample Game Day", ())
    assert found.summary == "A day of games for the reef."
    assert found.raised == Raised(cad(12004575), 3120)


def test_a_participant_without_a_team_is_within_its_event() -> None:
    assert participant(teamID=None).part_of == (EVENT,)


def test_an_event_with_dates_has_the_status_that_they_tell() -> None:
    found = event()
    assert found.status is None
    assert found.starts_at == datetime(2026, 11, 7, 5, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 11, 8, 5, tzinfo=UTC)


def test_an_event_without_dates_has_none_so_it_is_running() -> None:
    for found in (event("event_bare.json"), event(hasDates=False)):
        assert (found.status, found.starts_at, found.ends_at) == (None, None, None)


def test_an_event_without_a_total_has_raised_nothing_that_is_known() -> None:
    found = event("event_bare.json")
    assert (found.raised, found.goal) == (None, None)


def test_a_participant_or_team_without_its_total_breaks_the_protocol() -> None:
    for read in (participant, team):
        with pytest.raises(UpstreamGarbled, match="sumDonations"):
            read(sumDonations=None)


def test_pledges_are_never_money() -> None:
    assert participant(sumPledges=999).raised == participant(sumPledges=0).raised == Raised(cad(88550), 42)


def test_a_total_is_the_headline_as_it_stands_never_what_was_known_and_something() -> None:
    first, second = participant(sumDonations="885.5", numDonations=42), participant(sumDonations="898", numDonations=43)
    assert (first.raised, second.raised) == (Raised(cad(88550), 42), Raised(cad(89800), 43))


# What binary fractions make of sums, among them one of money that came and went again; then the edge, and other currencies.
@pytest.mark.parametrize(
    ("told", "code", "minor"),
    [
        ("885.4999999", "CAD", 88550),
        ("885.4999999999999", "CAD", 88550),
        ("885.5000000000001", "CAD", 88550),
        ("0.30000000000000004", "CAD", 30),
        ("-1.4210854715202004e-14", "CAD", 0),
        ("1.0000000000000001e2", "CAD", 10000),
        ("885.4999990000001", "CAD", 88550),
        ("885.5000009999999", "CAD", 88550),
        ("999.9999999", "JPY", 1000),
        ("12.3450000001", "KWD", 12345),
    ],
)
def test_float_noise_is_the_amount_beside_it_in_totals_and_in_donations(told: str, code: str, minor: int) -> None:
    currency = Currency.of(code)
    program, amount = Program(HOST, currency, None), Money(minor, currency)
    fields = words("participant.json") | {"sumDonations": told}
    assert mapping.campaign(fields, Kind.PARTICIPANT, program, version=VERSION).raised == Raised(amount, 42)
    gift = mapping.donation(words("donations.json")[0] | {"amount": told}, LISTED, program, version=VERSION)
    assert gift is not None
    assert gift.amount == amount


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("885.495", "CAD"),
        ("885.499", "CAD"),
        ("885.499999", "CAD"),
        ("885.500001", "CAD"),
        ("-0.000001", "CAD"),
        ("999.5", "JPY"),
        ("999.999999", "JPY"),
        ("12.3455", "KWD"),
        ("12.345001", "KWD"),
    ],
)
def test_what_is_a_millionth_off_or_more_is_no_noise_and_never_rounded(told: str, code: str) -> None:
    program = Program(HOST, Currency.of(code), None)
    with pytest.raises(UpstreamGarbled, match="sumDonations"):
        mapping.campaign(words("participant.json") | {"sumDonations": told}, Kind.PARTICIPANT, program, version=VERSION)
    with pytest.raises(UpstreamGarbled, match="amount"):
        mapping.donation(words("donations.json")[0] | {"amount": told}, LISTED, program, version=VERSION)


@pytest.mark.parametrize("goal", [None, 0, "0.00"])
def test_a_goal_of_zero_is_not_said(goal: object) -> None:
    assert participant(fundraisingGoal=goal).goal is None


def test_an_image_without_a_scheme_is_an_address_all_the_same() -> None:
    assert team().image == "https://cdn.example/t.gif"


@pytest.mark.parametrize("links", [None, {}, [], "https://program.example", {"page": 7, "donate": "javascript:alert(1)"}])
def test_what_is_no_link_is_not_said(links: object) -> None:
    found = participant(links=links, avatarImageURL="about:blank")
    assert (found.url, found.donate_url, found.image) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("participantID", None),
        ("participantID", "900001"),
        ("participantID", 0),
        ("participantID", True),
        ("participantID", 10**19),
        ("teamID", []),
        ("eventID", -600),
        ("sumDonations", -1),
        ("sumDonations", True),
        ("sumDonations", {}),
        ("sumDonations", "1e400"),
        ("sumDonations", "12,5"),
        ("sumDonations", "885.499"),
        ("sumDonations", "1e99"),
        ("sumDonations", "-0.01"),
        ("sumDonations", 10**19),
        ("fundraisingGoal", "much"),
        ("numDonations", "42"),
        ("numDonations", -1),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_never_guessed(field: str, value: object) -> None:
    with pytest.raises(UpstreamGarbled, match=f"{field}|BAD_AMOUNT"):
        participant(**{field: value})


@pytest.mark.parametrize("value", [7, [], {}, "\x00", None])
def test_a_title_that_is_none_is_not_said(value: object) -> None:
    assert participant(displayName=value).title is None


# ------------------------------------------------------------------------------------------------------ milestones


def milestones(**changed: Any) -> list[Milestone | None]:
    return [mapping.milestone(row | changed, CAD) for row in words("milestones.json")]


def test_a_milestone_is_reached_once_the_network_says_so() -> None:
    assert milestones() == [Milestone("Sings a song", cad(100000), False), Milestone("Paints a fish", cad(50000), True), None]


@pytest.mark.parametrize("word", [True, "true", "True"])
def test_whether_a_milestone_is_promised_may_be_told_as_a_text(word: object) -> None:
    assert all(milestones(isActive=word))


@pytest.mark.parametrize("word", [False, "false"])
def test_of_what_is_not_promised_any_more_only_what_was_reached_is_told(word: object) -> None:
    assert milestones(isActive=word) == [None, Milestone("Paints a fish", cad(50000), True), None]


def test_a_milestone_without_words_is_nothing_to_show() -> None:
    assert milestones(description=None) == [None, None, None]


@pytest.mark.parametrize(
    ("field", "value"),
    [("fundraisingGoal", None), ("fundraisingGoal", "x"), ("isActive", 1), ("isActive", []), ("isComplete", "perhaps")],
)
def test_a_milestone_that_cannot_be_read_is_garbled(field: str, value: object) -> None:
    with pytest.raises(UpstreamGarbled, match=field):
        milestones(**{field: value})


# --------------------------------------------------------------------------------------------------------- program


def test_a_program_tells_currency_and_charity() -> None:
    assert mapping.program(words("about.json"), HOST, None) == PROGRAM


def test_a_configured_currency_wins_over_the_program_s() -> None:
    usd = Currency.of("USD")
    assert mapping.program(words("about.json"), HOST, usd) == Program(HOST, usd, CHARITY)
    assert mapping.program({}, HOST, usd) == Program(HOST, usd, None)


@pytest.mark.parametrize("currency", [None, "CAD", {}, {"symbol": "$"}, {"label": "$"}, {"label": ["CAD"]}])
def test_without_any_currency_the_setting_is_named(currency: object) -> None:
    with pytest.raises(UpstreamGarbled, match=r"program\.example tells no currency .* currency must be configured"):
        mapping.program(words("about.json") | {"currency": currency}, HOST, None)


@pytest.mark.parametrize(
    ("name", "charity"),
    [
        ("Reef & Sea, Inc.", Charity("reef-sea-inc", "Reef & Sea, Inc.")),
        ("！！", Charity("！！", "！！")),
        (None, None),
        (" ", None),
        (7, None),
    ],
)
def test_a_charity_has_its_key_from_its_name(name: object, charity: Charity | None) -> None:
    assert mapping.program(words("about.json") | {"charityName": name}, HOST, None).charity == charity
