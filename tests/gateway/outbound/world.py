"""A time that passes only when somebody sleeps, and the port under test standing in it."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from prometheus_client import CollectorRegistry

from connectors.testing.fakes import FakeClock
from gateway.outbound.budgets import Budgets, Daily
from gateway.outbound.http import OutboundHttp
from gateway.outbound.limits import Limits
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.patience import Patience
from gateway.outbound.session import open_session

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

    def counted(self, outcome: str) -> float:
        """How many attempts ended so."""
        return self.registry.get_sample_value("giving_upstream_calls_total", {"platform": "acme", "outcome": outcome}) or 0.0


@asynccontextmanager
async def world(
    limits: Limits = PATIENT,
    *,
    budgets: Mapping[str, int] | None = None,
    daily: Mapping[str, Daily] = MappingProxyType({}),
    spacing: Mapping[str, timedelta] = MappingProxyType({}),
    folder: Path | None = None,
) -> AsyncIterator[World]:
    """A port on a session of its own."""
    time, clock, registry = FakeTime(), FakeClock(), CollectorRegistry()
    patience = Patience(limits, random.Random(7), time.monotonic, time.sleep)
    async with open_session("1.2.3", limits) as session:
        http = OutboundHttp(
            "acme",
            session,
            clock=clock,
            budgets=Budgets(budgets or {"default": 1_000}, time.monotonic, daily, spacing=spacing, sleep=time.sleep),
            metrics=CallMetrics(registry),
            patience=patience,
            folder=folder,
        )
        yield World(http, time, clock, registry)
