"""HTTP/1.1 of one connection by uvicorn, guarded against heads and bodies that are too large or too slow, with a short way."""

import asyncio
from collections import Counter
from itertools import chain
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.http.limits import Limits
from gateway.http.repeats import FORM, METHOD, MOST_BYTES, PATH, Form, Repeats

LAST_SECONDS: Final = 16.0
"""How long what runs may still take when the listeners have closed. A second later uvicorn would cancel its task."""


class GuardedProtocol(HttpToolsProtocol):
    """Refuses heads that are too large (431) and closes what is sent too slowly (408), which uvicorn's options do not reach.

    A request that comes in one piece, and to which ``repeats`` has the answer, is answered where it is read, without a task;
    all others are begun as uvicorn begins them.

    uvicorn makes its objects by itself: ``limits``, ``refused``, which counts by them, and ``repeats`` are those of a class
    made of this.
    """

    limits: Limits
    refused: Counter[str]
    repeats: Repeats | None = None
    last_seconds: float = LAST_SECONDS
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client connected."""
        super().connection_made(transport)
        self._received = 0
        self._reading = True
        self._underway = False
        self._completed = False
        self._body: bytes | None = None
        """Of a request that has not begun, as it may be repeated."""
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """It went away."""
        self._timer.cancel()
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._running is not None:  # of several requests uvicorn tells the newest, which may not have begun
            self._running.disconnected = True
            self._running.message_event.set()

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._underway = True

    def data_received(self, data: bytes) -> None:
        """Counts while a head is being read."""
        self._completed = False
        if self._reading:
            self._received += len(data)
        super().data_received(data)
        if self._body is not None and not self.transport.is_closing():  # more of it is still to come
            self._begin()
        if self._reading and self._received > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")
        elif self._timer.cancelled() and (self._underway or not self._completed):  # the first bytes of another request
            self._start()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self.transport.is_closing():  # of what was sent behind a request that was refused, nothing is read
            return
        if self._head_bytes() > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")
            return
        self._reading = False
        if self._may_repeat():
            self._body = b""
        else:
            self._begin()

    def on_body(self, body: bytes) -> None:
        """A part of the body came; after a refusal there is no request that it belongs to."""
        if self.transport.is_closing():
            return
        if self._body is None:
            super().on_body(body)
            return
        self._body += body
        if len(self._body) > MOST_BYTES:
            self._begin()

    def on_message_complete(self) -> None:
        """The body is whole."""
        if self.transport.is_closing():
            return
        self._timer.cancel()
        self._reading, self._received = True, 0
        self._underway, self._completed = False, True
        if self._body is None or not self._repeated(self._body):
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A request for a socket came; after a refusal it has no scope to be made of."""
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()
            # this hears nothing more, and the two refer to each other: they would stay until Python looks for such circles
            cast("Any", self).parser = None

    def shutdown(self) -> None:
        """The server leaves. The request that runs is the last of this connection; others, sent in advance, are not begun."""
        self.pipeline.clear()
        if self._running is not None:
            self._running.keep_alive = False
        super().shutdown()
        asyncio.get_running_loop().call_later(self.last_seconds, self.transport.abort)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _begin(self, form: Form | None = None) -> None:
        """Hands the request to the app, with what came of its body."""
        body, self._body = self._body, None
        # uvicorn waits for a reader for good; who writes to one that takes nothing can cut it off with this
        extensions: dict[str, object] = {"abort": self.transport.abort}
        if form is not None:
            extensions[FORM] = form
        cast("dict[str, object]", self.scope)["extensions"] = extensions
        super().on_headers_complete()
        if body:
            super().on_body(body)

    def _may_repeat(self) -> bool:
        """Whether it is to be looked for what it was answered before: nothing else runs here, or waits to be sent."""
        return (
            self.url == PATH
            and self.parser.get_method() == METHOD
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
            and getattr(self.cycle, "response_complete", True)  # none before the first request, whatever its type says
            and not self.flow.write_paused
        )

    def _repeated(self, body: bytes) -> bool:
        """Answers it, or begins it."""
        form = Form.of(self.headers, body)
        answer = self.repeats.answer(form) if self.repeats else None
        if answer is None:
            self._begin(form)
            return False
        self._body = None
        self.transport.write(answer)
        self.on_response_complete()
        return True

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.limits.request_seconds, self._too_slow)

    def _head_bytes(self) -> int:
        """The head's size as it is usually written; what came in one piece with a body cannot be counted on arrival."""
        line = len(self.parser.get_method()) + len(self.url) + len(b"  HTTP/1.1\r\n")
        return line + sum(map(len, chain.from_iterable(self.headers))) + len(b": \r\n") * len(self.headers) + len(b"\r\n")

    def _too_slow(self) -> None:
        cycle = self.cycle
        begun = getattr(cycle, "response_started", False)
        # of this request, when its body is still awaited, or of the one before
        answering = begun and (not self._reading or not cycle.response_complete)
        if (self._received or not self._reading) and not answering:  # else the status would land within an answer
            self._refuse(b"408 Request Timeout", "request_seconds")
        else:
            self.transport.close()

    def _refuse(self, status: bytes, limit: str) -> None:
        if not self.transport.is_closing():
            self.refused[limit] += 1
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()
