"""Pages of lists in memory: whole while rows arrive, and no cursor of another list is taken for one of this."""

import base64
import random

import orjson
import pytest

from gateway.read.paging import Key, page
from schema.model.errors import BadUserInput


def key(row: tuple[float, str]) -> Key:
    """A row is its own place."""
    return row


def cursor(*place: object) -> str:
    """A cursor as another list would make it."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


@pytest.mark.parametrize("first", [1, 2, 3, 7, 100])
def test_pages_joined_are_the_list_whatever_their_size(first: int) -> None:
    rng = random.Random(first)
    rows = [(float(rng.randrange(3)), f"名 {number}") for number in range(20)]
    rng.shuffle(rows)
    found: list[tuple[float, str]] = []
    after = None
    while True:
        part = page(rows, key, first=first, after=after)
        assert part.total == 20
        found += [row for _, row in part.rows]
        if not part.has_next:
            break
        after = part.rows[-1][0]
    assert found == sorted(rows)


def test_rows_that_come_and_go_cost_no_other_row_its_place() -> None:
    rows = [(float(number), "x") for number in range(6)]
    after = page(rows, key, first=3, after=None).rows[-1][0]
    moved = [(2.5, "new"), (0.5, "new"), *rows[3:]]  # the row of the cursor is gone, too
    part = page(moved, key, first=2, after=after)
    assert [row for _, row in part.rows] == [(2.5, "new"), (3.0, "x")]
    assert (part.has_next, part.total) == (True, 5)


def test_a_page_may_be_empty() -> None:
    rows = [(1.0, "x")]
    assert page(rows, key, first=0, after=None).has_next
    end = page(rows, key, first=1, after=None).rows[-1][0]
    assert page(rows, key, first=1, after=end).rows == ()
    assert page([], key, first=1, after=end).rows == ()


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "é",
        "====",
        cursor(),
        cursor(1.0),
        cursor(1.0, "x", "y"),
        cursor("x", 1.0),
        cursor(1.0, None),
        cursor(1.0, ["x"]),
        base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b'"x"').decode(),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused_by_name(after: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        page([(1.0, "x")], key, first=1, after=after)
    assert caught.value.argument == "after"
