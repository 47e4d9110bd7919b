"""The WebSocket protocol of the server: ``uvicorn.Config(ws=WebSocketTransport)``."""

import struct
from typing import Any, Final, cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_TEXT: Final = 0x81
"""A text message in one frame (RFC 6455, section 5.2)."""
_SHORT, _MEDIUM, _LONG = struct.Struct("!BB"), struct.Struct("!BBH"), struct.Struct("!BBQ")


def message(text: bytes) -> bytes:
    """UTF-8 as a server's text message in one frame."""
    size = len(text)
    if size < 126:
        return _SHORT.pack(_TEXT, size) + text
    return (_MEDIUM.pack(_TEXT, 126, size) if size < 1 << 16 else _LONG.pack(_TEXT, 127, size)) + text


class WebSocketTransport(WebSocketsSansIOProtocol):
    """uvicorn's own, with ``abort`` and ``push`` in the scope's extensions.

    ``push`` writes a text message at once and gives True, or gives False where the peer has not read what came before, or has
    gone: through ASGI each would be decoded, encoded and framed anew for each reader, which is most of what it costs.

    uvicorn waits with every frame, and with the end of the connection, until the peer has read what came before: one that never
    reads and never leaves would keep its connection for good.
    """

    def handle_connect(self, event: Request) -> None:
        """A client asks for a socket. The endpoint's task has been made and has not begun when this returns."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions = cast("dict[str, object]", self.scope["extensions"])
            extensions["abort"] = self.transport.abort
            extensions["push"] = self.push

    async def send(self, message: ASGISendEvent) -> None:
        """Sends what is no frame of a feed."""
        await super().send(message)
        if message["type"] == "websocket.accept":  # of the handshake nothing is needed any more, and a socket may stay for days
            self.request.headers.clear()  # the parser holds the request for good
            cast("Any", self).request = cast("Any", self).response = None
            cast("dict[str, object]", self.scope)["headers"] = []

    def push(self, text: bytes) -> bool:
        """See above."""
        gone = self.disconnected or self.close_sent or self.transport.is_closing()
        if gone or not self.handshake_complete or not self.writable.is_set():
            return False
        self.transport.write(message(text))
        return True
