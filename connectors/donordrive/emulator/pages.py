"""What the addresses of single things tell: the program, events, teams, participants and team groups.

https://github.com/DonorDrive/PublicAPI/tree/master/resources
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connectors.donordrive.emulator.fundraiser import Fundraiser, Kind
from connectors.donordrive.emulator.habits import Forms
from connectors.donordrive.emulator.state import Group, State
from connectors.donordrive.emulator.writing import SITE, Row, amount, image, moment

PROGRAM: Final = "0000-100"
SYMBOLS: Final = {"USD": "$", "CAD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}
PLEDGED_MINOR: Final = 2_500
"""What is pledged to each team and participant: no money yet, so it is in no sum and in no book."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The objects, as they are now."""

    state: State
    forms: Forms

    def about(self) -> Row:
        """The program. Its currency is told here and nowhere else."""
        code = self.state.currency.code
        return {
            "currency": {"symbol": SYMBOLS.get(code, code), "label": code},
            "displayName": "Sample Program",
            "charityName": "Sample Reef Trust",
            "programID": PROGRAM,
            "numOpenParticipantEvents": len(self.state.of(Kind.EVENT)),
            "avatarImageURL": image("program", self.forms),
            "links": {"home": f"{SITE}/"},
        }

    def page(self, one: Fundraiser) -> Row:
        """A fundraiser of any kind."""
        return {Kind.EVENT: self._event, Kind.TEAM: self._team, Kind.PARTICIPANT: self._participant}[one.kind](one)

    def group(self, group: Group) -> Row:
        """A team group."""
        teams = [team for team in self.state.of(Kind.TEAM) if team.group == group.code]
        return {
            "groupCode": group.code,
            "name": group.name,
            "fundraisingGoal": self._sum(group.goal_minor),
            "sumDonations": self._sum(sum(team.book.raised for team in teams)),
            "numDonations": sum(team.book.count for team in teams),
            "numParticipants": sum(len(self.state.members(Kind.PARTICIPANT, team)) for team in teams),
            "numTeams": len(teams),
        }

    def _participant(self, one: Fundraiser) -> Row:
        team = one.nearest(Kind.TEAM)
        told: Row = {
            "participantID": one.number,
            "displayName": one.name,
            "participantTypeCode": "P",
            "eventID": one.event.number,
            "eventName": one.event.name,
            **self._shared(one),
            **self._promises(one),
        }
        if team is not None:
            told |= {
                "teamID": team.number,
                "teamName": team.name,
                "isTeamCaptain": self.state.members(Kind.PARTICIPANT, team)[0] is one,
            }
        return told

    def _team(self, one: Fundraiser) -> Row:
        members = self.state.members(Kind.PARTICIPANT, one)
        return {
            "teamID": one.number,
            "name": one.name,
            "eventID": one.event.number,
            "eventName": one.event.name,
            "sourceTeamID": one.number,  # *assumed* of a team that was not there last year
            "captainDisplayName": members[0].name if members else "",  # always there, so *assumed* empty without members
            "numParticipants": len(members),
            "isInviteOnly": False,
            **self._shared(one),
            **self._promises(one),
        }

    def _event(self, one: Fundraiser) -> Row:
        told: Row = {
            "eventID": one.number,
            "name": one.name,
            "type": "P",
            "hasDates": one.starts_at is not None,
            "hasLocation": False,
            "publishDateUTC": moment(one.created_at, self.forms),
            "numParticipants": len(self.state.members(Kind.PARTICIPANT, one)),
            "numTeams": len(self.state.members(Kind.TEAM, one)),
            **self._shared(one),
        }
        dates = {"startDateUTC": one.starts_at, "endDateUTC": one.ends_at}
        told |= {name: moment(at, self.forms) for name, at in dates.items() if at is not None}
        left_out = {"createdDateUTC"}  # an event has publishDateUTC in its place
        if one.goal_minor is None:
            left_out.add("fundraisingGoal")
        if self.forms.events_without_total:
            left_out |= {"sumDonations", "numDonations"}
        return {name: value for name, value in told.items() if name not in left_out}

    def _shared(self, one: Fundraiser) -> Row:
        """What all kinds have. A goal is always told of teams and participants; that none is 0 there is *assumed*."""
        alias = {"urlAlias": one.alias} if one.alias else {}
        return {
            "fundraisingGoal": self._sum(one.goal_minor or 0),
            "sumDonations": self._sum(one.book.raised),
            "numDonations": one.book.count,
            "avatarImageURL": image(one.path, self.forms),
            "createdDateUTC": moment(one.created_at, self.forms),
            "links": {"donate": f"{SITE}/donate/{one.path}", "page": f"{SITE}/{one.path}"},
            **alias,
        }

    def _promises(self, one: Fundraiser) -> Row:
        return {
            "sumPledges": self._sum(PLEDGED_MINOR),
            "numMilestones": len(one.milestones),
            "numIncentives": len(one.incentives),
        }

    def _sum(self, minor: int) -> Decimal:
        return amount(minor, self.state.currency, full=self.forms.full_amounts)
