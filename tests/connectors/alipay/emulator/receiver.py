"""A receiver of notifications on a real socket. It keeps what it hears and answers as it is told."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.testing.emulation import serve
from tests.connectors.alipay.emulator.judge import holds


@dataclass
class Heard:
    """One delivery as it arrived."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields, decoded once."""
        pairs = parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def signed_by(self, pem: str, digest: str = "sha256") -> bool:
        """Whether the signature over everything but ``sign``, ``sign_type`` and empty values is of this key."""
        form = self.form
        names = sorted(name for name in form if form[name] and name not in ("sign", "sign_type"))
        return holds(pem, "&".join(f"{name}={form[name]}" for name in names).encode(), form["sign"], digest)


class Receiver:
    """``answer`` gives status and body for the deliveries, counted from 0."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answer: Callable[[int], tuple[int, str]] = lambda _: (200, "success")
        self.url = ""

    @property
    def forms(self) -> list[dict[str, str]]:
        """The fields of each delivery."""
        return [heard.form for heard in self.heard]

    async def _hear(self, request: Request) -> Response:
        status, body = self.answer(len(self.heard))
        self.heard.append(Heard(request.headers, await request.body()))
        return Response(body, status, media_type="text/plain")

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Receiver"]:
        """Listens on loopback."""
        async with serve(Starlette(routes=[Route("/hook", self._hear, methods=["POST"])])) as address:
            self.url = f"{address}/hook"
            yield self
