"""A small schema whose resolvers tell what became of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NewType, cast

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.schema.config import StrawberryConfig

from connectors.testing.emulation import serve
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.requests import OperationRequest
from gateway.live.sse import EventStreams
from gateway.live.websocket import WebSockets
from schema.model.errors import BadUserInput, LedgerUnavailable, NotFound

CANARY = "canary-7f3a"
REQUEST_ID = "0123456789abcdef"


@dataclass
class World:
    """What resolvers see, and where they leave their traces."""

    ran: list[str] = field(default_factory=list)
    open: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)


Context = strawberry.Info[World, None]
Odd = NewType("Odd", int)


def _odd(value: Any) -> Odd:
    if not isinstance(value, int):
        raise ValueError(CANARY)  # noqa: TRY004 (a scalar that was not written with care)
    if value % 2 == 0:
        raise BadUserInput("This must be odd.", argument="odd")
    return Odd(value)


@strawberry.type
class Leaf:
    """Goes as deep as one likes."""

    @strawberry.field
    def name(self, info: Context) -> str:
        info.context.ran.append("name")
        return "leaf"

    @strawberry.field
    def leaf(self) -> "Leaf":
        return Leaf()

    @strawberry.field
    def twin(self) -> "Leaf":
        return Leaf()


@strawberry.type
class Query:
    """Good and bad resolvers."""

    @strawberry.field
    def hello(self, info: Context, name: str = "world") -> str:
        info.context.ran.append("hello")
        return f"Hello {name}"

    @strawberry.field
    def number(self, value: int) -> int:
        return value

    @strawberry.field
    def odd(self, value: Odd = Odd(1)) -> int:
        return value

    @strawberry.field
    def leaf(self) -> Leaf:
        return Leaf()

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(CANARY)

    @strawberry.field
    def refused(self) -> str | None:
        raise BadUserInput("That cannot be.", argument="what")

    @strawberry.field
    def silent(self) -> str | None:
        raise LedgerUnavailable(CANARY)

    @strawberry.field
    def unsayable(self) -> str | None:
        return "\ud800"

    @strawberry.field
    async def never(self) -> str | None:
        await asyncio.Event().wait()
        return None


@strawberry.type
class Mutation:
    """The gateway has none; a transport must still be right about them."""

    @strawberry.mutation
    def touch(self, info: Context) -> bool:
        info.context.ran.append("touch")
        return True


@strawberry.type
class Tick:
    """One message of a feed."""

    number: int
    position: str
    padding: str = ""


@strawberry.type
class Subscription:
    """Feeds that end, that never do, and that fail."""

    @strawberry.subscription
    async def ticks(self, info: Context, to: int, after: str | None = None, padding: int = 0) -> AsyncGenerator[Tick, None]:
        try:
            for number in range(int(after or 0) + 1, to + 1):
                yield Tick(number=number, position=str(number), padding="x" * padding)
        finally:
            info.context.closed.set()

    @strawberry.subscription
    async def open(self, info: Context) -> AsyncGenerator[int, None]:
        info.context.open += 1
        try:
            yield info.context.open
            await asyncio.Event().wait()
        finally:
            info.context.open -= 1
            info.context.closed.set()

    @strawberry.subscription
    async def failing(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError(CANARY)

    @strawberry.subscription
    async def missing(self, info: Context) -> AsyncGenerator[int, None]:
        if info.context.open == 0:
            raise NotFound("There is no such feed.")
        yield 1

    @strawberry.subscription
    async def mute(self) -> AsyncGenerator[int, None]:
        await asyncio.Event().wait()
        yield 1


SCHEMA = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(
        disable_field_suggestions=True, scalar_map={Odd: strawberry.scalar(name="Odd", parse_value=_odd, serialize=int)}
    ),
)


@dataclass
class Toy:
    """All of it composed, as the gateway composes the real one."""

    limits: Limits = field(default_factory=Limits)
    introspection: bool = True
    free_get: bool = True
    ping_seconds: float = 15.0
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.world = World()
        self.operations = Operations(SCHEMA, lambda: self.world, self.limits, introspection=self.introspection)
        self.streams = EventStreams(self.limits, ping_seconds=self.ping_seconds)
        self.sockets = WebSockets(self.operations, self.limits, origins=self.origins)
        self.endpoint = GraphQLEndpoint(self.operations, self.streams, self.limits, free_get=self.free_get)
        self.app = Starlette(routes=[Route("/graphql", self.endpoint), WebSocketRoute("/graphql", self.sockets)])

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """The endpoint's address while it is served."""
        async with serve(self.app) as url:
            yield f"{url}/graphql"

    async def run(self, query: str, variables: dict[str, Any] | None = None, name: str | None = None) -> dict[str, Any]:
        """The answer to an operation, decoded."""
        operation = self.operations.prepare(OperationRequest(query, name, variables or {}), REQUEST_ID)
        return decoded((await self.operations.execute(operation)).body)

    async def results(self, query: str, *, after: str | None = None, **variables: object) -> list[dict[str, Any]]:
        """All results of an operation, decoded."""
        operation = self.operations.prepare(OperationRequest(query, None, variables), REQUEST_ID, after=after)
        return [decoded(result.body) async for result in self.operations.subscribe(operation)]

    def is_refused(self, query: str, variables: dict[str, Any] | None = None) -> bool:
        """Whether an operation is refused before anything of it runs."""
        return not isinstance(self.operations.prepare(OperationRequest(query, None, variables or {}), REQUEST_ID), Operation)


def decoded(body: bytes) -> dict[str, Any]:
    """A JSON object."""
    return cast("dict[str, Any]", orjson.loads(body))


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's errors."""
    return [each["extensions"]["code"] for each in answer.get("errors", [])]
