"""The ``gql`` library over its WebSocket. Whoever uses it connects and subscribes again."""

import asyncio
import contextlib

from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport

from tests.clients.reader import Feed, away, cuts, told


async def follow(session: AsyncClientSession, campaign: str, feed: Feed) -> None:
    """Goes on from where the feed is, until the connection is gone."""
    request = gql(feed.query)
    request.variable_values = {"id": campaign, "after": feed.after}
    async for data in session.subscribe(request):
        feed.take(*data.values())
    raise EOFError(f"{feed.name} completed")


async def stay(address: str, campaign: str, feeds: list[Feed]) -> None:
    """Connects again and again, with all feeds on one socket."""
    subprotocols = [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    while True:
        transport = WebsocketsTransport(address.replace("http", "ws", 1), subprotocols=subprotocols)
        try:
            async with Client(transport=transport) as session, asyncio.TaskGroup() as group:
                for feed in feeds:
                    group.create_task(follow(session, campaign, feed))
        except* TransportConnectionFailed:
            await asyncio.sleep(away())


async def main() -> None:
    """Follows until told to leave."""
    where = told()
    staying = asyncio.create_task(stay(*where))
    async for _ in cuts():
        await _end(staying)
        staying = asyncio.create_task(stay(*where))
    await _end(staying)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    asyncio.run(main())
