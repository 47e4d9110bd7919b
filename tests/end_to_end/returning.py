"""Somebody who watches, and comes back from the last position whenever the connection ends, over any transport."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any, Final, TypeAlias

import aiohttp
from gql.transport.exceptions import TransportClosed, TransportConnectionFailed
from websockets.exceptions import WebSocketException

from tests.clients.server_log import Entry
from tests.end_to_end.viewers import events, follow, on_one_stream, parts, socket
from tests.end_to_end.visitor import SECONDS

Message: TypeAlias = dict[str, Any]
Way: TypeAlias = Callable[[str, str, str, str | None], AsyncGenerator[tuple[str, Message], None]]
"""The address, a document, a campaign and where to go on, if anywhere; gives messages, each with where it leaves its reader."""

CUT_OFF: Final = (TransportConnectionFailed, TransportClosed, WebSocketException, aiohttp.ClientError, OSError)
"""What a client sees of a line that is cut; not that it is refused."""


async def over_websocket(
    url: str, document: str, campaign: str, after: str | None
) -> AsyncGenerator[tuple[str, Message], None]:
    """The position goes back in the variables."""
    async with socket(url) as session:
        async for message in follow(session, document, id=campaign, after=after):
            yield message["position"], message


async def over_event_stream(
    url: str, document: str, campaign: str, after: str | None
) -> AsyncGenerator[tuple[str, Message], None]:
    """It comes as the id of an event, and goes back in a header."""
    async with aiohttp.ClientSession() as session:
        async for position, message in events(session, url, document, after, id=campaign):
            yield position, message


async def over_parts(url: str, document: str, campaign: str, after: str | None) -> AsyncGenerator[tuple[str, Message], None]:
    """The position goes back in the variables."""
    async with aiohttp.ClientSession() as session:
        async for message in parts(session, url, document, id=campaign, after=after):
            yield message["position"], message


async def over_one_stream(
    url: str, document: str, campaign: str, after: str | None
) -> AsyncGenerator[tuple[str, Message], None]:
    """The same."""
    async with aiohttp.ClientSession() as session:
        async for message in on_one_stream(session, url, document, id=campaign, after=after):
            yield message["position"], message


async def in_the_document(
    url: str, document: str, campaign: str, after: str | None
) -> AsyncGenerator[tuple[str, Message], None]:
    """The position is written in the document itself: such an operation is shared with those only that have the same there."""
    written = document.replace(", $after: Position", "").replace("$after", json.dumps(after))
    async with socket(url) as session:
        async for message in follow(session, written, id=campaign):
            yield message["position"], message


WAYS: Final[tuple[Way, ...]] = (over_websocket, over_event_stream, over_parts, over_one_stream)
ALL_WAYS: Final[tuple[Way, ...]] = (*WAYS, in_the_document)


class Returning:
    """``messages`` are all that it was told, over all its connections."""

    def __init__(self, way: Way, url: str, document: str, campaign: str, position: str, rng: random.Random) -> None:
        self.messages: list[Message] = []
        self.position = position
        self.connections = 0
        self._asked = url, document, campaign
        self._way = way
        self._rng = rng

    async def run(self, away: float = 0.1) -> None:
        """Until it is cancelled. Between two connections it is away for ``away`` seconds at the most."""
        while True:
            with suppress(*CUT_OFF):
                self.connections += 1
                async for position, message in self._way(*self._asked, self.position):
                    self.messages.append(message)
                    self.position = position
            await asyncio.sleep(self._rng.uniform(0, away))


async def messages(asked: AsyncGenerator[tuple[str, Message], None], most: int) -> list[Message]:
    """The first so many."""
    found: list[Message] = []
    async with aclosing(asked), asyncio.timeout(SECONDS):
        while len(found) < most:
            found.append((await anext(asked))[1])
    return found


def is_start(message: Message, end: Entry, missed: int | None = None) -> bool:
    """Whether a message is a snapshot of the end of a log, as which it is marked, or a hole with nothing in it."""
    if (message["position"], message["recovered"]) != (end.position, False):
        return False
    if "campaign" in message:
        total = message["campaign"]["total"]
        return (total["raised"]["amount"], total["donationCount"]) == (end.raised, end.count)
    return (message["received"], message["changed"], message["missed"]) == ([], [], missed)
