"""Answers over a ground that a test moves as it pleases, made by functions that it lets go when it pleases."""

import asyncio
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

from connectors.testing.fakes import FakeClock
from gateway.http.answers import Answers, Asked
from gateway.http.limits import Limits
from gateway.http.recent import Recent
from gateway.http.requests import Key, OperationRequest
from gateway.http.results import Result
from gateway.read.follower import Step
from gateway.read.notes import Notes
from schema.model.ids import CampaignId

LUNCH, SHOES = CampaignId("acme", "lunch"), CampaignId("acme", "shoes")
ERROR = {"message": "no", "extensions": {"code": "INTERNAL", "requestId": "r1"}}
QUERY = "{a}"


class Ground:
    """``gateway.http.answers.Ground`` as a test says it is."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.connected = True
        self.turn: datetime | None = None

    def now(self) -> datetime:
        """By the clock."""
        return self.clock.now()

    def turns_at(self, notes: Notes) -> datetime | None:
        """As set, or as noted."""
        return self.turn or notes.turns_at


class Familiar(Recent):
    """Everything was asked for before, so that the first answer is kept."""

    def again(self, key: Hashable, now: datetime, within: timedelta) -> bool:
        """It was."""
        return True


class Kitchen:
    """Answers that are numbered from 1001 on in the order in which they were begun.

    They are kept as ``recent`` says, or else all of them.
    """

    def __init__(self, recent: Recent | None = None, /, **limits: Any) -> None:
        self.ground = Ground()
        self.answers = Answers(Limits(**limits), self.ground, lambda context, _: context, recent or Familiar())
        self.made = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def key(self, query: str = QUERY, *, scope: str = "public", **variables: Any) -> Key:
        """What is asked for."""
        return Key.of(scope, OperationRequest(query, None, variables))

    def find(self, query: str = QUERY) -> Result | None:
        """What is kept."""
        return self.answers.find(self.key(query))

    async def ask(
        self,
        query: str = QUERY,
        note: Callable[[Notes], object] = lambda notes: notes.figures(LUNCH),
        *,
        errors: bool = False,
        data: str = "",
        outside: bool = True,
    ) -> Result:
        """The answer to a query that reads what it notes at once, and is done when the gate is open."""
        notes = self.answers.notes()

        async def make() -> Result:
            self.made += 1
            number = 1_000 + self.made
            note(notes)
            await self.gate.wait()
            return Result.of({"number": number, "data": data}, (ERROR,) if errors else ())

        return await self.answers.answer(Asked(self.key(query), notes, outside), make)

    def step(self, *moved: CampaignId, **more: Any) -> None:
        """A step becomes visible."""
        self.answers.on_step(Step(frozenset(moved), **more))
