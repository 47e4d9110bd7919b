"""Results as Server-Sent Events, one connection an operation ("distinct connections").

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. Lines end in LF: some clients cannot read CRLF. An event's
``id`` is the position in a feed, which a browser sends back as ``Last-Event-ID`` when it connects again.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, MutableMapping
from typing import Any, Final

from gateway.http.limits import Limits
from gateway.http.responses import EVENTS, Receive, Send
from gateway.http.results import Result
from gateway.live.outbox import SlowReader

RECONNECT_WITHIN_MS: Final = 10_000
"""Over how long those come back that are sent away when the process drains."""

_COMPLETE: Final = b"event: complete\ndata:\n\n"
_PING: Final = b":\n\n"


class EventStreams:
    """The open streams of a process. A stream ends with its results, with its reader, or with the process."""

    def __init__(self, limits: Limits, *, ping_seconds: float = 15.0) -> None:
        self._limits = limits
        self._ping_seconds = ping_seconds
        self._draining = asyncio.Event()

    def drain(self) -> None:
        """Ends all streams, now and from now on, each with its own time to come back."""
        self._draining.set()

    async def serve(
        self,
        results: AsyncGenerator[Result, None],
        receive: Receive,
        send: Send,
        request_id: str,
        abort: Callable[[], None] | None = None,
    ) -> None:
        """Sends the results, and closes them at the end whatever it is. The request's body has been read.

        ``abort`` cuts off a reader that takes nothing for too long.
        """
        stream = _Stream(send, self._limits.slow_reader_seconds)
        following = asyncio.create_task(_next(results))
        left = asyncio.create_task(_disconnected(receive))
        draining = asyncio.create_task(self._draining.wait())
        try:
            await stream.open(request_id)
            while True:
                waiting = {following, left, draining}
                done, _ = await asyncio.wait(waiting, timeout=self._ping_seconds, return_when=asyncio.FIRST_COMPLETED)
                if left in done:
                    return
                if draining in done:
                    await stream.end(b"retry: %d\n\n" % secrets.randbelow(RECONNECT_WITHIN_MS))
                    return
                if not done:
                    await stream.write(_PING)
                elif result := following.result():
                    await stream.write(_event(result))
                    following = asyncio.create_task(_next(results))
                else:
                    await stream.end(_COMPLETE)
                    return
        except SlowReader:
            if abort:
                abort()
        except OSError:
            return  # the connection is gone
        finally:
            for task in (following, left, draining):
                task.cancel()
            await asyncio.gather(following, left, draining, return_exceptions=True)
            await results.aclose()


class _Stream:
    def __init__(self, send: Send, patience: float) -> None:
        self._send = send
        self._patience = patience

    async def open(self, request_id: str) -> None:
        headers = {
            "content-type": f"{EVENTS}; charset=utf-8",
            "cache-control": "no-store",
            "vary": "accept",
            "x-accel-buffering": "no",
            "x-request-id": request_id,
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._put({"type": "http.response.start", "status": 200, "headers": raw})
        await self.write(_PING)  # so that the reader knows at once that it is connected

    async def write(self, event: bytes) -> None:
        await self._put({"type": "http.response.body", "body": event, "more_body": True})

    async def end(self, event: bytes) -> None:
        await self._put({"type": "http.response.body", "body": event, "more_body": False})

    async def _put(self, message: MutableMapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError:
            raise SlowReader from None


def _event(result: Result) -> bytes:
    place = f"id: {result.position}\n" if result.position else ""
    return b"event: next\n%bdata: %b\n\n" % (place.encode(), result.body)


async def _next(results: AsyncGenerator[Result, None]) -> Result | None:
    return await anext(results, None)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
