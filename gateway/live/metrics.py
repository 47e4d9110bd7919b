"""What is counted of those who watch: figures of this process, as they are when they are asked for."""

import asyncio
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.live.places import Places
from gateway.live.running import RunningOperations


class LiveFigures(Collector):
    """How many watch, and what that costs."""

    def __init__(self, running: RunningOperations, places: Places) -> None:
        self._running = running
        self._places = places

    def collect(self) -> Iterable[Metric]:
        """Gauges of what is open, counters of what was done."""
        running = self._running
        yield GaugeMetricFamily("giving_live_sockets", "Connections of viewers that are open", len(self._places))
        yield GaugeMetricFamily("giving_live_viewers", "Operations that are followed, by all viewers", running.viewers)
        yield GaugeMetricFamily("giving_live_operations", "Of those the ones that differ: each is run once", len(running))
        yield CounterMetricFamily(
            "giving_live_executed", "Messages that were executed, for however many viewers", running.executed
        )
        yield CounterMetricFamily("giving_live_told", "Messages that were handed to viewers", running.told)
        yield CounterMetricFamily(
            "giving_live_behind", "Readers that took too little and began anew from where they were", running.behind
        )
        yield GaugeMetricFamily("giving_tasks", "Tasks of this process, whatever they are for", _tasks())


def _tasks() -> int:
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # nothing runs
        return 0
