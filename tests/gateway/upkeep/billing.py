"""A network that keeps bills, and what holds them against the ledger. A bill is text with rows such as ``gift 1 400``."""

import io
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

from redis.asyncio import Redis

from connectors.contract import Row
from connectors.spec import Pace
from gateway.store.continuity import Continuity
from gateway.store.reconciled import Reconciled
from gateway.upkeep.catch_up import CatchUp
from gateway.upkeep.expected import Counted
from gateway.upkeep.reconcile import Reconcile
from gateway.upkeep.replay import Replay
from gateway.upkeep.statements import Statements
from schema.model.errors import NotFound
from schema.model.facts import Clues, DonationState
from tests.gateway.acme import Acme, back, given, spec
from tests.gateway.world import DECLARED, Passing, World

DAY = date(2026, 9, 1)
"""Yesterday in Beijing, where it is 11:00."""
NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
PACE = Pace(statements_at=time(10), statements_kept=timedelta(days=90), zone="Asia/Shanghai")
NO_GENERAL: Mapping[str, Any] = {**DECLARED, "accounts": {"lunch": {"connector": "acme"}}}
TWO: Mapping[str, Any] = {
    **DECLARED,
    "accounts": {name: {"connector": "acme", "general": "other-gifts"} for name in ("lunch", "b")},
}


class Billing(Acme):
    """``bills`` are by day; a day that is not there had no transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.bills: dict[date, str | Exception] = {}
        self.billed: list[date] = []

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """What the test said."""
        self.billed.append(day)
        found = self.bills.get(day, NotFound("no transactions"))
        if isinstance(found, Exception):
            raise found
        with io.BytesIO(found.encode()) as file:
            yield file

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """One row a line."""
        for line, raw in enumerate(source, 1):
            match raw.decode().split():
                case ["gift", number, minor]:
                    yield Row(line, (gift(int(number), int(minor)),))
                case ["tea", number, minor]:
                    yield Row(line, (gift(int(number), int(minor), Clues(attach="tea")),))
                case ["back", number, minor]:
                    yield Row(line, (back(int(number), int(minor)),))
                case ["nothing"]:
                    yield Row(line)
                case ["fault"]:
                    raise KeyError("a fault")
                case _:
                    yield Row(line, problem="the row cannot be read")


def gift(number: int, minor: int, clues: Clues | None = None, *, at: datetime = NOON) -> DonationState:
    """A donation at noon of the day, or at another time."""
    return given(number, minor, clues or Clues(attach="lunch"), at=at)


def bill(*rows: str) -> str:
    """A bill with these rows."""
    return "".join(f"{row}\n" for row in rows)


def world_of(client: Redis, *networks: Billing, values: Mapping[str, Any] = DECLARED, archive: Passing | None = None) -> World:
    """A world whose network keeps bills for 90 days, from 10:00 of the day after, in Beijing."""
    return World(client, *networks, spec=replace(spec(), pace=PACE), values=values, archive=archive)


def statements_of(world: World) -> Statements:
    """What reads its bills."""
    return Statements(world.ingest, world.archive, Counted(world.shelf, world.current, world.clock))


def replay_of(world: World) -> Replay:
    """What reads its archive."""
    return Replay(world.archive, world.webhooks(), statements_of(world))


def reconcile_of(world: World) -> Reconcile:
    """The job of its first account, as a process has it after a restart."""
    done = Reconciled(world.redis)
    return Reconcile(world.account, statements_of(world), done, world.clock, world.metrics)


def catch_up_of(world: World) -> CatchUp:
    """What its first account reads again, likewise."""
    reconcile = reconcile_of(world)
    return CatchUp(world.account, Continuity(world.redis, world.clock), replay_of(world), world.clock, reconcile=reconcile)
