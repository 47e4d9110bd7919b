"""A part of the fault bench wherever the tests run, quickly: within three minutes. ``make faults`` plays all of it."""

from typing import Final

import pytest

from tests.faults.fault import Fault
from tests.faults.matrix import FAULTS, ROWS
from tests.faults.playing import play

EVERYWHERE: Final = (
    *("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "13b", "13c"),
    *("16", "16b", "17", "18", "24b", "26", "27", "28", "56"),
)
"""Rows of which something is played at every change."""
QUICK = [pytest.param(fault, id=fault.key) for fault in FAULTS if fault.ci]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", QUICK)
async def test_nothing_is_lost_and_nothing_doubled(fault: Fault, seed: int) -> None:
    line = await play(fault, seed, quick=True)
    assert line.holds, f"seed {seed}: {line.problem or line.told}"


def test_every_row_of_the_matrix_has_a_fault() -> None:
    assert {fault.row for fault in FAULTS} == set(ROWS)


def test_rows_that_are_played_everywhere_are_these() -> None:
    assert set(EVERYWHERE) == {fault.row for fault in FAULTS if fault.ci}


def test_faults_are_told_apart() -> None:
    assert len({fault.key for fault in FAULTS}) == len(FAULTS)
