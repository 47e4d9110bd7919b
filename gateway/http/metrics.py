"""What is counted of operations: figures of this process, as they are when they are asked for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.http.limits import Limits
from gateway.http.operations import Runs


class RunFigures(Collector):
    """How operations are executed."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def collect(self) -> Iterable[Metric]:
        """One counter for each way."""
        counter = CounterMetricFamily(
            "giving_operations", "Operations and messages of feeds that were executed", labels=["how"]
        )
        for each in fields(self._runs):
            counter.add_metric([each.name], getattr(self._runs, each.name))
        yield counter


class LimitFigures(Collector):
    """What clients may ask for, and how often they asked for more."""

    def __init__(self, limits: Limits, refused: Counter[str]) -> None:
        self._limits = limits
        self._refused = refused

    def collect(self) -> Iterable[Metric]:
        """A gauge and a counter, both by the limits' names; of a limit that was never met no counter."""
        gauge = GaugeMetricFamily("giving_limit", "What clients may ask for", labels=["limit"])
        for name, value in asdict(self._limits).items():
            gauge.add_metric([name], value)
        yield gauge
        counter = CounterMetricFamily("giving_limit_refused", "How often a client was over a limit", labels=["limit"])
        for name, count in self._refused.items():
            counter.add_metric([name], count)
        yield counter
