"""The GraphQL endpoint over HTTP, as raw ASGI: hand an instance to a starlette ``Route``.

https://graphql.github.io/graphql-over-http/draft/. Nothing is executed for a request that a foreign page could send without
the browser asking first: POST needs application/json. GET cannot change anything, and asks for registered documents only; in
development for any. What steers a stream of many operations needs its token, too.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

import structlog
from graphql import OperationType

from gateway.http.limits import Limits, exceeded
from gateway.http.operations import Operation
from gateway.http.repeats import REPEATABLE
from gateway.http.request_ids import new_request_id
from gateway.http.requests import OperationRequest, read_json
from gateway.http.responses import (
    EVENTS,
    GRAPHQL,
    JSON,
    MULTIPART,
    Accepted,
    Answer,
    Receive,
    Refused,
    Scope,
    Send,
    answer,
    limit_of,
    refusal,
    unexecuted,
)
from gateway.http.results import Result
from gateway.http.revalidation import kept
from gateway.live import multipart, sse
from gateway.live.event_connection import EventConnections
from gateway.live.places import Places
from gateway.live.running import RunningOperations
from gateway.live.streams import Followed, Streams, Wire
from schema.model.errors import BadUserInput, GivingError, LimitExceeded

_log: Final = structlog.get_logger(__name__)

_MAX_PARAMETERS: Final = 20
_SAFE: Final = ("GET", "HEAD")
_FORMS: Final = MappingProxyType({EVENTS: sse.FORM, MULTIPART: multipart.FORM})
STREAM_HEADER: Final = "x-graphql-event-stream-token"


class GraphQLEndpoint:
    """Answers operations over HTTP, and hands those that are followed to ``streams``. Each answer carries ``X-Request-Id``.

    ``free_get`` lets any query or subscription in by GET, for development; without it those that are asked for by an id. HEAD
    is answered as GET is, without content, and opens no stream.
    """

    def __init__(
        self, running: RunningOperations, streams: Streams, places: Places, limits: Limits, *, free_get: bool = False
    ) -> None:
        self._running = running
        self._operations = running.operations
        self._streams = streams
        self._places = places
        self._connections = EventConnections(running, streams, limits)
        self._limits = limits
        self._free_get = free_get

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request_id = new_request_id()
        headers = _headers(scope)
        accepted = Accepted.parse(headers.get("accept"))
        if scope["method"] == "HEAD":
            accepted = Accepted(accepted.media_type)
        wire = Wire(receive, send, request_id, scope.get("extensions", {}).get("abort"))
        try:
            made = await self._serve(scope, headers, accepted, wire)
        except _Left:
            return
        except GivingError as error:
            if limit := limit_of(error):
                self._operations.refused[limit] += 1
            made = refusal(error, request_id, accepted.media_type)
        except Exception as error:
            _log.exception("request failed", request_id=request_id)
            made = refusal(error, request_id, accepted.media_type)
        if made is not None:
            await made.send(send, request_id)

    async def _serve(self, scope: Scope, headers: Mapping[str, str], accepted: Accepted, wire: Wire) -> Answer | None:
        """The answer, or None where it was a stream."""
        if scope["method"] == "PUT":
            return Answer(201, "text/plain", self._reserve(scope).encode())
        token = headers.get(STREAM_HEADER) or _parameter(scope, "token")
        if token is not None or scope["method"] == "DELETE":
            return await self._steer(token or "", scope, headers, accepted, wire)
        request = await self._request(scope, headers, accepted, wire.receive)
        if request.document_id is not None:
            await self._operations.registered.fetch(request)
        after, outside = sse.last_event_id(headers.get("last-event-id")), scope["method"] in _SAFE
        operation = self._operations.prepare(request, wire.request_id, after=after, outside=outside)
        if scope["method"] in _SAFE:
            _check_safe(operation)
        elif request.document_id is not None and _kind(operation) is not None:
            await self._operations.registered.register(request)
        if accepted.stream and (_kind(operation) is OperationType.SUBSCRIPTION or not accepted.media_type):
            form = _FORMS[accepted.stream]
            with self._places.taken(scope):
                await self._streams.serve(form, Followed(self._running, operation, self._limits, form.result), wire)
            return None
        result = await self._operations.execute(operation)
        made = answer(result, accepted.media_type or JSON)
        if scope["method"] in _SAFE and _kind(operation) is OperationType.QUERY:
            return kept(result, made, headers.get("if-none-match"))
        if result.kept_as is not None and (repeatable := scope.get("extensions", {}).get(REPEATABLE)):
            repeatable(result.kept_as)
        return made

    def _reserve(self, scope: Scope) -> str:
        self._places.take(scope)  # what is followed before it is opened costs as much as afterwards
        leave = partial(self._places.leave, scope)
        try:
            return self._connections.reserve(leave)
        except LimitExceeded:
            leave()
            raise

    async def _steer(
        self, token: str, scope: Scope, headers: Mapping[str, str], accepted: Accepted, wire: Wire
    ) -> Answer | None:
        """One of the requests of a stream of many operations."""
        match scope["method"]:
            case "GET":
                if accepted.stream != EVENTS:
                    raise Refused(406, "This stream is text/event-stream.")
                await self._connections.open(token, wire, partial(self._places.taken, scope))
                return None
            case "POST":
                asked = await self._asked(headers, wire.receive)
                refused = self._connections.start(token, asked, wire.request_id)
                return unexecuted(refused, accepted.media_type or JSON) if refused else _done(202)
            case "DELETE":
                self._connections.stop(token, _parameter(scope, "operationId"))
                return _done(200)
        raise _not_allowed()

    async def _request(
        self, scope: Scope, headers: Mapping[str, str], accepted: Accepted, receive: Receive
    ) -> OperationRequest:
        if scope["method"] not in (*_SAFE, "POST"):
            raise _not_allowed()
        if not accepted.media_type and not accepted.stream:
            raise Refused(406, f"Answers are {GRAPHQL}, {JSON}, {EVENTS} or {MULTIPART};subscriptionSpec=1.0.")
        if scope["method"] in _SAFE:
            return self._from_address(scope["query_string"])
        return OperationRequest.from_json(await self._asked(headers, receive))

    async def _asked(self, headers: Mapping[str, str], receive: Receive) -> object:
        _check_content(headers)
        return read_json(await self._body(headers, receive), self._limits)

    def _from_address(self, text: bytes) -> OperationRequest:
        values: dict[str, object] = {} if self._free_get else {"query": ""}
        values |= _parameters(text)
        for name in ("variables", "extensions"):
            if name in values:
                values[name] = read_json(str(values[name] or "null").encode(), self._limits)
        request = OperationRequest.from_json(values)
        if not self._free_get and (request.query or request.document_id is None):
            raise Refused(405, "By GET documents are asked for that are registered, by their ids.", {"allow": "POST"})
        return request

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        """The body, read once. Raises LimitExceeded before more than the limit is kept."""
        told = headers.get("content-length", "")
        if told.isdecimal() and (len(told) > 18 or int(told) > self._limits.body_bytes):
            raise exceeded(self._limits, "body_bytes")
        parts: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Left
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._limits.body_bytes:
                raise exceeded(self._limits, "body_bytes")
            more = message.get("more_body", False)
        return b"".join(parts)


class _Left(Exception):
    """The client went away before it had asked."""


def _parameters(text: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise BadUserInput("The parameters cannot be read.") from None
    if len(values := dict(pairs)) < len(pairs):
        raise BadUserInput("A parameter is there twice.")
    return values


def _parameter(scope: Scope, name: str) -> str | None:
    """Whatever else is in an address, where it is no request by GET, is not looked at."""
    text = scope["query_string"]
    return _parameters(text).get(name) if name.encode() in text else None


def _done(status: int) -> Answer:
    return Answer(status, "text/plain", b"")


def _headers(scope: Scope) -> Mapping[str, str]:
    """By their names. Lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for each in scope["headers"]:
        name, value = (text.decode("latin-1") for text in each)
        found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
    return found


def _check_content(headers: Mapping[str, str]) -> None:
    media_type, *parameters = (each.strip() for each in headers.get("content-type", "").lower().split(";"))
    charsets = [value.strip('"') for name, _, value in (each.partition("=") for each in parameters) if name == "charset"]
    if media_type != JSON or any(each != "utf-8" for each in charsets):
        raise Refused(415, "A request is application/json in UTF-8.", {"accept-post": JSON})
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "A request is not compressed.", {"accept-encoding": "identity"})


def _not_allowed() -> Refused:
    return Refused(405, "This method is not served here.", {"allow": "GET, HEAD, POST, PUT, DELETE"})


def _check_safe(operation: Operation | Result) -> None:
    if _kind(operation) is OperationType.MUTATION:
        raise Refused(405, "What changes anything is sent by POST.", {"allow": "POST"})


def _kind(operation: Operation | Result) -> OperationType | None:
    if isinstance(operation, Operation):
        return operation.kind
    return OperationType.QUERY if operation.executed else None  # an answer that was kept, or a refusal
