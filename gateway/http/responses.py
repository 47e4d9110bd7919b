"""Answers over HTTP, and one of the two translators of errors: to HTTP. (The other is ``schema/api/errors.py``.)

Statuses by https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Self, TypeAlias

import orjson

from gateway.http.results import Result
from schema.api.errors import INTERNAL
from schema.model.errors import BadUserInput, CallerError, GivingError, LimitExceeded

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
EVENTS: Final = "text/event-stream"
MULTIPART: Final = "multipart/mixed"

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Of a request that was not executed. Whatever is not named here is for the caller to change.
_STATUS: Final = {INTERNAL: 500, "UPSTREAM_UNAVAILABLE": 503, "TIMEOUT": 503, "RATE_LIMITED": 429}
_STATUS_OVER_LIMIT: Final = {"body_bytes": 413, "reserved_streams": 503, "sockets": 503, "sockets_per_address": 503}
_UNCHANGED: Final = 304
COME_BACK_WITHIN: Final = 10
"""Seconds over which those come back for whom there was no room."""

_SUBSCRIPTIONS: Final = frozenset({"subscriptionspec=1.0", 'subscriptionspec="1.0"'})
"""The parameter of multipart answers that hold a subscription's results, and not the pieces of one result."""


class Refused(BadUserInput):
    """The request is refused for its form, with this status."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class TooOften(CallerError):
    """The same is accepted again after so many seconds."""

    code = "RATE_LIMITED"
    status_hint = 429
    limit = "subscribes_per_second"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many operations in this time.")
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a client takes: the media type of JSON answers, and that of streams. None where it takes none."""

    media_type: str | None
    stream: str | None = None

    @classmethod
    @lru_cache(maxsize=256)  # a client sends the same each time
    def parse(cls, header: str | None) -> Self:
        """Reads an ``Accept`` header. The greater ``q`` wins, then what comes first; without wishes it is application/json."""
        if header is None or not header.strip():
            return cls(JSON)
        wishes: dict[str, float] = {}
        for part in header.lower().split(","):
            media_type, *parameters = (each.strip() for each in part.split(";"))
            if media_type != MULTIPART or not _SUBSCRIPTIONS.isdisjoint(parameters):
                wishes.setdefault(media_type, _quality(parameters))
        chosen: dict[str, float] = {}
        for wish, quality in wishes.items():
            # a wish for any type is not for those that are named beside it (RFC 9110, section 12.5.1)
            names = [each for each in (JSON, GRAPHQL) if each not in wishes] if wish in ("*/*", "application/*") else [wish]
            if names and names[0] in (JSON, GRAPHQL) and quality > 0:
                chosen.setdefault(names[0], quality)
        streams = {name: quality for name, quality in wishes.items() if name in (EVENTS, MULTIPART) and quality > 0}
        return cls(_best(chosen), _best(streams))


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send, request_id: str) -> None:
        """Sends it, with the request's id. Of one that has not changed no content is sent; to HEAD the server sends none."""
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers(request_id)})
        await send({"type": "http.response.body", "body": b"" if self.status == _UNCHANGED else self.body})

    def _headers(self, request_id: str) -> list[tuple[bytes, bytes]]:
        headers = {} if self.status == _UNCHANGED else self._content()
        headers |= {
            "cache-control": "no-store",
            "vary": "accept",
            "x-content-type-options": "nosniff",
            "x-request-id": request_id,
            **self.headers,
        }
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    def _content(self) -> dict[str, str]:
        return {"content-type": f"{self.media_type}; charset=utf-8", "content-length": str(len(self.body))}


def answer(result: Result, media_type: str) -> Answer:
    """The answer to a well-formed request. In application/json it is 200 in any case, as older clients need it to be."""
    if result.executed or media_type == JSON:
        return Answer(200, media_type, result.body)
    return unexecuted(result, media_type)


def unexecuted(result: Result, media_type: str) -> Answer:
    """The answer to an operation that was not executed, which its status says in application/json, too."""
    return Answer(_STATUS.get(result.errors[0]["extensions"]["code"], 400), media_type, result.body)


def refusal(error: Exception, request_id: str, media_type: str | None) -> Answer:
    """The answer to a request that is no GraphQL request, or that cannot be served."""
    headers: dict[str, str] = {}
    status = error.status_hint if isinstance(error, GivingError) else 500
    if isinstance(error, LimitExceeded):
        status = _STATUS_OVER_LIMIT.get(error.limit, 400)
        if status == 503:
            headers["retry-after"] = come_back()
    if isinstance(error, TooOften):
        headers["retry-after"] = str(error.retry_after_seconds)
    if isinstance(error, Refused):
        status, headers = error.status, dict(error.headers)
    body = orjson.dumps({"errors": [described(error, request_id)]})
    return Answer(status, media_type or JSON, body, headers)


def described(error: Exception, request_id: str) -> dict[str, Any]:
    """The entry of ``errors`` for it. What is not for callers is masked."""
    extensions: dict[str, Any] = {"code": INTERNAL, "requestId": request_id}
    message = "Something went wrong on our side. Quote the request id when you report it."
    if isinstance(error, CallerError):
        message, extensions["code"] = str(error), error.code
    if isinstance(error, LimitExceeded | BadUserInput) and error.limit:
        extensions["limit"] = error.limit
    if isinstance(error, TooOften):
        extensions["retryAfter"] = error.retry_after_seconds
    if isinstance(error, BadUserInput) and error.argument:
        extensions["argument"] = error.argument
    return {"message": message, "extensions": extensions}


def limit_of(error: Exception) -> str | None:
    """The limit that somebody was over, to be counted."""
    return error.limit if isinstance(error, LimitExceeded | TooOften | BadUserInput) else None


def come_back() -> str:
    """The value of a ``Retry-After``, another one for each who asks."""
    return str(1 + secrets.randbelow(COME_BACK_WITHIN))


def _best(qualities: Mapping[str, float]) -> str | None:
    """The first of equals."""
    return max(qualities, key=lambda name: qualities[name], default=None)


def _quality(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
