"""Fakes of the ports, passed in by tests. None of them does any I/O."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import BinaryIO

from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.ports import Clock, Ports, Socket, SocketClosed, Token
from schema.model.errors import UpstreamGarbled


class FakeClock:
    """A clock that stands until it is turned."""

    def __init__(self, moment: datetime = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it shows."""
        return self.moment

    def turn(self, by: timedelta) -> None:
        """Turns it forward, or back."""
        self.moment += by


class FakeHttp:
    """Answers by a function of the request; remembers the requests as sent, with the headers that ``sign`` made."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer
        self.requests: list[tuple[HttpRequest, Mapping[str, str]]] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One attempt, then one more when ``check`` refuses the first answer."""
        for attempt in (1, 2):
            response = self._once(request)
            try:
                if request.check:
                    request.check(response)
            except UpstreamGarbled:
                if attempt == 2:
                    raise
            else:
                return response
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def download(self, request: HttpRequest) -> AsyncIterator[BinaryIO]:
        """The body as a file."""
        yield BytesIO(self._once(request).expect(200).body)

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """A file in memory. See ``Http.scratch``."""
        return BytesIO()

    def _once(self, request: HttpRequest) -> HttpResponse:
        self.requests.append((request, {**request.headers, **(request.sign(request) if request.sign else {})}))
        return self.answer(request)


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer for a FakeHttp."""
    return HttpResponse(status, Headers(headers or {}), body)


class FakeSocket:
    """Plays a script: texts are frames, numbers close codes. After the script it is silent."""

    def __init__(self, script: list[str | int]) -> None:
        self.script = script

    async def receive(self, timeout: timedelta) -> str:
        """The next frame of the script."""
        frame = self.script.pop(0) if self.script else 1006
        if isinstance(frame, int):
            raise SocketClosed(frame)
        return frame


class FakeSockets:
    """Gives one scripted socket after the other and remembers the addresses."""

    def __init__(self, *scripts: list[str | int]) -> None:
        self.scripts = list(scripts)
        self.addresses: list[str] = []

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncIterator[Socket]:
        """The next socket."""
        self.addresses.append(url)
        yield FakeSocket(self.scripts.pop(0))


class FakeTokens:
    """Keeps tokens in memory and renews as the real port does."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.known: dict[str, Token] = {}

    async def token(self, name: str, renew: Callable[[Token | None], Awaitable[Token]], *, refused: str | None = None) -> str:
        """The known token, or a renewed one."""
        known = self.known.get(name)
        if known is None or known.expires_at <= self.clock.now() or known.access == refused:
            known = self.known[name] = await renew(known)
        return known.access


def fake_ports(
    answer: Callable[[HttpRequest], HttpResponse], *, sockets: FakeSockets | None = None, clock: FakeClock | None = None
) -> Ports:
    """Ports for a connector under test. Reach the fakes through the fields."""
    clock = clock or FakeClock()
    return Ports(FakeHttp(answer), sockets or FakeSockets(), FakeTokens(clock), clock)
