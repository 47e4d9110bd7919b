"""What a connector asks of a network over HTTP, and gets: plain values both ways.

Patience, deadlines, budgets, ETags and redirects (off) are behind ``Http.send``; see ``gateway/outbound``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Protocol

from schema.model.errors import CredentialsRefused, NotFound, UpstreamGarbled

MAX_DEPTH: Final = 64
"""How deep an answer may nest; the networks' own do not pass ten."""


class Headers(Mapping[str, str]):
    """Headers by name, whatever the case. Of a name that came twice the values are joined by a comma."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Mapping[str, str] | list[tuple[str, str]] = MappingProxyType({})) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            name = name.lower()
            self._values[name] = f"{self._values[name]}, {value}" if name in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({sorted(self._values)})"  # names only: values may be secrets


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One question. ``url`` is absolute and already encoded; its query is sent as it stands.

    ``sign`` makes headers anew for each attempt (they are added to ``headers``). ``check`` raises UpstreamGarbled on an
    answer that cannot be believed, which fails the attempt so that it is tried again. ``idempotent`` False stops retries
    after anything was sent. ``budget`` names one of the spec's budgets.
    """

    method: str
    url: str = field(repr=False)  # some networks put tokens into it
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    body: bytes = field(default=b"", repr=False)
    sign: "Callable[[HttpRequest], Mapping[str, str]] | None" = field(default=None, repr=False)
    check: "Callable[[HttpResponse], None] | None" = field(default=None, repr=False)
    idempotent: bool = True
    budget: str = "default"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer, decoded and read whole. A status of 5xx or 429 never gets here."""

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON with every number that has a point or exponent kept as text, or UpstreamGarbled."""
        return read_json(self.body)

    def object(self) -> dict[str, Any]:
        """The body as a JSON object, or UpstreamGarbled."""
        value = self.json()
        if not isinstance(value, dict):
            raise UpstreamGarbled("the answer is no JSON object")
        return value

    def expect(self, *statuses: int) -> "HttpResponse":
        """Itself, when the status is one of these; else the error that fits: the one place that maps statuses."""
        if self.status in statuses:
            return self
        if self.status in (401, 403):
            raise CredentialsRefused(f"the network answered {self.status}")
        if self.status == 404:
            raise NotFound("the network knows no such object")
        raise UpstreamGarbled(f"the network answered {self.status}")


class Http(Protocol):
    """The port through which a connector asks."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, within one total deadline, after at most three attempts.

        Raises UpstreamUnavailable when no usable answer came (also 429 and 5xx), UpstreamGarbled when ``check`` failed
        to the last or the body passes the limit.
        """
        ...

    def download(self, request: HttpRequest) -> AbstractAsyncContextManager[BinaryIO]:
        """The body of a 200 answer as a bounded temporary file at its start, gone with the context.

        Another status raises what ``HttpResponse.expect`` raises.
        """
        ...

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """An empty temporary file for what a download unpacks to, beside it, gone with the context.

        Its size is for the caller to bound.
        """
        ...


def read_json(body: bytes) -> Any:
    """JSON in UTF-8 from a stranger. Numbers with a point or an exponent stay text, so no amount is ever a float.

    Raises UpstreamGarbled on anything else, also on bodies nested deeper than ``MAX_DEPTH``, repeated keys and on
    integers of more than 20 digits.
    """
    try:
        text = body.decode("utf-8-sig")
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
            raise UpstreamGarbled("the JSON is nested too deep")
        return _JSON.decode(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise UpstreamGarbled("the body is no JSON in UTF-8") from None


def _depth(text: str) -> int:
    depth = deepest = 0
    inside = escaped = False
    for char in text:
        if inside:
            inside, escaped = (escaped or char != '"'), (char == "\\" and not escaped)
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("too many digits")
    return int(digits)


def _constant(name: str) -> None:
    raise ValueError(name)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


_JSON: Final = json.JSONDecoder(parse_float=str, parse_int=_whole, parse_constant=_constant, object_pairs_hook=_unrepeated)
