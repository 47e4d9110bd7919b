"""The WebSocket protocol of the server: ``uvicorn.Config(ws=WebSocketTransport)``."""

import struct
from typing import Any, Final, cast

from uvicorn._types import ASGISendEvent
from websockets.http11 import Request

from gateway.live.peer import BoundedProtocol

_TEXT: Final = 0x81
"""A text message in one frame (RFC 6455, section 5.2)."""
_SHORT, _MEDIUM, _LONG = struct.Struct("!BB"), struct.Struct("!BBH"), struct.Struct("!BBQ")


def message(text: bytes) -> bytes:
    """UTF-8 as a server's text message in one frame."""
    size = len(text)
    if size < 126:
        return _SHORT.pack(_TEXT, size) + text
    return (_MEDIUM.pack(_TEXT, 126, size) if size < 1 << 16 else _LONG.pack(_TEXT, 127, size)) + text


class WebSocketTransport(BoundedProtocol):
    """With ``abort`` and ``push`` in the scope's extensions.

    ``push`` writes a text message at once and gives True, or gives False where the peer has not read what came before, or has
    gone: through ASGI each would be decoded, encoded and framed anew for each reader, which is most of what it costs.
    """

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        # it refers to this, which would stay until Python looks for such circles: after a hundred thousand connections
        if hasattr(self, "scope"):
            cast("dict[str, object]", self.scope["extensions"]).clear()

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
        if self.conn.extensions:  # compression, each frame after those that this very peer had before it
            self.conn.send_text(text)
            text = b"".join(self.conn.data_to_send())
        else:
            text = message(text)
        self.transport.write(text)
        return True
