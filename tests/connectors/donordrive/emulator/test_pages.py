"""What the program, events, teams, participants and team groups tell of themselves."""

from datetime import UTC, datetime

import aiohttp
import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from schema.model.errors import BadCurrency
from tests.connectors.donordrive.emulator.client import Client


async def test_the_program_tells_its_currency_and_charity(client: Client) -> None:
    about = await client.told("about")

    assert about["currency"] == {"symbol": "$", "label": "USD"}
    assert about["charityName"] == "Sample Reef Trust"
    assert {"displayName", "programID", "numOpenParticipantEvents", "avatarImageURL", "links"} < set(about)


@pytest.mark.parametrize(("currency", "symbol"), [("CAD", "$"), ("JPY", "¥"), ("KWD", "KWD")])
async def test_a_program_may_have_another_currency(currency: str, symbol: str) -> None:
    emulator = DonorDriveEmulator(currency=currency)
    async with emulator.serve() as url, aiohttp.ClientSession() as http:
        assert (await Client(url, http).told("about"))["currency"] == {"symbol": symbol, "label": currency}


def test_a_currency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadCurrency):
        DonorDriveEmulator(currency="XXX")


async def test_a_participant_tells_all_that_is_guaranteed_and_its_team(client: Client) -> None:
    told = await client.told("participants/900001")

    guaranteed = {"participantID", "displayName", "eventID", "eventName", "fundraisingGoal", "sumDonations", "numDonations"}
    assert guaranteed | {"avatarImageURL", "createdDateUTC", "participantTypeCode"} < set(told)
    assert (told["participantID"], told["eventID"], told["teamID"]) == ("900001", "600", "7001")
    assert (told["displayName"], told["teamName"], told["isTeamCaptain"]) == ("Sample Participant", "Sample Team", True)
    assert (told["fundraisingGoal"], told["sumDonations"], told["numDonations"]) == ("1500", "0", "0")


async def test_a_participant_without_a_team_tells_none(emulator: DonorDriveEmulator, client: Client) -> None:
    alone = emulator.add_participant("Lone Participant")
    told = await client.told(alone.path)

    assert told["eventID"] == "600"
    assert not {"teamID", "teamName", "isTeamCaptain"} & set(told)
    assert told["fundraisingGoal"] == "0"


async def test_a_team_tells_all_that_is_guaranteed(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.add_participant("Second Participant", team=emulator.team)
    told = await client.told("teams/7001")

    guaranteed = {"teamID", "name", "eventID", "eventName", "fundraisingGoal", "sumDonations", "numDonations"}
    assert guaranteed | {"avatarImageURL", "createdDateUTC", "sourceTeamID"} < set(told)
    assert (told["captainDisplayName"], told["numParticipants"]) == ("Sample Participant", "2")
    assert (await client.told("participants/900002"))["isTeamCaptain"] is False


async def test_an_event_tells_all_that_is_guaranteed_and_no_goal_that_it_has_not(client: Client) -> None:
    told = await client.told("events/600")

    guaranteed = {"eventID", "name", "type", "avatarImageURL", "hasDates", "hasLocation", "publishDateUTC"}
    assert guaranteed < set(told)
    assert (told["type"], told["hasDates"], told["numParticipants"], told["numTeams"]) == ("P", False, "1", "1")
    assert not {"fundraisingGoal", "startDateUTC", "endDateUTC", "createdDateUTC"} & set(told)


async def test_an_event_may_have_dates_and_a_goal(emulator: DonorDriveEmulator, client: Client) -> None:
    event = emulator.add_event("Sample Night", goal_minor=1_000_050, starts_at=datetime(2026, 11, 7, 8, tzinfo=UTC))
    told = await client.told(event.path)

    assert (told["hasDates"], told["startDateUTC"], told["fundraisingGoal"]) == (True, "2026-11-07T08:00:00.0+0000", "10000.5")
    assert "endDateUTC" not in told


async def test_an_event_may_have_no_total_at_all(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.forms.events_without_total = True
    await emulator.donate(1_000)

    assert not {"sumDonations", "numDonations"} & set(await client.told("events/600"))
    assert (await client.told("teams/7001"))["sumDonations"] == "10"
    assert emulator.event.native_id not in emulator.books
    assert "events/600" not in emulator.account()["fundraisers"]


async def test_a_team_group_tells_the_sums_of_its_teams(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.add_team_group("reef", "Reef Friends", goal_minor=100_000)
    for name in ("One", "Two"):
        team = emulator.add_team(name, group="reef")
        await emulator.donate(1_250, to=emulator.add_participant(f"Member of {name}", team=team))
    await emulator.donate(99_900)

    told = await client.told("teamgroups/reef")
    assert (told["sumDonations"], told["numDonations"], told["fundraisingGoal"]) == ("25", "2", "1000")
    assert (told["name"], told["numTeams"], told["numParticipants"]) == ("Reef Friends", "2", "2")
    assert (await client.get("teamgroups/else")).status == 404


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("participants/sample-participant", "participants/900001"),
        ("teams/sample-team", "teams/7001"),
        ("events/sample-game-day", "events/600"),
    ],
)
async def test_an_alias_stands_for_the_number(client: Client, alias: str, path: str) -> None:
    told = await client.told(alias)

    assert told == await client.told(path)
    assert told["urlAlias"] == alias.split("/")[1]
    assert (await client.get(f"{alias}/donations")).status == 200


async def test_an_alias_is_given_once(emulator: DonorDriveEmulator, client: Client) -> None:
    namesakes = [emulator.add_participant(name) for name in ("Sample Participant", "900001", "珊瑚")]

    assert [("urlAlias" in await client.told(one.path)) for one in namesakes] == [False, False, False]
    assert (await client.told("participants/sample-participant"))["participantID"] == "900001"


@pytest.mark.parametrize("path", ["participants/1", "teams/900001", "events/else", "participants/1/donations", "badges"])
async def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_pledges_are_in_no_sum(client: Client) -> None:
    for path in ("participants/900001", "teams/7001"):
        told = await client.told(path)
        assert (told["sumPledges"], told["sumDonations"]) == ("25", "0")


async def test_members_are_listed(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.add_participant("Lone Participant")
    emulator.add_team("Second Team")

    assert [row["participantID"] for row in await client.told("teams/7001/participants")] == ["900001"]
    assert [row["participantID"] for row in await client.told("events/600/participants")] == ["900002", "900001"]
    assert [row["teamID"] for row in await client.told("events/600/teams")] == ["7002", "7001"]
