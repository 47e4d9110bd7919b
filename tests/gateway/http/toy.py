"""A small schema whose resolvers tell what became of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NewType, Self, TypeVar, cast

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.schema.config import StrawberryConfig

from connectors.testing.emulation import serve
from gateway.http.answers import Answers
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.registered import RegisteredDocuments
from gateway.http.requests import OperationRequest
from gateway.live.places import Places
from gateway.live.running import RunningOperations
from gateway.live.streams import Streams
from gateway.live.websocket import WebSockets
from schema.api.following import Following
from schema.api.ports import Message
from schema.model.errors import BadUserInput, LedgerUnavailable, NotFound
from tests.gateway.live.reading import results_of

CANARY = "canary-7f3a"
REQUEST_ID = "0123456789abcdef"


@dataclass
class World:
    """What resolvers see, and where they leave their traces."""

    scope: str = "public"

    ran: list[str] = field(default_factory=list)
    open: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)


Context = strawberry.Info[World, None]
Odd = NewType("Odd", int)
T = TypeVar("T")


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


@dataclass
class Played:
    """A feed of which each viewer is told all there is, for itself."""

    told: Callable[[str | None], AsyncGenerator[Any, None]]
    place = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    async def seek(self) -> None:
        """It is known."""

    async def reach(self, after: str) -> None:
        """It is everywhere."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[Any], None]:
        """All of it."""
        async with aclosing(self.told(after)) as told:
            async for each in told:
                yield Message(each, position=getattr(each, "position", None))

    async def live(self) -> AsyncGenerator[Message[Any], None]:
        """Nothing."""
        nothing: tuple[Any, ...] = ()
        for each in nothing:
            yield Message(each)


def following(told: Callable[[str | None], AsyncGenerator[T, None]], after: str | None = None) -> Following[T]:
    """Such a feed."""
    return Following(Played(told), lambda each: each, after)


@strawberry.type
class Subscription:
    """Feeds that end, that never do, and that fail."""

    @strawberry.subscription
    def ticks(self, info: Context, to: int, after: str | None = None, padding: int = 0) -> AsyncIterable[Tick]:
        async def told(last: str | None) -> AsyncGenerator[Tick, None]:
            try:
                for number in range(int(last or 0) + 1, to + 1):
                    yield Tick(number=number, position=str(number), padding="x" * padding)
            finally:
                info.context.closed.set()

        return following(told, after)

    @strawberry.subscription
    def open(self, info: Context) -> AsyncIterable[int]:
        async def told(_: str | None) -> AsyncGenerator[int, None]:
            info.context.open += 1
            try:
                yield info.context.open
                await asyncio.Event().wait()
            finally:
                info.context.open -= 1
                info.context.closed.set()

        return following(told)

    @strawberry.subscription
    def failing(self) -> AsyncIterable[int]:
        async def told(_: str | None) -> AsyncGenerator[int, None]:
            yield 1
            raise RuntimeError(CANARY)

        return following(told)

    @strawberry.subscription
    def missing(self, info: Context) -> AsyncIterable[int]:
        async def told(_: str | None) -> AsyncGenerator[int, None]:
            if info.context.open == 0:
                raise NotFound("There is no such feed.")
            yield 1

        return following(told)

    @strawberry.subscription
    def mute(self) -> AsyncIterable[int]:
        async def told(_: str | None) -> AsyncGenerator[int, None]:
            await asyncio.Event().wait()
            yield 1

        return following(told)


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
    origins: tuple[str, ...] = ()
    registered: RegisteredDocuments | None = None
    answers: Answers | None = None

    def __post_init__(self) -> None:
        self.world = World()
        self.operations = Operations(
            SCHEMA,
            lambda: self.world,
            self.limits,
            introspection=self.introspection,
            registered=self.registered,
            answers=self.answers,
        )
        self.running = RunningOperations(self.operations)
        self.places = Places(self.limits)
        self.streams = Streams(self.limits)
        self.sockets = WebSockets(self.running, self.places, self.limits, origins=self.origins)
        self.endpoint = GraphQLEndpoint(self.running, self.streams, self.places, self.limits, free_get=self.free_get)
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
        return [decoded(result.body) async for result in results_of(self.running, operation)]

    def is_refused(self, query: str, variables: dict[str, Any] | None = None) -> bool:
        """Whether an operation is refused before anything of it runs."""
        return not isinstance(self.operations.prepare(OperationRequest(query, None, variables or {}), REQUEST_ID), Operation)


def decoded(body: bytes) -> dict[str, Any]:
    """A JSON object."""
    return cast("dict[str, Any]", orjson.loads(body))


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's errors."""
    return [each["extensions"]["code"] for each in answer.get("errors", [])]
