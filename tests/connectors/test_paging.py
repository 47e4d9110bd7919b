"""Rows of a list: one that cannot be read hides no other, and is told after the last of them."""

from collections.abc import AsyncIterator

import pytest

from connectors.paging import each_read
from schema.model.errors import Unreadable, UpstreamGarbled, UpstreamUnavailable


async def rows(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        if text == "silence":
            raise UpstreamUnavailable("no answer")
        yield text


def number(text: str) -> int:
    if not text.isdigit():
        raise Unreadable(text)
    return int(text)


async def test_each_row_is_read_in_its_order() -> None:
    assert [item async for item in each_read(rows("2", "1", "3"), number)] == [2, 1, 3]


async def test_a_row_that_cannot_be_read_hides_no_other_and_the_first_of_them_is_told_last() -> None:
    read = each_read(rows("1", "x", "2", "y", "3"), number)

    assert [await anext(read) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(UpstreamGarbled, match="the answer's x is not as it must be"):
        await anext(read)


async def test_what_fails_between_rows_is_told_as_it_is() -> None:
    with pytest.raises(UpstreamUnavailable):
        assert [item async for item in each_read(rows("1", "x", "silence"), number)]
