"""How much is in quarantine, for whoever watches: every process tells it, of every account that holds anything."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from connectors.ports import Clock
from gateway.configured import Current
from gateway.intake.quarantine import Holding, Quarantine
from gateway.observe import Metrics
from gateway.upkeep.repeat import repeat

EVERY: Final = timedelta(seconds=30)
JOB: Final = "holdings"


class Holdings:
    """Sets the figures. What is held of accounts that the configuration has no more is given up after its time here, as nobody
    else looks at it.
    """

    def __init__(self, quarantine: Quarantine, current: Current, clock: Clock, metrics: Metrics) -> None:
        self._quarantine = quarantine
        self._current = current
        self._clock = clock
        self._metrics = metrics
        self._told: set[tuple[str, str]] = set()

    async def run(self, sleep: Callable[[timedelta], Awaitable[None]]) -> None:
        """Every 30 s, until it is cancelled."""
        await repeat("quarantine", JOB, self.once, EVERY, self._metrics, sleep=sleep)

    async def once(self) -> None:
        """Tells what is held now. Raises LedgerUnavailable."""
        told: set[tuple[str, str]] = set()
        for name in await self._quarantine.accounts():
            if name not in self._current.now.accounts:
                await self._quarantine.due(name)
            holding = await self._quarantine.holding(name)
            self._tell(name, holding)
            told |= {(name, reason) for reason in holding.reasons}
        for name, reason in self._told - told:
            self._metrics.quarantine_entries.remove(name, reason)
        self._told = told

    def _tell(self, account: str, holding: Holding) -> None:
        age = timedelta() if holding.oldest is None else self._clock.now() - holding.oldest
        self._metrics.quarantine_bytes.labels(account).set(holding.size)
        self._metrics.quarantine_oldest.labels(account).set(age.total_seconds())
        for reason, count in holding.reasons.items():
            self._metrics.quarantine_entries.labels(account, reason).set(count)
