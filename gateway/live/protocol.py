"""The server's side of graphql-transport-ws, without a socket, a clock or a task.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. Text comes in, actions come out; whoever holds the socket does
them in order, and stops at the first ``Close``. Times are seconds on any clock that does not go back.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeGuard

import orjson

from gateway.http.limits import Limits
from gateway.http.requests import OperationRequest, read_json
from gateway.http.responses import described, limit_of
from gateway.http.results import Result
from gateway.live.admission import Admission
from schema.model.errors import GivingError

SUBPROTOCOL: Final = "graphql-transport-ws"
MAX_ID: Final = 128
"""Characters of an operation's id; clients take UUIDs or small numbers."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection, with a code by which the client knows whether to come back."""

    code: int
    reason: str


# Codes of the protocol. Clients do not come back after one of them, but for the last.
INVALID_MESSAGE: Final = Close(4400, "Invalid message")
UNAUTHORIZED: Final = Close(4401, "Unauthorized")
SUBPROTOCOL_NOT_ACCEPTABLE: Final = Close(4406, "Subprotocol not acceptable")
TAKEN_ID: Final = Close(4409, "Subscriber already exists")
SECOND_INIT: Final = Close(4429, "Too many initialisation requests")
INIT_TIMEOUT: Final = Close(4408, "Connection initialisation timeout")
# RFC 6455, section 7.4.1, and the registry it opened.
TOO_BIG: Final = Close(1009, "Message too big")
FAULT: Final = Close(1011, "Internal error")
RESTART: Final = Close(1012, "Service restart")
# Ours, from the range for private use. Come back, and go on from the last position taken.
SLOW_READER: Final = Close(4502, "Slow reader")


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """A live operation of one connection. It is itself, whatever its id: an id may be used again."""

    id: str
    request: OperationRequest
    head: bytes = field(init=False, repr=False)
    """Of each of its results."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "head", _head(self.id, b"next") + b',"payload":')


@dataclass(frozen=True, slots=True)
class Reply:
    """Send this frame."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Start:
    """Run this, and give its results to ``result`` and its end to ``end``."""

    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop running this. Nothing more is sent of it."""

    subscription: Subscription


Action: TypeAlias = Reply | Start | Stop | Close

_ACK: Final = b'{"type":"connection_ack"}'


class Protocol:
    """One connection, from the moment it is open. ``refused`` counts by the limit that was met."""

    def __init__(self, limits: Limits, refused: Counter[str] | None = None) -> None:
        self._limits = limits
        self._refused = Counter[str]() if refused is None else refused
        self._initialised = False
        self._live: dict[str, Subscription] = {}
        self._admission = Admission(limits)

    def receive(self, text: str, now: float, request_id: str) -> list[Action]:
        """What one message asks for. ``request_id`` is quoted where an operation is refused right away."""
        if len(text) > self._limits.message_bytes or len(data := text.encode()) > self._limits.message_bytes:
            self._refused["message_bytes"] += 1
            return [TOO_BIG]
        try:
            message = read_json(data, self._limits)
        except GivingError as error:
            self._count(error)
            return [INVALID_MESSAGE]
        if not isinstance(message, dict):
            return [INVALID_MESSAGE]
        match message.get("type"):
            case "subscribe":
                return self._subscribe(message, now, request_id)
            case "complete":
                return self._complete(message)
        if not isinstance(payload := message.get("payload"), dict | None):
            return [INVALID_MESSAGE]
        match message.get("type"):
            case "connection_init":
                return self._init()
            case "ping":
                return [Reply(orjson.dumps({"type": "pong"} | ({"payload": payload} if payload is not None else {})))]
            case "pong":
                return []
        return [INVALID_MESSAGE]

    def waited(self) -> list[Action]:
        """The time in which a client must introduce itself is over."""
        if self._initialised:
            return []
        self._refused["init_wait_seconds"] += 1
        return [INIT_TIMEOUT]

    def result(self, subscription: Subscription, result: Result) -> Reply | None:
        """The frame of a result, or None where nobody waits for it any more. One that was not executed ends its operation."""
        if self._live.get(subscription.id) is not subscription:
            return None
        if result.executed:
            return Reply(subscription.head + result.body + b"}")
        del self._live[subscription.id]
        return _error(subscription, result.errors)

    def end(self, subscription: Subscription) -> Reply | None:
        """The frame that says that no more results come, unless the client knows."""
        if self._live.get(subscription.id) is not subscription:
            return None
        del self._live[subscription.id]
        return Reply(_head(subscription.id, b"complete") + b"}")

    def _init(self) -> list[Action]:
        if self._initialised:
            return [SECOND_INIT]
        self._initialised = True
        return [Reply(_ACK)]

    def _subscribe(self, message: dict[str, Any], now: float, request_id: str) -> list[Action]:
        try:
            request = OperationRequest.from_json(message.get("payload"))
        except GivingError as error:
            self._count(error)
            return [INVALID_MESSAGE]
        if not _is_id(name := message.get("id")):
            return [INVALID_MESSAGE]
        if not self._initialised:
            return [UNAUTHORIZED]
        if name in self._live:
            return [TAKEN_ID]
        subscription = Subscription(name, request)
        try:
            self._admission.take(len(self._live), now)
        except GivingError as error:
            self._count(error)
            return [_error(subscription, (described(error, request_id),))]
        self._live[name] = subscription
        return [Start(subscription)]

    def _count(self, error: GivingError) -> None:
        if limit := limit_of(error):
            self._refused[limit] += 1

    def _complete(self, message: dict[str, Any]) -> list[Action]:
        if not _is_id(name := message.get("id")):
            return [INVALID_MESSAGE]
        stopped = self._live.pop(name, None)  # it may have ended while the message was on its way
        return [Stop(stopped)] if stopped else []


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID


def _head(name: str, kind: bytes) -> bytes:
    return b'{"id":' + orjson.dumps(name) + b',"type":"' + kind + b'"'


def _error(subscription: Subscription, errors: tuple[dict[str, Any], ...]) -> Reply:
    return Reply(_head(subscription.id, b"error") + b',"payload":' + orjson.dumps(errors) + b"}")
