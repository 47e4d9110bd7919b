"""How much is read of one connection before others have their turn, when its transport is to read on, and what as."""

from asyncio import Transport
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Final

from httptools import HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PIECE_BYTES: Final = 2_048
"""What is given to the parser at a time, which does not stop before its end: the smallest requests have 18 bytes, and 2 kB are
made of each that waits."""
TURN_BYTES: Final = 16 * 1024
"""What is read of one connection in a turn."""
TURN_REQUESTS: Final = 16
"""The same in requests, if they are small."""


class Flow(FlowControl):
    """uvicorn's, of which each side has its own word: the transport reads on when neither uvicorn nor ``hold`` lets it wait.

    ``resumed`` is called when uvicorn wants to read on.
    """

    def __init__(self, transport: Transport, resumed: Callable[[], object]) -> None:
        super().__init__(transport)
        self._resumed = resumed
        self._holds = False
        self.is_full = False
        """Whether uvicorn has enough for now."""

    def pause_reading(self) -> None:
        """uvicorn has enough."""
        self.is_full = True
        super().pause_reading()

    def resume_reading(self) -> None:
        """uvicorn wants more."""
        self.is_full = False
        if not self._holds:
            super().resume_reading()
        self._resumed()

    def end(self) -> None:
        """The connection is gone. What refers to itself would stay for long."""
        self._resumed = _nothing

    def hold(self) -> None:
        """There is enough that was read and waits for its turn."""
        self._holds = True
        super().pause_reading()

    def release(self) -> None:
        """Nothing waits any more."""
        self._holds = False
        if not self.is_full:
            super().resume_reading()


def a_parser(protocol: HttpToolsProtocol) -> HttpRequestParser:
    """A new one like uvicorn's."""
    made = HttpRequestParser(protocol)
    made.set_dangerous_leniencies(lenient_data_after_close=True)
    return made


def head_bytes(parser: HttpRequestParser, url: bytes, headers: Sequence[tuple[bytes, bytes]]) -> int:
    """The size of the head just read, as it is usually written: what came in one piece with a body cannot be counted then."""
    line = len(parser.get_method()) + len(url) + len(b"  HTTP/1.1\r\n")
    return line + sum(map(len, chain.from_iterable(headers))) + len(b": \r\n") * len(headers) + len(b"\r\n")


def plain_head(parser: HttpRequestParser, url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The head that ``parser`` has just read, without its wish for another protocol."""
    line = b"%b %b HTTP/%b\r\n" % (parser.get_method(), url, parser.get_http_version().encode())
    return b"".join((line, *(b"%b: %b\r\n" % each for each in headers if each[0] != b"upgrade"), b"\r\n"))


def _nothing() -> None:
    return
