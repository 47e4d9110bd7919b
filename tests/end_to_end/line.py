"""A viewer's line in the test's own hands: over a plain socket, from which nothing is read unless it is asked for."""

import asyncio
import ctypes
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

PATIENCE: Final = 60.0
"""More than any signs of life are apart."""
SMALL: Final = 4_096
"""Of bytes that a narrow line's system keeps unread; it takes twice as many."""
SEGMENT: Final = 536
"""Of bytes in a piece of a narrow line, whose other side then keeps few of them, too: on loopback else some megabytes."""

ATTACH_FILTER: Final = 26
"""SO_ATTACH_FILTER, which Python has no name for: https://docs.kernel.org/networking/filter.html"""
NOTHING: Final = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
"""A filter's only instruction: no byte of any packet passes."""


class Line(ABC):
    """One connection of a viewer. ``message`` raises EOFError at its end, and ``code`` is what it was closed with then."""

    kind: ClassVar[str]

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.code: int | None = None
        self._unread = bytearray()

    @classmethod
    async def open(cls, url: str, *, narrow: bool = False, source: str = "") -> Self:
        """Connects. A narrow one soon has no room for what is not read; ``source`` is the viewer's own address."""
        sock = socket.socket()
        sock.setblocking(False)
        if narrow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        if source:
            sock.bind((source, 0))
        where = urlsplit(url)
        await asyncio.get_running_loop().sock_connect(sock, (where.hostname, where.port))
        return cls(sock)

    @abstractmethod
    async def follow(self, document: str, **variables: Any) -> None:
        """Asks for an operation."""

    @abstractmethod
    async def message(self) -> dict[str, Any]:
        """The next message's payload."""

    async def told(self) -> Any:
        """The next message's only root field."""
        (root,) = (await self.message())["data"].values()
        return root

    def close(self) -> None:
        """Ends it."""
        self.sock.close()

    @property
    def is_held(self) -> bool:
        """Whether the other side's process has not let go of it, whatever its system has still to send."""
        mine = self.sock.getsockname()[1]
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(int(row[2].rpartition(":")[2], 16) == mine and row[9] != "0" for row in rows)

    def cut(self) -> None:
        """From now on its system hears nothing and confirms nothing, and nobody is told: as if a cable were cut."""
        program = struct.pack("HP", 1, ctypes.addressof(NOTHING))
        self.sock.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, program)

    async def send(self, data: bytes) -> None:
        """Writes all of it."""
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def exactly(self, size: int) -> bytes:
        """So many bytes."""
        while len(self._unread) < size:
            await self._more()
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    async def up_to(self, mark: bytes) -> bytes:
        """Everything before the mark, which is taken, too."""
        while (at := self._unread.find(mark)) < 0:
            await self._more()
        return (await self.exactly(at + len(mark)))[:at]

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Status and headers of an answer."""
        first, *rest = (await self.up_to(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in rest)
        return int(first.split()[1]), {name.lower(): value for name, value in pairs}

    async def _more(self) -> None:
        async with asyncio.timeout(PATIENCE):
            data = await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16)
        if not data:
            raise EOFError
        self._unread += data
