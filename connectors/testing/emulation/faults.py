"""What can be made to go wrong, by name. Everything is off until it is switched on."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from starlette.responses import HTMLResponse, Response

_PAGE: Final = "<!doctype html><title>Sorry</title><p>We will be back soon.</p>"

AnyFault = TypeVar("AnyFault", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Plan(Generic[AnyFault]):
    """The faults of one delivery over all of its attempts. Those ``passing`` and asked for once spoil its first one only."""

    once: frozenset[AnyFault] = frozenset()
    always: frozenset[AnyFault] = frozenset()
    passing: frozenset[AnyFault] = frozenset()

    def __contains__(self, fault: AnyFault) -> bool:
        return fault in self.once or fault in self.always

    def at(self, attempt: int) -> frozenset[AnyFault]:
        """Those of one attempt, counted from 0."""
        return self.always | (self.once if attempt == 0 else self.once - self.passing)


class DeliveryFaults(Generic[AnyFault]):
    """The faults of deliveries that are about to be made, out of a network's own ``kind``.

    Those ``passing`` and asked for once spoil the first attempt only: the next ones are as they should be.
    """

    def __init__(self, kind: type[AnyFault], passing: Iterable[AnyFault] = ()) -> None:
        self.kind = kind
        self.pending: set[AnyFault] = set()
        self.standing: set[AnyFault] = set()
        self._passing = frozenset(passing)

    def once(self, *faults: AnyFault) -> None:
        """Spoils the next delivery that these faults fit."""
        self.pending.update(faults)

    def always(self, *faults: AnyFault) -> None:
        """Spoils every delivery that these faults fit, in each attempt."""
        self.standing.update(faults)

    def clear(self) -> None:
        """All is well again."""
        self.pending.clear()
        self.standing.clear()

    def take(self, *, without: Iterable[AnyFault] = ()) -> Plan[AnyFault]:
        """The faults of the delivery that is about to start; those ``without`` do not fit it and wait for one they do."""
        once = frozenset(self.pending.difference(without))
        self.pending -= once
        return Plan(once, frozenset(self.standing.difference(without)), self._passing)


@dataclass(slots=True)
class Outage:
    """An API that fails: the next calls never reach it."""

    fail_next: int = 0
    """How many calls more are answered with a page for people."""
    fail_status: int = 500
    """The status of that page; 200 is among those that were seen."""
    retry_after: str | None = None
    """The header of that name on that page."""
    slow: timedelta = timedelta()
    """How long each answer takes, by the machine's clock."""

    async def meet(self) -> Response | None:
        """What the call that just came is answered, if it is to fail."""
        if self.slow:
            await asyncio.sleep(self.slow.total_seconds())
        if self.fail_next > 0:
            self.fail_next -= 1
            headers = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
            return HTMLResponse(_PAGE, self.fail_status, headers)
        return None
