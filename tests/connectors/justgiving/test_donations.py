"""Donations: into our words, one by one, and read as a list."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.justgiving import mapping
from connectors.testing.fakes import FakeClock, answer
from schema.model.errors import UpstreamGarbled
from schema.model.facts import DonationState, Raised, Stage
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.justgiving.given import (
    BASE,
    CAMPAIGN,
    DONATIONS_PATH,
    NOW,
    PAGE,
    PAGE_PATH,
    TEAM,
    answered,
    asked,
    donation,
    gbp,
    justgiving,
    listed,
    listing,
    network,
    page,
    row,
    words,
)

DONATED = datetime(2026, 5, 2, 18, 30, tzinfo=UTC)


def rows(first: int, count: int) -> list[dict[str, object]]:
    """So many donations of ids from ``first`` down, each a minute older than the one before."""
    made = micros(DONATED) // 1000
    return [row(id=10_000 - n, donationDate=f"/Date({made - n * 60_000})/") for n in range(first, first + count)]


def pages(request: HttpRequest) -> HttpResponse:
    """120 donations on three pages."""
    if not request.url.startswith(BASE + DONATIONS_PATH):
        return network()(request)
    number = int(request.url.partition("pageNum=")[2].partition("&")[0])
    return listing(rows((number - 1) * 50, min(50, 120 - (number - 1) * 50)), number, pages=3)


# ------------------------------------------------------------------------------------------------------------------ one


def test_a_donation_is_what_the_list_shows() -> None:
    assert donation() == DonationState(
        native_id="1147000001",
        campaign=(PAGE,),
        stage=Stage.COMPLETED,
        version=micros(NOW),
        amount=gbp("25"),
        donated_at=datetime(2026, 5, 2, 18, 30, tzinfo=UTC),
        source=AmountSource.PLATFORM_API,
        message="Made-up message <3",
    )


def test_a_hidden_amount_is_none_and_not_zero() -> None:
    hidden = donation(1)
    assert (hidden.amount, hidden.donor_name, hidden.message) == (None, "Sample Donor", None)
    assert donation(amount="0.00").amount == gbp("0")


@pytest.mark.parametrize("name", [None, "", "  ", "Anonymous", "anonymous", 7])
def test_a_donor_without_a_name_is_nobody(name: object) -> None:
    assert donation(donorDisplayName=name).donor_name is None


def test_of_the_donor_only_the_shown_name_is_taken() -> None:
    shown = repr(donation(1, donorRealName="Canary Donor", image="https://cdn.example/canary.gif"))
    assert "canary" not in shown.lower()


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (None, Stage.COMPLETED),
        ("", Stage.COMPLETED),
        ("Accepted", Stage.COMPLETED),
        ("Pending", Stage.PENDING),
        ("Rejected", Stage.VOID),
        ("Cancelled", Stage.VOID),
        ("Refunded", Stage.VOID),
        ("SomethingNew", Stage.PENDING),
    ],
)
def test_a_donation_s_stage_is_read_by_table_and_an_unknown_one_is_no_gift_yet(status: str | None, stage: Stage) -> None:
    assert donation(status=status).stage is stage


def test_a_message_is_plain_text() -> None:
    assert donation(message="<p>Go <i>re</i>ef!</p><script>x</script>&#128031;").message == "Go reef! 🐟"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("id", [None, 0, -1, "", "x", True, {}]),
        ("donationDate", [None, "", "/Date(-1000)/"]),
        ("currencyCode", [None, "GB", 7]),
        ("status", [7, []]),
        ("amount", ["99999999999.00"]),
    ],
)
def test_a_donation_of_wrong_types_is_garbled(name: str, wrong: list[object]) -> None:
    for value in wrong:
        with pytest.raises(UpstreamGarbled):
            donation(**{name: value})


def test_a_donation_that_cannot_be_read_hides_no_other() -> None:
    rows = [row(id=1), row(amount="lots"), row(id=2)]
    found = mapping.donations({"donations": rows, "pagination": {"totalPages": 3}}, (PAGE,), asked_at=NOW)
    assert [donation.native_id for donation in found.donations] == ["1", "2"]
    assert (type(found.garbled), found.pages) == (UpstreamGarbled, 3)


def test_pitfall_1_the_listed_amounts_differ_from_the_total_which_stands() -> None:
    listed = mapping.donations(words("donations.json"), (PAGE,), asked_at=NOW)
    assert [donation.amount for donation in listed.donations] == [gbp("25"), None]
    assert page().raised == Raised(gbp("885.50"), 42)


# ----------------------------------------------------------------------------------------------------------------- list


async def test_a_donation_belongs_to_its_page_and_then_to_the_page_s_teams() -> None:
    connector, ports = justgiving(network())
    assert [donation.campaign for donation in await listed(connector)] == [(PAGE, "team:sample-team")] * 2
    assert asked(ports) == [PAGE_PATH, f"{DONATIONS_PATH}?pageNum=1&pageSize=50"]


async def test_donations_are_read_page_after_page() -> None:
    connector, ports = justgiving(pages)
    await connector.campaign(PAGE)
    assert [donation.native_id for donation in await listed(connector)] == [str(10_000 - n) for n in range(120)]
    assert asked(ports)[1:] == [f"{DONATIONS_PATH}?pageNum={n}&pageSize=50" for n in (1, 2, 3)]


@pytest.mark.parametrize(("minutes", "asked_pages"), [(-60, 1), (10, 1), (49, 2), (60, 2), (110, 3)])
async def test_since_a_moment_is_read_up_to_the_first_older_one_and_never_less_than_fifty(
    minutes: int, asked_pages: int
) -> None:
    connector, ports = justgiving(pages)
    since = DONATED - timedelta(minutes=minutes)
    found = await listed(connector, since=since)
    assert len(asked(ports)) == 1 + asked_pages
    assert len(found) == min(120, 50 * asked_pages)
    assert sum(donation.donated_at >= since for donation in found) == max(0, min(120, minutes + 1))


async def test_a_part_that_comes_whatever_is_asked_for_is_garbled_at_once() -> None:
    connector, ports = justgiving(network(donations=listing(rows(0, 50), pages=3)))
    with pytest.raises(UpstreamGarbled, match="repeats"):
        await listed(connector)
    assert len(asked(ports)) == 1 + 2


async def test_a_list_without_end_is_given_up() -> None:
    def endless(request: HttpRequest) -> HttpResponse:
        if not request.url.startswith(BASE + DONATIONS_PATH):
            return network()(request)
        number = int(request.url.partition("pageNum=")[2].partition("&")[0])
        return listing(rows(number, 1), number, pages=number + 1)

    connector, ports = justgiving(endless)
    with pytest.raises(UpstreamGarbled, match="pages"):
        await listed(connector)
    assert len(asked(ports)) == 1 + 1_000


@pytest.mark.parametrize("named", ["page/another-ride", "sample", 7])
async def test_the_list_of_another_page_is_garbled_as_no_donation_tells_whose_it_is(named: object) -> None:
    connector, _ = justgiving(network(donations=answered(words("donations.json", pageShortName=named))))
    with pytest.raises(UpstreamGarbled):
        await listed(connector)


@pytest.mark.parametrize("named", [None, "", "sample-reef-ride", "page/Sample-Reef-Ride"])
async def test_a_page_may_be_called_otherwise_in_its_list_as_long_as_it_is_the_same(named: object) -> None:
    connector, _ = justgiving(network(donations=answered(words("donations.json", pageShortName=named))))
    assert len(await listed(connector)) == 2


async def test_a_page_that_was_renamed_is_known_by_what_its_details_say() -> None:
    renamed = {"page": answered(words("page.json", pageShortName="page/renamed"))}
    renamed["donations"] = answered(words("donations.json", pageShortName="page/renamed"))
    connector, _ = justgiving(network(**renamed))
    assert [donation.campaign[0] for donation in await listed(connector) if isinstance(donation.campaign, tuple)] == [PAGE] * 2


@pytest.mark.parametrize("campaign", [TEAM, CAMPAIGN])
async def test_a_team_and_a_campaign_list_no_donations_themselves(campaign: str) -> None:
    connector, ports = justgiving(network())
    assert await listed(connector, campaign) == []
    assert asked(ports) == []


async def test_what_justgiving_does_not_know_has_no_donations() -> None:
    connector, _ = justgiving(network(donations=answer(404)))
    assert await listed(connector) == []
    assert await listed(connector, "gone") == []


async def test_a_donation_that_cannot_be_read_is_told_after_the_others() -> None:
    spoiled = listing([row(id=3), row(id=2, amount="1.005"), row(id=1)])
    connector, _ = justgiving(network(donations=spoiled))
    seen: list[str] = []

    async def read() -> None:
        async for movement in connector.donations(PAGE):
            seen.append(movement.native_id)

    with pytest.raises(UpstreamGarbled, match="amount"):
        await read()
    assert seen == ["3", "1"]


async def test_a_refund_that_is_told_makes_the_donation_void_in_a_later_state() -> None:
    now = [row(id=1)]

    def refunding(request: HttpRequest) -> HttpResponse:
        return network(donations=listing(now))(request)

    connector, ports = justgiving(refunding)
    (before,) = await listed(connector)
    assert isinstance(ports.clock, FakeClock)
    ports.clock.turn(timedelta(seconds=60))
    now[0]["status"] = "Refunded"
    (after,) = await listed(connector)
    assert (before.stage, after.stage) == (Stage.COMPLETED, Stage.VOID)
    assert (after.native_id, after.amount) == (before.native_id, before.amount)
    assert after.version > before.version


async def test_an_empty_page_of_a_list_is_the_last_one() -> None:
    connector, ports = justgiving(network(donations=listing([], pages=9)))
    assert await listed(connector) == []
    assert len(asked(ports)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"<?xml version='1.0'?><donations/>",
        b"<!doctype html><title>Sorry</title>",
        b'{"donations": {}}',
        b'{"donations": [], "pagination": null}',
        b'{"donations": [], "pagination": [1]}',
        b'{"donations": [], "pagination": {"totalPages": "many"}}',
        b'{"donations": [7], "pagination": {"totalPages": 1}}',
        b'{"donations": null, "pagination": {"totalPages": 1}}',
    ],
)
async def test_a_list_of_another_form_is_garbled(body: bytes) -> None:
    connector, _ = justgiving(network(donations=answer(200, body)))
    with pytest.raises(UpstreamGarbled):
        await listed(connector)
