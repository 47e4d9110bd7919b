"""What is counted of answers that are kept: figures of this process, as they are when they are asked for."""

from collections.abc import Iterable
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from gateway.http.answers import AGES, Answers


class AnswerFigures(Collector):
    """How queries are answered."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def collect(self) -> Iterable[Metric]:
        """Where answers come from, how old those are that were kept, and what keeping them takes."""
        served = self._answers.served
        counter = CounterMetricFamily("giving_answers", "Queries that were answered", labels=["source"])
        for source in ("kept", "shared", "made"):
            counter.add_metric([source], getattr(served, source))
        yield counter
        yield CounterMetricFamily("giving_answers_repeated", "Of those kept, at the sight of a request", served.repeated)
        bounds = map(floatToGoString, (*AGES, float("inf")))
        ages = list(zip(bounds, accumulate(served.ages), strict=True))
        yield HistogramMetricFamily("giving_answer_age_seconds", "Age of answers that were kept", ages, served.age_seconds)
        yield GaugeMetricFamily("giving_answers_kept", "Answers that are kept", len(self._answers))
        yield GaugeMetricFamily("giving_answers_kept_bytes", "What those take", self._answers.bytes)
