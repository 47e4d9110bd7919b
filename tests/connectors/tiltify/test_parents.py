"""Who supports whom: a team's total holds its members', so a season must not count both."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.testing.conformance.bench import running
from connectors.tiltify.case import TiltifyCase
from connectors.tiltify.connector import Tiltify
from connectors.tiltify.emulator import TiltifyEmulator
from schema.model.facts import CampaignState


class FamilyCase(TiltifyCase):
    """A team in an event, with a member; and somebody of neither."""

    def emulator(self) -> TiltifyEmulator:
        emulator = TiltifyEmulator(seed=1)
        event = emulator.add_event("Sample Week")
        team = emulator.add_team_campaign("Sample Team", event=event)
        emulator.add_campaign("Sample Member", team=team)
        emulator.add_campaign("Sample Loner")
        return emulator


def kinds(state: CampaignState) -> tuple[str, ...] | None:
    return None if state.part_of is None else tuple(parent.partition("/")[0] for parent in state.part_of)


async def listed(connector: Any) -> dict[str, CampaignState]:
    assert isinstance(connector, Tiltify)
    return {state.title or "": state async for state in connector.campaigns()}


async def test_a_member_is_part_of_its_team_and_of_the_teams_event_nearest_first() -> None:
    async with running(FamilyCase()) as bench:
        found = await listed(bench.connector)
    assert kinds(found["Sample Member"]) == ("team_campaign", "fundraising_event")
    assert kinds(found["Sample Team"]) == ("fundraising_event",)
    assert not kinds(found["Sample Loner"])
    assert not kinds(found["Sample Week"])


async def test_a_delivery_does_not_take_a_parent_away() -> None:
    async with running(FamilyCase()) as bench:
        await bench.give(1_999)
        told = [fact for fact in await bench.delivered() if isinstance(fact, CampaignState)]
    assert told
    assert {state.part_of for state in told} == {None}


async def test_who_supports_whom_is_read_again_after_ten_minutes_and_not_before() -> None:
    async with running(FamilyCase()) as bench:
        await listed(bench.connector)
        before = len(bench.http.seen)
        await listed(bench.connector)
        quiet = len(bench.http.seen) - before
        bench.emulator.clock.turn(timedelta(minutes=11))
        await listed(bench.connector)
    assert len(bench.http.seen) - before - quiet > quiet == 4


async def test_what_was_known_stays_where_it_cannot_be_read_again() -> None:
    async with running(FamilyCase()) as bench:
        await listed(bench.connector)
        bench.emulator.clock.turn(timedelta(minutes=11))

        bench.http.spoil = lambda response: (
            replace(response, body=b"<!doctype html>")
            if b"supporting_type" in response.body and b'"after"' in response.body
            else response
        )
        found = await listed(bench.connector)
    assert kinds(found["Sample Member"]) == ("team_campaign", "fundraising_event")
