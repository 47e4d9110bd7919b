"""What the programs here in Python share with those in JavaScript: what they are told, what they tell, and where they go on.

    python -m tests.clients.PROGRAM ADDRESS MODE CAMPAIGN AFTER DOCUMENT...

One line of JSON for each message. A line on standard input asks to cut one's own connection; its end, to leave.
"""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Message = dict[str, Any]


@dataclass(slots=True)
class Feed:
    """A document that is followed. ``after`` is the position of the last message."""

    name: str
    query: str
    after: str

    def take(self, message: Message) -> None:
        """Tells a message, the value of its only root field."""
        self.after = message["position"]
        sys.stdout.write(json.dumps({"feed": self.name, "message": message}) + "\n")
        sys.stdout.flush()


def told() -> tuple[str, str, list[Feed]]:
    """The address, the campaign, and what is to be followed of it."""
    address, _, campaign, after, *documents = sys.argv[1:]
    return address, campaign, [Feed(path.stem, path.read_text("utf-8"), after) for path in map(Path, documents)]


def away() -> float:
    """How many seconds a client is away when its connection was cut."""
    return random.uniform(0.02, 0.25)


async def cuts() -> AsyncIterator[None]:
    """Each time that the client is to cut its own connection. Ends when it is to leave."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        while await lines.readline():
            yield
    finally:
        transport.close()
