"""Every fault of the bench, in the order of the matrix."""

from collections.abc import Sequence
from typing import Final

from tests.faults.fault import Fault
from tests.faults.rows import (
    calls,
    clocks,
    crashes,
    drifts,
    edges,
    handshakes,
    held,
    ingest,
    ledger,
    losses,
    money,
    people,
    placing,
    process,
    replicas,
    rotation,
    upstream,
    words,
)

ROWS: Final = (
    *("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "13b", "13c", "14", "15"),
    *("16", "16b", "17", "18", "19", "19b", "20", "21", "22", "23", "24", "24b", "25"),
    *("26", "27", "28", "29"),
    *("30", "31", "32", "33", "34", "35", "36", "37"),
    *("54", "55", "56", "57", "58", "59"),
)
"""The rows of the matrix that are about money and people. Those about queries and viewers have tests of their own."""

FAULTS: Final[Sequence[Fault]] = (
    *ingest.FAULTS,
    *crashes.FAULTS,
    *edges.FAULTS,
    *rotation.FAULTS,
    *held.FAULTS,
    *placing.FAULTS,
    *handshakes.FAULTS,
    *ledger.FAULTS,
    *losses.FAULTS,
    *calls.FAULTS,
    *drifts.FAULTS,
    *replicas.FAULTS,
    *money.FAULTS,
    *words.FAULTS,
    *upstream.FAULTS,
    *process.FAULTS,
    *clocks.FAULTS,
    *people.FAULTS,
)
