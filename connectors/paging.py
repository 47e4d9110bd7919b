"""Pages of a network's list, bounded, whatever the network answers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeVar

from connectors.reading import readable
from schema.model.errors import UpstreamGarbled

MAX_PAGES: Final = 1_000

Row = TypeVar("Row")
Item = TypeVar("Item")


async def paged(
    fetch: Callable[[str | None], Awaitable[tuple[Sequence[Item], str | None]]], *, most: int = MAX_PAGES
) -> AsyncIterator[Item]:
    """Yields the items of page after page. ``fetch`` gets a cursor (None at first) and gives items and the next cursor.

    Raises UpstreamGarbled when a cursor repeats or there are more than ``most`` pages.
    """
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(most):
        items, cursor = await fetch(cursor)
        for item in items:
            yield item
        if not cursor:
            return
        if cursor in seen:
            raise UpstreamGarbled("a page cursor repeats")
        seen.add(cursor)
    raise UpstreamGarbled(f"a list has more than {most} pages")


async def each_read(rows: AsyncIterator[Row], read: Callable[[Row], Item]) -> AsyncIterator[Item]:
    """Yields what ``read`` makes of each row of a list. One that cannot be read hides no other: after the last of them
    UpstreamGarbled is raised, for the first that could not.
    """
    problem: UpstreamGarbled | None = None
    async for row in rows:
        try:
            with readable():
                item = read(row)
        except UpstreamGarbled as error:
            problem = problem or error
        else:
            yield item
    if problem is not None:
        raise problem
