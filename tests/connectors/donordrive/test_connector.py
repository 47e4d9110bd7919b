"""Asking a program for its fundraisers and for itself: which address, how often, and what is found."""

import json
from datetime import timedelta

import pytest

from connectors.http import HttpResponse
from connectors.testing.fakes import FakeClock, answer
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import Raised
from schema.model.money import Currency, Money
from schema.model.time import micros
from tests.connectors.donordrive.given import (
    BASE,
    EVENT,
    HOST,
    HTML,
    NOW,
    PARTICIPANT,
    TEAM,
    asked,
    body,
    campaigns,
    donations,
    donordrive,
    program,
    read,
    sample,
    sent,
    words,
)

CAD = Currency.of("CAD")
EVERYTHING = ("participants/900001", "teams/7001", "events/600")


async def test_the_configured_fundraisers_are_listed_with_the_moment_of_asking() -> None:
    connector, ports = donordrive(program(), fundraisers=EVERYTHING)
    found = await campaigns(connector)
    assert [state.native_id for state in found] == [PARTICIPANT, TEAM, EVENT]
    assert {state.version for state in found} == {micros(NOW)}
    assert asked(ports) == ["about", *EVERYTHING]


async def test_what_is_asked_is_json_in_a_version_that_has_everything() -> None:
    connector, ports = donordrive(program())
    await campaigns(connector)
    request = sent(ports)[-1]
    assert (request.method, request.url) == ("GET", f"{BASE}/api/participants/900001?version=1.3")
    assert request.headers == {"Accept": "application/json"}


async def test_an_object_may_come_alone_or_as_the_only_one_of_an_array() -> None:
    alone, _ = donordrive(program())
    array, _ = donordrive(program({"participants/900001": body([json.loads(sample("participant.json"))])}))
    assert await campaigns(alone) == await campaigns(array)


async def test_an_alias_is_resolved_by_the_answer() -> None:
    connector, _ = donordrive(program(), fundraisers=("participants/sample-alias",))
    assert [state.native_id for state in await campaigns(connector)] == [PARTICIPANT]


async def test_any_fundraiser_of_the_host_can_be_asked_for_by_its_native_id() -> None:
    connector, _ = donordrive(program())
    assert (await connector.campaign(f"{HOST}/events/601")).raised is None
    assert (await connector.campaign(TEAM)).raised == Raised(Money(231000, CAD), 97)


@pytest.mark.parametrize(
    "native",
    [
        "other.example/participants/900001",
        "program.example:8443/participants/900001",
        f"{HOST}/participants/sample-alias",
        f"{HOST}/participants/0900001",
        f"{HOST}/donors/1",
        f"{HOST}/participants",
        HOST,
        "",
        "a",
    ],
)
async def test_an_id_of_another_host_or_form_is_not_found_and_nobody_is_asked(native: str) -> None:
    connector, ports = donordrive(program())
    for ask in (connector.campaign(native), connector.milestones(native), donations(connector, native)):
        with pytest.raises(NotFound):
            await ask
    assert asked(ports) == []


async def test_a_fundraiser_that_the_host_does_not_have_is_not_found() -> None:
    connector, _ = donordrive(program())
    absent = f"{HOST}/teams/7999"
    for ask in (connector.campaign(absent), connector.milestones(absent), donations(connector, absent)):
        with pytest.raises(NotFound):
            await ask


async def test_a_fundraiser_that_answers_as_another_one_is_garbled() -> None:
    connector, _ = donordrive(program({"participants/900002": answer(200, sample("participant.json"))}))
    with pytest.raises(UpstreamGarbled, match="another fundraiser"):
        await connector.campaign(f"{HOST}/participants/900002")


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [(answer(404), NotFound, "entry 1 of fundraisers"), (answer(200, HTML), UpstreamGarbled, "base_url")],
)
async def test_one_fundraiser_in_trouble_hides_no_other(trouble: HttpResponse, error: type[Exception], words: str) -> None:
    connector, _ = donordrive(program({"participants/900001": trouble}), fundraisers=EVERYTHING)
    told: list[str] = []
    with pytest.raises(error, match=words):
        await read(connector.campaigns(), told)
    assert told == [TEAM, EVENT]


async def test_all_that_the_host_does_not_know_are_told_and_what_is_garbled_before_them() -> None:
    absent = {"participants/900001": answer(404), "teams/7001": answer(404)}
    connector, _ = donordrive(program(absent), fundraisers=EVERYTHING)
    with pytest.raises(NotFound, match=f"^{HOST} does not know entry 1 of fundraisers, entry 2 of fundraisers$"):
        await read(connector.campaigns(), [])
    connector, _ = donordrive(program({**absent, "events/600": answer(200, HTML)}), fundraisers=EVERYTHING)
    with pytest.raises(UpstreamGarbled, match="base_url"):
        await read(connector.campaigns(), [])


async def test_a_total_may_move_before_its_donation_is_listed_or_without_one() -> None:
    moved = words("participant.json") | {"sumDonations": 985, "numDonations": 43}  # money that staff entered
    connector, _ = donordrive(program({"participants/900001": body(moved)}))
    before = await donations(connector, PARTICIPANT)
    assert (await connector.campaign(PARTICIPANT)).raised == Raised(Money(98500, CAD), 43)
    assert await donations(connector, PARTICIPANT) == before


async def test_the_program_is_asked_for_its_currency_once_a_day() -> None:
    connector, ports = donordrive(program())
    assert isinstance(ports.clock, FakeClock)
    await campaigns(connector)
    ports.clock.turn(timedelta(hours=23, minutes=59))
    await donations(connector)
    await connector.milestones(TEAM)
    assert asked(ports).count("about") == 1
    ports.clock.turn(timedelta(minutes=1))
    await campaigns(connector)
    assert asked(ports).count("about") == 2


async def test_the_currency_that_the_public_wanted_comes_from_the_program_s_about() -> None:
    connector, _ = donordrive(program())
    (state,) = await campaigns(connector)
    assert state.raised == Raised(Money(88550, CAD), 42)


async def test_a_configured_currency_wins_over_the_program_s() -> None:
    connector, _ = donordrive(program(), currency="USD")
    (state,) = await campaigns(connector)
    assert state.raised == Raised(Money(88550, Currency.of("USD")), 42)
    assert state.charity is not None
    assert {gift.amount.currency.code for gift in await donations(connector) if gift.amount} == {"USD"}


async def test_a_program_that_is_older_than_about_needs_a_configured_currency() -> None:
    connector, _ = donordrive(program({"about": answer(404)}))
    with pytest.raises(UpstreamGarbled, match="currency must be configured"):
        await campaigns(connector)
    configured, _ = donordrive(program({"about": answer(404)}), currency="CAD")
    (state,) = await campaigns(configured)
    assert (state.raised, state.charity) == (Raised(Money(88550, CAD), 42), None)
