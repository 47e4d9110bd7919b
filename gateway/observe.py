"""What operators see: one Prometheus registry per gateway, and structured logs without bodies, secrets or persons."""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The gateway's figures. Labels have few values, and none that a stranger can choose."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "giving_deliveries", "Inbound webhooks by what became of them", ["account", "outcome"], registry=self.registry
        )
        self.rejected = Counter(
            "giving_deliveries_rejected", "Refused webhooks by reason", ["account", "reason"], registry=self.registry
        )
        self.facts = Counter(
            "giving_facts", "Facts by kind and outcome", ["platform", "kind", "outcome"], registry=self.registry
        )
        self.held = Counter(
            "giving_held", "Deliveries put into quarantine by reason", ["account", "reason"], registry=self.registry
        )
        self.totals_held = Gauge(
            "giving_totals_held",
            "Campaigns whose network states a total that is too low to be believed",
            ["platform"],
            registry=self.registry,
        )
        self.books = Counter(
            "giving_books", "Campaigns whose records were added up, by outcome", ["platform", "outcome"], registry=self.registry
        )
        self.drift = Gauge(
            "giving_drift_campaigns",
            "Campaigns whose sums are not what their records come to",
            ["platform"],
            registry=self.registry,
        )
        self.quarantine_entries = Gauge(
            "giving_quarantine_entries", "What is in quarantine, by reason", ["account", "reason"], registry=self.registry
        )
        self.quarantine_bytes = Gauge(
            "giving_quarantine_bytes", "Size of what is in quarantine", ["account"], registry=self.registry
        )
        self.quarantine_oldest = Gauge(
            "giving_quarantine_oldest_seconds", "Age of the oldest in quarantine", ["account"], registry=self.registry
        )
        self.apart = Gauge(
            "giving_listed_apart_ratio",
            "By which share of a network's own total this and the sum of what it listed differ, of the worst campaign",
            ["account"],
            registry=self.registry,
        )
        self.behind = Gauge(
            "giving_ledger_behind",
            "1 while the ledger may lack what an account told, since its server was started again",
            ["account"],
            registry=self.registry,
        )
        self.ledger_unsuitable = Gauge(
            "giving_ledger_unsuitable",
            "1 while the ledger's server is set up in a way that could lose money or count it twice",
            registry=self.registry,
        )
        self.feed_stopped = Gauge(
            "giving_feed_stopped", "1 while a network's feed is not healthy", ["account"], registry=self.registry
        )
        self.answer_seconds = Histogram(
            "giving_delivery_seconds", "Time from a webhook's arrival to its answer", ["account"], registry=self.registry
        )
        self.jobs = Counter("giving_jobs", "Scheduled work by outcome", ["account", "job", "outcome"], registry=self.registry)
        self.first_sights = Counter(
            "giving_first_sights",
            "Campaigns that nobody had seen and that were looked for, by outcome",
            ["account", "outcome"],
            registry=self.registry,
        )
        self.archived = Counter(
            "giving_archived",
            "What was put into the archive, by kind and outcome",
            ["account", "kind", "outcome"],
            registry=self.registry,
        )
        self.reconciled_day = Gauge(
            "giving_reconciled_day_timestamp_seconds",
            "Newest day whose statement was held against the ledger",
            ["account"],
            registry=self.registry,
        )
        self.reconciled = Counter(
            "giving_reconciled",
            "What statements and the ledger did not agree on",
            ["account", "finding"],
            registry=self.registry,
        )
        self.rates_day = Gauge(
            "giving_rates_day_timestamp_seconds", "Day of the newest rates that are known", ["source"], registry=self.registry
        )
        self.reload_failed = Gauge(
            "giving_reload_failed",
            "1 while the newest reading of the configuration was refused, and an earlier one holds",
            registry=self.registry,
        )

    def forget(self, account: str) -> None:
        """The states of an account that is not at work any more must alarm nobody."""
        for gauge in (self.feed_stopped, self.reconciled_day, self.behind, self.apart):
            gauge.remove(account)


def set_up_logs(*, pretty: bool, stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Lines for people on a terminal, JSON elsewhere. A line that cannot be written is lost, and nothing fails for it."""
    renderer: Any = structlog.dev.ConsoleRenderer(colors=stream.isatty()) if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lenient(stream))),
        cache_logger_on_first_use=False,
    )


class _Lenient:
    """Writes what can be written: who says that a disk is full must not fail because it is."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def _without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # a traceback quotes no local variables, but its last line quotes the message, and that may hold what was received
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
            trace = trace.tb_next
        event["error"] = type(error).__name__
        event["at"] = frames
    return event
