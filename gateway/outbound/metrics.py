"""What is counted of the calls that leave. Labels are a key of ours and one word, never an address or a person."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.outbound.breaker import Breaker

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
    OPEN = "open"  # by the breaker: nothing was sent
    CROWDED = "crowded"  # no place came free: nothing was sent
    REFUSED = "refused"  # the address is neither the account's own nor a public one, or none at all: nothing was sent
    ABANDONED = "abandoned"  # the caller went away, or the connector raised


_UNSENT: Final = frozenset({Outcome.HELD, Outcome.OPEN, Outcome.CROWDED, Outcome.REFUSED})


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
        self._retries = Counter(
            "giving_upstream_retries",
            "Wishes to ask a network once more after a failure, by whether the budget of retries had room.",
            ("platform", "outcome"),
            registry=registry,
        )

    def count(self, platform: str, outcome: Outcome, seconds: float) -> None:
        """One attempt. What was not sent took none of the network's time."""
        self._calls.labels(platform, outcome).inc()
        if outcome not in _UNSENT:
            self._seconds.labels(platform).observe(seconds)

    def retry(self, platform: str, *, made: bool) -> None:
        """One wish to try again: made, or the budget was spent."""
        self._retries.labels(platform, "made" if made else "spent").inc()


class BreakerStates(Collector):
    """Says of the accounts at work whether their breakers are open; of one that is gone nothing is left to forget."""

    def __init__(self, breakers: Callable[[], Mapping[str, Breaker]]) -> None:
        self._breakers = breakers

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One figure an account, as it is now."""
        states = GaugeMetricFamily("giving_upstream_open", "1 while a network is left alone but for probes", labels=["account"])
        for account, breaker in self._breakers().items():
            states.add_metric([account], float(breaker.is_open))
        yield states
