"""What the documents of the examples are asked over: a season in a real store, and a process that follows it."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from redis.asyncio import Redis

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.live.running import RunningOperations
from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.facts import Clues
from tests.gateway.acme import NOW, back, given
from tests.gateway.autumn import DAY, TEAM, autumn, heard, published, stated
from tests.gateway.live.reading import results_of
from tests.gateway.world import Followed, World, following

QUERIES: Final = Path(__file__).parents[3] / "examples" / "queries"
BOARD, REPORT = ((QUERIES / f"{name}.graphql").read_text("utf-8") for name in ("season-board", "partner-report"))
HOUR: Final = timedelta(hours=1)
PRESENT: Final = "2026-09-02T03:00:00Z"
COPIED: Final = "2026-09-02T01:00:00Z"
"""When somebody copied the figure of Coats: the season holds as of its oldest one."""
SEASON: Final = ids.season_id("autumn")
STAR: Final = Clues(attach="lunch;star=1")
COUNTERS: Final = Engagement(NOW - HOUR, reposts=3, comments=None, likes=700)


class Board:
    """What a page of the season sees: a process that follows the store, and the documents."""

    def __init__(self, world: World, followed: Followed) -> None:
        self.world = world
        self._operations = Operations(build(), lambda: Context(followed.reads, followed.hub), Limits(), introspection=False)
        self._running = RunningOperations(self._operations)

    async def ask(self, text: str, name: str, **variables: Any) -> Any:
        """The data of an operation without any error."""
        result = await self._operations.execute(self._operations.prepare(OperationRequest(text, name, variables), "request"))
        answer = orjson.loads(result.body)
        assert "errors" not in answer, answer
        return answer["data"]

    async def follow(self, name: str, **variables: Any) -> AsyncGenerator[Any, None]:
        """The data of each message."""
        operation = self._operations.prepare(OperationRequest(BOARD, name, variables), "request")
        async with aclosing(results_of(self._running, operation)) as results:
            async for result in results:
                answer = orjson.loads(result.body)
                assert "errors" not in answer, answer
                yield answer["data"]


@asynccontextmanager
async def opened(client: Redis, redis_url: str) -> AsyncIterator[Board]:
    """310.00 yuan for lunch, 10.00 dollars for shoes, 200.00 euros for the team, and 700.00 yuan published for coats."""
    world = autumn(client)
    old = datetime(2026, 8, 20, 4, tzinfo=UTC)
    await heard(world, "lunch", given(4, 5_000, at=old), given(1, 20_000), given(2, 10_000, STAR), back(2, 4_000))
    await heard(world, "lunch", given(3, 1_000, "shoes", code="USD"))
    await heard(
        world, "pond", stated("team", 12_000, at=NOW - 3 * DAY, count=4), stated("team", 20_000, at=NOW - HOUR, count=7)
    )
    await heard(world, "pond", stated("member", 5_000, at=NOW - HOUR, part_of=("team",)))
    await heard(world, "paper", published("coats", 70_000, at=NOW - 2 * HOUR))
    await PostShelf(client).keep("pond", {"p1": Post("p1", text="Give!", engagement=COUNTERS)}, {"1001": 2_000_000})
    await HistoryShelf(client).keep_engagement(TEAM, COUNTERS)
    await world.book.polled("pond")
    for account in ("lunch", "paper"):
        await world.book.heard(account)
    async with following(world, redis_url) as followed:
        yield Board(world, followed)


def money(amount: str, code: str = "CNY") -> dict[str, str]:
    """An amount as clients get it."""
    return {"amount": amount, "currencyCode": code}
