"""What is counted of the calls that leave. Labels are a platform's key and one word, never an address or a person."""

from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60)


class Outcome(StrEnum):
    """What became of one attempt."""

    ANSWERED = "answered"
    THROTTLED = "throttled"  # 429
    FAILED = "failed"  # 5xx
    UNREACHABLE = "unreachable"  # nothing was sent
    BROKEN = "broken"  # the connection or the body ended early, or is no HTTP
    SLOW = "slow"
    GARBLED = "garbled"  # too large, or not to be believed
    HELD = "held"  # by the budget, or by the network's wish: nothing was sent
    ABANDONED = "abandoned"  # the caller went away, or the connector raised


class CallMetrics:
    """Calls as the network counts them: each attempt is one. One of these per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "giving_upstream_calls",
            "Attempts to ask a network, by what became of them.",
            ("platform", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "giving_upstream_seconds", "Seconds that an attempt took.", ("platform",), buckets=_SECONDS, registry=registry
        )

    def count(self, platform: str, outcome: Outcome, seconds: float) -> None:
        """One attempt. What was held back took none of the network's time."""
        self._calls.labels(platform, outcome).inc()
        if outcome is not Outcome.HELD:
            self._seconds.labels(platform).observe(seconds)
