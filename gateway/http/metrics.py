"""What is counted of operations: figures of this process, as they are when they are asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping
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
    """All bounds, those that are settings and those that are fixed, and how often somebody was over one of them."""

    def __init__(self, limits: Limits, fixed: Mapping[str, float], refused: Counter[str]) -> None:
        self._told = {**asdict(limits), **fixed}
        self._refused = refused

    def collect(self) -> Iterable[Metric]:
        """A gauge and a counter, both by the limits' names; of a limit that was never met no counter."""
        gauge = GaugeMetricFamily("giving_limit", "The bounds that have a name, as they are set or fixed", labels=["limit"])
        for name, value in self._told.items():
            gauge.add_metric([name], value)
        yield gauge
        counter = CounterMetricFamily("giving_limit_refused", "How often somebody was over a limit", labels=["limit"])
        for name, count in self._refused.items():
            counter.add_metric([name], count)
        yield counter
