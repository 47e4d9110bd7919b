"""The emulator as one object: who raises, who gives, and what can be switched."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette

from connectors.donordrive.emulator.api import Api
from connectors.donordrive.emulator.entries import Entries
from connectors.donordrive.emulator.fundraiser import Fundraiser, Incentive, Kind, Milestone
from connectors.donordrive.emulator.gate import Gate
from connectors.donordrive.emulator.habits import Forms, Habits
from connectors.donordrive.emulator.pages import Pages
from connectors.donordrive.emulator.state import Gift, Group, Pledge, State
from connectors.testing.emulation import Book, Control, Emulator, Outage, ScaledClock
from schema.model.money import Currency

Named = Fundraiser | str | None
"""A fundraiser, its path (``participants/900001``) or its native id. None: the first of its kind."""


class DonorDriveEmulator(Emulator):
    """One DonorDrive program with one event, one team and one participant at the start. It sends nothing.

    All amounts here are minor units of ``currency``. Switches: ``forms``, ``habits`` and ``outage``.
    """

    key = "donordrive"

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1, currency: str = "USD") -> None:
        super().__init__(clock=clock, seed=seed)
        self.forms: Final = Forms()
        self.habits: Final = Habits()
        self.outage: Final = Outage()
        self.state: Final = State(Currency.of(currency), self.rng, self.clock.now, lambda: urlsplit(self.url).netloc)
        self.event: Final = self.add_event("Sample Game Day")
        self.team: Final = self.add_team("Sample Team", goal_minor=500_000)
        self.participant: Final = self.add_participant("Sample Participant", team=self.team, goal_minor=150_000)
        api = Api(
            self.state,
            Pages(self.state, self.forms),
            Entries(self.state, self.forms, self.habits),
            self.forms,
            Gate(self.state, self.habits, self.outage),
        )
        people = (self.add_event, self.add_team, self.add_participant, self.add_team_group)
        deeds = (*people, self.add_milestone, self.add_incentive, self.donate, self.pledge, self.enter_offline)
        switches = {"forms": self.forms, "habits": self.habits, "outage": self.outage}
        control = Control(self, deeds, switches)
        self._app = Starlette(routes=[*api.routes, control.mount])

    @property
    def app(self) -> Starlette:
        """The API and the control door."""
        return self._app

    @property
    def books(self) -> dict[str, Book]:
        """Of every fundraiser that tells a total, by its native id: so they are named while it is served."""
        return {one.native_id: one.book for one in self._told()}

    def account(self) -> dict[str, Any]:
        """Settings of a connector for all fundraisers that tell a total."""
        return {"base_url": self.url, "fundraisers": [one.path for one in self._told()]}

    def _told(self) -> list[Fundraiser]:
        untold = Kind.EVENT if self.forms.events_without_total else None
        return [one for one in self.state.fundraisers if one.kind is not untold]

    # ---------------------------------------------------------------------------------------------------- fundraisers

    def add_event(
        self,
        name: str,
        *,
        goal_minor: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> Fundraiser:
        """One more event. Without a goal it tells none."""
        event = self.state.add(Kind.EVENT, name, (), goal_minor)
        event.starts_at, event.ends_at = starts_at, ends_at
        return event

    def add_team(
        self, name: str, event: Named = None, *, goal_minor: int | None = None, group: str | None = None
    ) -> Fundraiser:
        """One more team of an event. ``group`` is the code of a team group."""
        if group is not None and group not in self.state.groups:
            raise ValueError(f"there is no team group {group!r}")
        team = self.state.add(Kind.TEAM, name, (self._one(Kind.EVENT, event),), goal_minor)
        team.group = group
        return team

    def add_participant(
        self, name: str, *, team: Named = None, event: Named = None, goal_minor: int | None = None
    ) -> Fundraiser:
        """One more participant: of a team, or without one of an event."""
        if team is not None:
            line = self._one(Kind.TEAM, team).line
            if event is not None and self._one(Kind.EVENT, event) not in line:
                raise ValueError("the team is of another event")
        else:
            line = self._one(Kind.EVENT, event).line
        return self.state.add(Kind.PARTICIPANT, name, line, goal_minor)

    def add_team_group(self, code: str, name: str, *, goal_minor: int = 0) -> Group:
        """One more team group, which teams can be added to."""
        self.state.touch()
        self.state.groups[code] = group = Group(code, name, goal_minor)
        return group

    def add_milestone(self, title: str, minor: int, *, to: Named = None) -> Milestone:
        """A promise of a participant or a team at a total."""
        one = self._promising(to)
        milestone = Milestone(self.state.new_id(), one, title, minor)
        self.state.touch()
        one.milestones.append(milestone)
        return milestone

    def add_incentive(self, title: str, minor: int, *, to: Named = None, quantity: int | None = None) -> Incentive:
        """A promise of a participant or a team for a gift."""
        one = self._promising(to)
        incentive = Incentive(self.state.new_id(), one, title, minor, quantity)
        self.state.touch()
        one.incentives.append(incentive)
        return incentive

    # ---------------------------------------------------------------------------------------------------------- money

    async def donate(
        self,
        minor: int,
        *,
        to: Named = None,
        donor_name: str = "Sample Donor",
        message: str | None = None,
        hide_amount: bool = False,
        anonymous: bool = False,
        registration_fee: bool = False,
        incentive: str | None = None,
    ) -> Gift:
        """Somebody gives: an entry in the lists of the one who is given to, its team and its event, and in their sums.

        ``incentive`` is the id of one of its incentives.
        """
        return self.state.give(
            self._one(Kind.PARTICIPANT, to),
            minor,
            donor=None if anonymous else donor_name,
            message=message,
            shows_amount=not hide_amount,
            is_registration_fee=registration_fee,
            incentive=incentive,
        )

    async def pledge(self, minor: int, *, to: Named = None, donor_name: str = "Sample Donor") -> Pledge:
        """Somebody promises so much at most for what is achieved: an entry in the lists, and nothing in any sum."""
        return self.state.pledge(self._one(Kind.PARTICIPANT, to), max(1, minor // 10), minor, donor=donor_name)

    def enter_offline(self, minor: int, *, to: Named = None) -> Fundraiser:
        """Staff enters money, or takes a mistake back with a negative amount: totals move, and there is no entry."""
        one = self._one(Kind.PARTICIPANT, to)
        self.state.move(one, minor)
        return one

    def _promising(self, to: Named) -> Fundraiser:
        one = self._one(Kind.PARTICIPANT, to)
        if one.kind is Kind.EVENT:
            raise ValueError("events promise nothing")
        return one

    def _one(self, kind: Kind, named: Named) -> Fundraiser:
        if named is None:
            return self.state.of(kind)[0]
        return self.state.named(named) if isinstance(named, str) else named
