"""What the operating system says of a process."""

import os

import pytest

from benchmarks.fanout.run import percentile
from benchmarks.process import busy_seconds, resident
from benchmarks.world import TICKS

STAT = """\
cpu  30 0 30 600 60 0 0 0 0 0
cpu1 10 0 10 200 20 0 0 0 0 0
cpu10 1 2 3 500 60 4 5 6 7 8
"""


def test_memory_is_told_in_bytes() -> None:
    before = resident(os.getpid())
    held = b"x" * 64 * 1024 * 1024

    assert len(held) * 0.9 < resident(os.getpid()) - before < len(held) * 1.5


@pytest.mark.parametrize(("core", "ticks"), [(1, 20), (10, 1 + 2 + 3 + 4 + 5 + 6)])
def test_a_core_is_busy_with_all_but_idling_and_waiting_for_disks(core: int, ticks: int) -> None:
    assert busy_seconds(core, STAT) == ticks / TICKS


@pytest.mark.parametrize(("values", "of", "found"), [(range(1, 101), 99, 99), (range(1, 6), 99, 5), ([7.0], 50, 7.0)])
def test_a_percentile_is_one_of_the_values(values: list[float], of: int, found: float) -> None:
    assert percentile(values, of) == found
