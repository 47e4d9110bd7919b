"""A bare ASGI app under uvicorn that reads each request and answers with the same bytes: as much as Python can do.

It is started as ``mercurius.mjs`` is, and answers with what is ``hot`` in the file.
"""

import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from benchmarks.query.peers import OPTIONS
from benchmarks.serving import serve

Message = MutableMapping[str, Any]


class Fixed:
    """Whatever is asked."""

    def __init__(self, body: bytes) -> None:
        head = {b"content-type": b"application/json", b"content-length": b"%d" % len(body)}
        self._start = {"type": "http.response.start", "status": 200, "headers": list(head.items())}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(
        self, _: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """One request."""
        while (await receive()).get("more_body", False):
            pass
        await send(self._start)
        await send(self._body)


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    serve(Fixed(told["hot"].encode()), lambda _: None, **OPTIONS)
