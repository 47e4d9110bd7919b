"""Logs and metrics without bodies, secrets or persons."""

import errno
import io
import json
from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import generate_latest

from gateway.observe import Metrics, set_up_logs

CANARY = "canary-41aa"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    set_up_logs(pretty=False, stream=stream)
    yield stream
    structlog.reset_defaults()


def fail() -> None:
    secret = CANARY
    raise ValueError(f"received {secret}")


def test_a_line_is_json_with_its_moment_and_level(lines: io.StringIO) -> None:
    structlog.get_logger().warning("delivery.held", account="lunch")
    entry = json.loads(lines.getvalue())
    assert entry["event"] == "delivery.held"
    assert entry["account"] == "lunch"
    assert entry["level"] == "warning"
    assert entry["timestamp"].endswith("Z")


def test_a_fault_is_logged_by_its_kind_and_place_and_never_by_its_words(lines: io.StringIO) -> None:
    log = structlog.get_logger()
    try:
        fail()
    except ValueError as error:
        log.exception("job.fault", job="poll")
        log.critical("background.fault", exc_info=error)
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    for entry in entries:
        assert entry["error"] == "ValueError"
        assert entry["at"][-1].endswith(" fail")
        assert "test_observe.py:" in entry["at"][-1]
    assert CANARY not in lines.getvalue()


def test_pretty_lines_keep_the_words_of_a_fault_to_themselves_too() -> None:
    stream = io.StringIO()
    set_up_logs(pretty=True, stream=stream)
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("job.fault")
    finally:
        structlog.reset_defaults()
    assert "job.fault" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("quiet")
    assert lines.getvalue() == ""


class Full(io.StringIO):
    """A file on a disk without room."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_ends_nothing() -> None:
    set_up_logs(pretty=False, stream=Full())
    structlog.get_logger().critical("archive.failed", account="lunch")
    structlog.reset_defaults()


def test_two_gateways_in_one_process_count_for_themselves() -> None:
    one, other = Metrics(), Metrics()
    one.deliveries.labels("lunch", "applied").inc()
    assert b'giving_deliveries_total{account="lunch",outcome="applied"} 1.0' in generate_latest(one.registry)
    assert b"giving_deliveries_total{" not in generate_latest(other.registry)
