"""What compares readers with the server's log finds a gap, a repeat and an unproven message."""

import pytest

from tests.clients.server_log import Entry, Message, donations_differ, totals_differ

LOG = [
    Entry("p0", "received", "D0", "1.00", 1),
    Entry("p1", "received", "D1", "3.00", 2),
    Entry("p2", "received", "D2", "6.00", 3),
    Entry("p3", "changed", "D1", "4.00", 2),
    Entry("p4", "", "", "4.00", 2),
]


def told(position: str, *received: str, changed: str = "", missed: int | None = 0, recovered: bool = True) -> Message:
    """A message of a feed of donations."""
    first, second = ([{"id": name} for name in names] for names in (received, changed.split()))
    return {"position": position, "received": first, "changed": second, "missed": missed, "recovered": recovered}


def total(position: str, raised: str, count: int, *, recovered: bool = True) -> Message:
    """A message of the feed of a total."""
    figures = {"raised": {"amount": raised}, "donationCount": count}
    return {"position": position, "campaign": {"total": figures}, "recovered": recovered}


WHOLE = [told("p0"), told("p1", "D1"), told("p1"), told("p2", "D2"), told("p4", changed="D1")]


def test_every_entry_once_and_in_order_is_what_the_log_has() -> None:
    assert donations_differ(LOG, "p0", WHOLE) == []
    assert donations_differ(LOG, "p0", [told("p4", "D1", "D2")]) == []  # what changed before it was told is told as it is
    assert totals_differ(LOG, "p0", [total("p0", "1.00", 1), total("p2", "6.00", 3), total("p4", "4.00", 2)]) == []


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([*WHOLE[:1], *WHOLE[2:]], id="a gap"),
        pytest.param([*WHOLE[:2], *WHOLE[1:]], id="a repeat"),
        pytest.param([told("p0"), told("p2", "D2", "D1"), told("p4", changed="D1")], id="another order"),
        pytest.param([*WHOLE[:4], told("p4")], id="a change that is not told"),
        pytest.param([*WHOLE[:2], told("p1", recovered=False), *WHOLE[3:]], id="a start"),
        pytest.param([*WHOLE[:2], told("p1", missed=1), *WHOLE[3:]], id="a hole"),
        pytest.param([*WHOLE, told("p1")], id="a step back"),
        pytest.param([*WHOLE, told("q7")], id="a position of no entry"),
        pytest.param(WHOLE[:4], id="an early end"),
        pytest.param([], id="nothing"),
    ],
)
def test_anything_else_in_the_donations_is_found(messages: list[Message]) -> None:
    assert donations_differ(LOG, "p0", messages)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([total("p2", "6.00", 3)], id="an early end"),
        pytest.param([total("p2", "3.00", 3), total("p4", "4.00", 2)], id="another sum"),
        pytest.param([total("p2", "6.00", 2), total("p4", "4.00", 2)], id="another number"),
        pytest.param([total("p4", "4.00", 2), total("p2", "6.00", 3)], id="a step back"),
        pytest.param([total("p2", "6.00", 3, recovered=False), total("p4", "4.00", 2)], id="a snapshot"),
    ],
)
def test_anything_else_in_the_totals_is_found(messages: list[Message]) -> None:
    assert totals_differ(LOG, "p0", messages)
