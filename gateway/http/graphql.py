"""The GraphQL endpoint over HTTP, as raw ASGI: hand an instance to a starlette ``Route``.

https://graphql.github.io/graphql-over-http/draft/. Nothing is executed for a request that a foreign page could send without
the browser asking first: POST needs application/json, and GET is for development only, where it cannot change anything.
"""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import structlog
from graphql import OperationType

from gateway.http.limits import Limits, exceeded
from gateway.http.operations import Operation
from gateway.http.requests import OperationRequest, read_json
from gateway.http.responses import JSON, Accepted, Receive, Refused, Scope, Send, answer, refusal
from gateway.http.results import Result
from gateway.live.running import RunningOperations
from gateway.live.sse import EventStreams
from schema.model.errors import BadUserInput, GivingError

_log: Final = structlog.get_logger(__name__)

_MAX_PARAMETERS: Final = 20


class GraphQLEndpoint:
    """Answers operations over HTTP, and hands those that are followed to ``streams``. Each answer carries ``X-Request-Id``.

    ``free_get`` lets any query or subscription in by GET, for development; without it there is only POST.
    """

    def __init__(self, running: RunningOperations, streams: EventStreams, limits: Limits, *, free_get: bool = False) -> None:
        self._running = running
        self._operations = running.operations
        self._streams = streams
        self._limits = limits
        self._methods = ("GET", "POST") if free_get else ("POST",)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request_id = secrets.token_hex(8)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        accepted = Accepted.parse(headers.get("accept"))
        try:
            request = await self._request(scope, headers, accepted, receive)
            operation = self._operations.prepare(request, request_id, after=headers.get("last-event-id"))
            _check_method(scope["method"], operation)
            if accepted.events and (_kind(operation) is OperationType.SUBSCRIPTION or not accepted.media_type):
                abort = scope.get("extensions", {}).get("abort")
                await self._streams.serve(self._running.subscribe(operation), receive, send, request_id, abort)
                return
            made = answer(await self._operations.execute(operation), accepted.media_type or JSON)
        except _Left:
            return
        except GivingError as error:
            made = refusal(error, request_id, accepted.media_type)
        except Exception as error:
            _log.exception("request failed", request_id=request_id)
            made = refusal(error, request_id, accepted.media_type)
        await made.send(send, request_id)

    async def _request(
        self, scope: Scope, headers: Mapping[str, str], accepted: Accepted, receive: Receive
    ) -> OperationRequest:
        if scope["method"] not in self._methods:
            raise Refused(405, "This method is not served here.", {"allow": ", ".join(self._methods)})
        if not accepted.media_type and not accepted.events:
            raise Refused(406, "Answers are application/graphql-response+json, application/json or text/event-stream.")
        if scope["method"] == "GET":
            return self._from_address(scope["query_string"])
        _check_content(headers)
        return OperationRequest.from_json(read_json(await self._body(headers, receive), self._limits))

    def _from_address(self, text: bytes) -> OperationRequest:
        try:
            pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
        except ValueError:
            raise BadUserInput("The parameters cannot be read.") from None
        values: dict[str, object] = dict(pairs)
        if len(values) < len(pairs):
            raise BadUserInput("A parameter is there twice.")
        for name in ("variables", "extensions"):
            if name in values:
                values[name] = read_json(str(values[name] or "null").encode(), self._limits)
        return OperationRequest.from_json(values)

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


def _check_content(headers: Mapping[str, str]) -> None:
    media_type, _, parameters = headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"') if parameters.strip().startswith("charset=") else "utf-8"
    if media_type.strip() != JSON or charset != "utf-8":
        raise Refused(415, "A request is application/json in UTF-8.", {"accept-post": JSON})
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "A request is not compressed.", {"accept-encoding": "identity"})


def _check_method(method: str, operation: Operation | Result) -> None:
    if method == "GET" and _kind(operation) is OperationType.MUTATION:
        raise Refused(405, "What changes anything is sent by POST.", {"allow": "POST"})


def _kind(operation: Operation | Result) -> OperationType | None:
    return operation.kind if isinstance(operation, Operation) else None
