"""The WebSocket protocol of the server: ``uvicorn.Config(ws=WebSocketTransport)``."""

from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request


class WebSocketTransport(WebSocketsSansIOProtocol):
    """uvicorn's own, and ``abort`` in the scope's extensions.

    uvicorn waits with every frame, and with the end of the connection, until the peer has read what came before: one that never
    reads and never leaves would keep its connection for good.
    """

    def handle_connect(self, event: Request) -> None:
        """A client asks for a socket. The endpoint's task has been made and has not begun when this returns."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions = cast("dict[str, object]", self.scope["extensions"])
            extensions["abort"] = self.transport.abort
