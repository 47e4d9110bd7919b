"""HTTP/1.1 of one connection by uvicorn, guarded against heads and bodies that are too large or too slow, with a short way."""

import asyncio
from collections import Counter
from typing import Any, Final, cast

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.http.limits import Limits
from gateway.http.reading import PIECE_BYTES, TURN_BYTES, TURN_REQUESTS, Flow, a_parser, head_bytes, plain_head
from gateway.http.repeats import FORM, METHOD, MOST_BYTES, PATH, Form, Repeats

LAST_SECONDS: Final = 16.0
"""How long what runs may still take when the listeners have closed. A second later uvicorn would cancel its task."""


class GuardedProtocol(HttpToolsProtocol):
    """Refuses heads that are too large (431) and closes what is sent too slowly (408), which uvicorn's options do not reach.

    A request that comes in one piece, and to which ``repeats`` has the answer, is answered where it is read, without a task;
    all others are begun as uvicorn begins them.

    uvicorn reads all that a client sends, and makes an object of each request that is in it, although only the first one runs.
    Here it is read in pieces, connections have turns, and what is sent behind a request that runs waits as it came.

    What cannot be read, or asks for a socket, behind requests that are not answered yet ends the connection when they are: no
    answer comes before those to what was asked earlier. A wish for any other protocol (``h2c``, with which clients in Java
    begin) is not heeded, and its request answered like any (RFC 9110, section 7.8).

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
        self.flow = self._flow = Flow(transport, self._read_soon)
        self._unread = bytearray()
        self._turn: asyncio.Handle | None = None
        self._begun = 0
        """Requests in this turn."""
        self._received = 0
        """Bytes of a head, or of what comes after it and is no body."""
        self._reading = True
        self._underway = False
        self._completed = False
        self._body: bytes | None = None
        """Of a request that has not begun, as it may be repeated."""
        self._unheeded: bytes | None = None
        """The head of one that asks for a protocol not spoken here, without that, as it is to be read instead."""
        self._over = False  # and what was asked is still answered
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """It went away."""
        if isinstance(exc, TimeoutError):  # its system was not heard of
            self.refused["unheard_seconds"] += 1
        self._timer.cancel()
        self._drop_unread()
        super().connection_lost(exc)
        self._flow.end()
        self.pipeline.clear()
        if self._running is not None:  # of several requests uvicorn tells the newest, which may not have begun
            self._running.disconnected = True
            self._running.message_event.set()

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._underway = True
        self._unheeded = None
        self._begun += 1

    def data_received(self, data: bytes) -> None:
        """Reads what came, a piece at a time."""
        if self._over:
            return
        if len(data) <= PIECE_BYTES and not self._unread and not self.pipeline and not self._flow.is_full:
            self._read(data)
        else:
            self._unread += data
            if self._turn is None:
                self._read_on()

    def _read_soon(self) -> None:
        if self._unread and self._turn is None and not self.transport.is_closing():
            self._turn = self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        self._turn = None
        self._begun, most = 0, len(self._unread) - TURN_BYTES
        while len(self._unread) > max(0, most) and self._begun < TURN_REQUESTS and not self._must_wait():
            piece = bytes(self._unread[:PIECE_BYTES])
            del self._unread[:PIECE_BYTES]
            self._read(piece)
            if self._ends:
                self._unread.clear()
                return
        if not self._unread:
            self._flow.release()
            return
        self._flow.hold()
        if self._must_wait():
            self._timer.cancel()  # it is not the client who is slow
        else:
            self._read_soon()

    def _must_wait(self) -> bool:
        """Whether what runs is to be over, or to have taken its body, before anything more is read."""
        return self._flow.is_full or bool(self.pipeline)

    def _drop_unread(self) -> None:
        self._unread.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    @property
    def _ends(self) -> bool:
        return self._over or self.transport.is_closing()

    def _read(self, data: bytes) -> None:
        self._completed = False
        self._received += len(data)
        self._parse(data)
        if self._ends:
            return
        if self._body is not None and not self._unread:  # more of it is still to come
            self._begin()
        if self._received > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")
        elif self._timer.cancelled() and (self._underway or not self._completed):  # the first bytes of another request
            self._start()

    def _parse(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        while data:
            try:
                self.parser.feed_data(data)
            except HttpParserError:
                self.send_400_response("Invalid HTTP request received.")
            except HttpParserUpgrade as met:
                if self._unheeded is not None:
                    data = self._unheeded + data[met.args[0] :]
                    self.parser = a_parser(self)  # the one before may have come to the end of its last message
                    continue
                self.handle_websocket_upgrade()
            return

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self._ends:  # of what was sent behind a request that was refused, nothing is read
            return
        if head_bytes(self.parser, self.url, self.headers) > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")
            return
        if self.parser.should_upgrade() and not self._should_upgrade():
            self._unheeded = plain_head(self.parser, self.url, self.headers)
            return
        self._reading, self._received = False, 0
        # what looks like headers behind a body is none (RFC 9110, section 6.5.1): uvicorn would add them to what its app has
        self._head, self.headers = self.headers, self.headers.copy()
        if self._may_repeat():
            self._body = b""
        else:
            self._begin()

    def on_body(self, body: bytes) -> None:
        """A part of the body came; after a refusal there is no request that it belongs to."""
        self._received = 0
        if self._ends:
            return
        if self._body is None:
            super().on_body(body)
            return
        self._body += body
        if len(self._body) > MOST_BYTES:
            self._begin()

    def on_message_complete(self) -> None:
        """The body is whole."""
        if self._unheeded is not None or self._ends:
            return
        self._timer.cancel()
        self._reading, self._received = True, 0
        self._underway, self._completed = False, True
        if self._body is None or not self._repeated(self._body):
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A request for a socket came; after a refusal it has no scope to be made of."""
        if not self._ends and self._may_answer():
            self._drop_unread()
            self._flow.release()
            self._unset_keepalive_if_required()  # of a request before it, in the same piece
            super().handle_websocket_upgrade()
            # this hears nothing more, not even that the connection is lost, and it and each of these refer to each other:
            # they would stay until Python looks for such circles
            cast("Any", self).parser = None
            self._flow.end()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        if not self._ends and self._may_answer():
            super().send_400_response(msg)

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
        self._unset_keepalive_if_required()  # a request before it, in the same piece, may have been answered at sight
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
        form = Form.of(self._head, body)
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

    def _too_slow(self) -> None:
        if self._received or not self._reading:
            self._refuse(b"408 Request Timeout", "request_seconds")
        else:
            self.transport.close()

    def _refuse(self, status: bytes, limit: str) -> None:
        if self._ends:
            return
        self.refused[limit] += 1
        if self._may_answer():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def _may_answer(self) -> bool:
        """Whether what is read may be answered. Else the connection ends, behind the answers to what was asked before."""
        own = None if self._reading or self._body is not None else self.cycle
        asked = (self._running, *(cycle for cycle, _ in reversed(self.pipeline)))
        before = [each for each in asked if each is not None and each is not own and not each.response_complete]
        if before:
            before[-1].keep_alive = False
            if own is not None:
                self.pipeline.popleft()
            self._over = True
            self._timer.cancel()
            self._drop_unread()
            self._flow.release()
        elif own is None or not own.response_started:
            return True
        else:
            self.transport.close()
        return False
