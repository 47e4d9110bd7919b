"""uvicorn's WebSocket protocol, with bounds on what one peer may take of the others' time and of this process' memory."""

import asyncio
from collections import Counter
from typing import Final, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

CLOSE_SECONDS: Final = 1.0
"""How long a peer that takes nothing is given to take a close frame."""
TURN_BYTES: Final = 2_048
"""What is read of one peer at a time. The smallest frames have 6 bytes, and take longer to be read than to be sent."""
TURN_SECONDS: Final = 0.01
"""Until more is read of one who sent more than that."""
_BAD_REQUEST: Final = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BoundedProtocol(WebSocketsSansIOProtocol):
    """uvicorn waits with every frame, and with the end of the connection, until the peer has read what came before: one that
    never reads and never leaves would keep its connection for good. Here it has as long as for the closing handshake.

    And uvicorn reads all that a peer sends as fast as it comes, so that one could keep the loop to itself. Here all have turns.

    ``refused`` counts, by the limit, those who fall silent. It is that of a class made of this, as uvicorn makes the objects.
    """

    refused: Counter[str] | None = None
    _unread: bytes = b""
    _turn: asyncio.TimerHandle | None = None
    _pong: bytes = b""
    _ending: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        if isinstance(exc, TimeoutError):  # its system was not heard of
            self._count("unheard_seconds")
        self._unread = b""
        for timer in (self._turn, self._ending):
            if timer is not None:
                timer.cancel()
        # each refers to what it belongs to, which would stay until Python looks for such circles
        self.conn.parser.close()
        for error in (self.conn.handshake_exc, self.conn.parser_exc):
            _forget_where(error)

    def data_received(self, data: bytes) -> None:
        """Reads what came; after the handshake in turns."""
        if self.handshake_initiated:
            self._unread += data
            if self._turn is None and not self.read_paused:
                self._read_on()
            return
        super().data_received(data)
        if not self.handshake_initiated:  # the whole head was handed over, and its parser refused it, as uvicorn does not see
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()

    async def receive(self) -> ASGIReceiveEvent:
        """The next message. Before more comes in, what came already has its turn."""
        event = await super().receive()
        if self._unread:
            self._wait_for_turn()
        return event

    def _read_on(self) -> None:
        self._turn = None
        piece, self._unread = self._unread[:TURN_BYTES], self._unread[TURN_BYTES:]
        super().data_received(piece)
        if self._unread:
            self._wait_for_turn()
        elif not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def _count(self, limit: str) -> None:
        if self.refused is not None:
            self.refused[limit] += 1

    def _wait_for_turn(self) -> None:
        if self.transport.is_closing():
            self._unread = b""
            return
        self.transport.pause_reading()
        if self._turn is None and not self.read_paused:  # else once the endpoint has taken what it was given
            self._turn = self.loop.call_later(TURN_SECONDS, self._read_on)

    def handle_cont(self, event: Frame) -> None:
        """A part of a message came. Of any number of parts, which may be empty, no more is kept than their text."""
        parts = cast("list[bytes | bytearray]", self.frames)
        if isinstance(parts[0], bytes):
            parts[0] = bytearray(parts[0])
        parts[0] += event.data
        if event.fin:
            self.send_receive_event_to_app()

    def send_receive_event_to_app(self) -> None:
        """A message is whole. Of text that is none uvicorn would write a traceback into the log."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_utf8(self.frames[0]):
            self.frames = []
            self.conn.fail(CloseCode.INVALID_DATA, "Invalid UTF-8")
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """A ping came. One who reads nothing is owed a pong to the newest only (RFC 6455, section 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping()
        elif pongs := self.conn.data_to_send():
            self._pong = pongs[-1]

    def resume_writing(self) -> None:
        """The peer has read."""
        super().resume_writing()
        if self._pong:
            self.transport.write(self._pong)
            self._pong = b""

    def keepalive_timeout(self) -> None:
        """A ping was not answered. Who is as silent as that may not read either: what it has not taken is not waited for."""
        if not self.close_sent and not self.transport.is_closing():  # else it was leaving anyway
            self._count("pong_seconds")
        super().keepalive_timeout()
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    async def run_asgi(self) -> None:
        """Runs the endpoint to its end."""
        await super().run_asgi()
        if not self.disconnected:
            self._ending = self.loop.call_later(self.close_timeout, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """Sends what the endpoint says."""
        await self.writable.wait()
        if self.close_sent:  # by this class, as its peer broke the protocol: to the endpoint it has gone
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.http.response.body":  # which uvicorn, else, calls no answer, and logs as an error
            self.handshake_complete = True
        if self._unread:  # uvicorn reads on for the peer's answer to a close, which may be among it
            self._wait_for_turn()


def _forget_where(error: BaseException | None) -> None:
    """Lets go of the frames that an error, and those before it, came through."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
