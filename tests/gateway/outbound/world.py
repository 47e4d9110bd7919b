"""A time that passes only when somebody sleeps, and the port under test standing in it."""

import random
from collections.abc import AsyncIterator, Container, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prometheus_client import CollectorRegistry

from connectors.testing.fakes import FakeClock
from gateway.outbound.breaker import Breaker
from gateway.outbound.budgets import Budgets, Daily
from gateway.outbound.http import OutboundHttp
from gateway.outbound.limits import Limits
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.patience import Patience
from gateway.outbound.reach import Origin, Reach, public_socket
from gateway.outbound.session import open_session
from gateway.outbound.slots import Slots

PATIENT = Limits(deadline=timedelta(seconds=20), download_deadline=timedelta(seconds=20))
"""A deadline that no test meets by accident."""
HASTY = Limits(deadline=timedelta(milliseconds=400), download_silence=timedelta(milliseconds=200))


@dataclass
class FakeTime:
    """Seconds that pass by sleeping only."""

    seconds: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """What the clock shows."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Passes at once."""
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class World:
    """The port and what it was given."""

    http: OutboundHttp
    time: FakeTime
    clock: FakeClock
    registry: CollectorRegistry
    breaker: Breaker

    def counted(self, outcome: str, what: str = "calls") -> float:
        """How many attempts ended so."""
        labels = {"platform": "acme", "outcome": outcome}
        return self.registry.get_sample_value(f"giving_upstream_{what}_total", labels) or 0.0


class Everywhere:
    """The origins of an account to which every origin belongs."""

    def __contains__(self, _: object) -> bool:
        return True


@asynccontextmanager
async def reach(own: Container[Origin] = Everywhere(), limits: Limits | None = None) -> AsyncIterator[Reach]:
    """The sessions of a process, as an account with these origins may use them."""
    async with open_session("1.2.3", limits) as anywhere, open_session("1.2.3", limits, public_socket) as public:
        yield Reach(anywhere, public, own)


def outbound(
    where: Reach,
    time: FakeTime,
    clock: FakeClock,
    limits: Limits = PATIENT,
    *,
    registry: CollectorRegistry | None = None,
    slots: Slots | None = None,
    breaker: Breaker | None = None,
    budgets: Mapping[str, int] | None = None,
    daily: Mapping[str, Daily] = MappingProxyType({}),
    spacing: Mapping[str, timedelta] = MappingProxyType({}),
    folder: Path | None = None,
) -> OutboundHttp:
    """The port of one account, standing in this time."""
    return OutboundHttp(
        "acme",
        where,
        clock=clock,
        budgets=Budgets(budgets or {"default": 1_000}, time.monotonic, daily, spacing=spacing),
        slots=slots or Slots(limits, time.monotonic, time.sleep),
        metrics=CallMetrics(registry or CollectorRegistry()),
        breaker=breaker,
        patience=Patience(limits, random.Random(7), time.monotonic, time.sleep),
        folder=folder,
    )


@asynccontextmanager
async def world(limits: Limits = PATIENT, *, own: Container[Origin] = Everywhere(), **given: Any) -> AsyncIterator[World]:
    """A port on sessions of its own, with what ``outbound`` takes."""
    time, clock, registry = FakeTime(), FakeClock(), CollectorRegistry()
    breaker = Breaker(limits, time.monotonic)
    async with reach(own, limits) as where:
        http = outbound(where, time, clock, limits, registry=registry, breaker=breaker, **given)
        yield World(http, time, clock, registry, breaker)
