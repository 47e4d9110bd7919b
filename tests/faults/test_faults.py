"""A part of the fault bench wherever the tests run, quickly; ``make faults`` plays all of it."""

import pytest

from tests.faults.fault import Fault
from tests.faults.matrix import FAULTS, ROWS
from tests.faults.playing import play

QUICK = [pytest.param(fault, id=fault.key) for fault in FAULTS if fault.ci]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", QUICK)
async def test_nothing_is_lost_and_nothing_doubled(fault: Fault, seed: int) -> None:
    line = await play(fault, seed, quick=True)
    assert line.holds, f"seed {seed}: {line.problem or line.told}"


def test_every_row_of_the_matrix_has_a_fault() -> None:
    assert {fault.row for fault in FAULTS} == set(ROWS)


def test_faults_are_told_apart() -> None:
    assert len({fault.key for fault in FAULTS}) == len(FAULTS)
