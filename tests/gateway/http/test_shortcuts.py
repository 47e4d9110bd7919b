"""What is told of Strawberry's fields is what Strawberry would do; where it would do more, nothing is told."""

from collections.abc import AsyncIterator
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import pytest
import strawberry
from graphql import GraphQLObjectType
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from gateway.http.shortcuts import StrawberryShortcuts
from schema.execution.shortcuts import Attribute, Call
from tests.schema.execution.judged import Question, compare

T = TypeVar("T")


@strawberry.enum
class Size(Enum):
    """One that is given and taken."""

    SMALL = "s"
    LARGE = "l"


@strawberry.input
class Where:
    """Arguments within an argument."""

    name: str = "any"
    sizes: list[Size] = strawberry.field(default_factory=lambda: [Size.LARGE])
    inner: "Where | None" = None


class Shouting(FieldExtension):
    """Wraps a resolver."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        """In capitals."""
        return next_(source, info, **kwargs).upper()


class Nobody(BasePermission):
    """Refuses."""

    message = "no"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        """Never."""
        return False


@strawberry.interface
class Named:
    """Its instances are known by their class."""

    own_name: str

    @strawberry.field
    def greeting(self) -> str:
        return f"I am {self.own_name}"


@strawberry.type
class Person(Named):
    """One of two."""

    size: Size = Size.SMALL


@strawberry.type
class Place(Named):
    """The other."""

    people: list[Person]


@strawberry.interface
class Judged:
    """It tells types itself."""

    text: str = "guilty"

    @classmethod
    def resolve_type(cls, value: Any, info: Any, type_: Any) -> str:
        return "Verdict"


@strawberry.type
class Verdict(Judged):
    """Whatever is given."""


@strawberry.type
class Box(Generic[T]):
    """One class for several types."""

    inside: T


@strawberry.type
class Query:
    """A field for each way of writing one."""

    @strawberry.field
    def plain(self) -> str:
        return "plain"

    @strawberry.field
    async def later(self, info: strawberry.Info, times: int = 2) -> str:
        return f"{info.field_name} {info.context} {times}" * times

    @strawberry.field
    def given(
        self,
        where: Where | None = None,
        sizes: list[Size] = [Size.SMALL],  # noqa: B006 (as one may write it)
        odd_name: Annotated[int, strawberry.argument(name="class")] = 1,
        unset: str | None = strawberry.UNSET,
    ) -> str:
        sizes.append(Size.LARGE)
        return f"{where} {sizes} {odd_name} {unset is strawberry.UNSET}"

    @strawberry.field
    @staticmethod
    def static(root: "Query") -> str:
        return type(root).__name__

    @strawberry.field
    @staticmethod
    def parent(above: strawberry.Parent["Query"]) -> str:
        return type(above).__name__

    @strawberry.field(extensions=[Shouting()])  # type: ignore[untyped-decorator]
    def wrapped(self) -> str:
        return "wrapped"

    @strawberry.field(permission_classes=[Nobody])  # type: ignore[untyped-decorator]
    def forbidden(self) -> str | None:
        return "secret"

    @strawberry.field
    def named(self) -> list[Named]:
        return [Person(own_name="Ada"), Place(own_name="Ghent", people=[Person(own_name="Bo", size=Size.LARGE)])]

    @strawberry.field
    def either(self) -> list[Person | Place]:
        return [Place(own_name="Ghent", people=[]), Person(own_name="Ada")]

    @strawberry.field
    def verdict(self) -> Judged:
        return Verdict()

    @strawberry.field
    def texts(self) -> Box[str]:
        return Box(inside="text")

    @strawberry.field
    def numbers(self) -> Box[int]:
        return Box(inside=5)


@strawberry.type
class Subscription:
    """Followed."""

    @strawberry.subscription
    async def told(self, since: int = 0) -> AsyncIterator[Person]:
        yield Person(own_name="Ada")


BUILT = strawberry.Schema(Query, subscription=Subscription, types=[Verdict])
SHORT = StrawberryShortcuts(BUILT)


def short(name: str, built: strawberry.Schema = BUILT) -> Attribute | Call | None:
    """What is told of a field."""
    type_, field = name.split(".")
    object_type = built._schema.type_map[type_]
    assert isinstance(object_type, GraphQLObjectType)
    return StrawberryShortcuts(built).field(object_type.fields[field])


@pytest.mark.parametrize(
    "text",
    [
        "{plain static parent wrapped}",
        "{later a: later(times: 1)}",
        "query($n: Int = 3) {later(times: $n)}",
        "{given}",
        "{given(class: 5, unset: null, sizes: [LARGE, SMALL], where: {})}",
        "query($w: Where, $s: Size! = LARGE) {given(where: $w) b: given(sizes: [$s], where: {inner: {sizes: [$s]}})}",
        "{named {__typename ownName greeting ... on Person {size} ... on Place {people {size}}}}",
        "{either {__typename ... on Named {greeting}}}",
        "{verdict {__typename ... on Verdict {text}} texts {inside} numbers {inside}}",
    ],
)
async def test_fields_answer_as_they_do_for_strawberry(text: str) -> None:
    question = Question(BUILT._schema, text, {}, "context", Query(), executor=BUILT.execution_context_class)
    assert await compare(question, SHORT) is not None
    assert await compare(question) is not None


async def test_what_is_forbidden_stays_so() -> None:
    question = Question(BUILT._schema, "{forbidden}", {}, root=Query(), executor=BUILT.execution_context_class)
    assert await compare(question, SHORT) is None


async def test_a_message_is_its_own_answer() -> None:
    text, root = "subscription($n: Int!) {told(since: $n) {ownName size}}", Person(own_name="Ada")
    question = Question(BUILT._schema, text, {"n": 3}, root=root, executor=BUILT.execution_context_class)
    assert await compare(question, SHORT) == {"told": {"ownName": "Ada", "size": "SMALL"}}


def test_attributes_and_plain_functions_are_told() -> None:
    assert short("Person.ownName") == Attribute("own_name")
    for name in ("Query.plain", "Query.later", "Query.given", "Place.greeting"):
        assert isinstance(short(name), Call)


@pytest.mark.parametrize("name", ["Query.static", "Query.parent", "Query.wrapped", "Query.forbidden", "Subscription.told"])
def test_of_others_nothing_is_told(name: str) -> None:
    assert short(name) is None


def test_attributes_that_are_looked_up_in_another_way_are_not_told() -> None:
    built = strawberry.Schema(
        Query, types=[Verdict], config=StrawberryConfig(default_resolver=lambda value, name: (value, name))
    )
    assert short("Person.ownName", built) is None


def test_classes_are_told_where_a_class_is_one_type() -> None:
    types = BUILT._schema.type_map
    told = {name: SHORT.class_of(each) for name, each in types.items() if isinstance(each, GraphQLObjectType)}
    assert {name: cls for name, cls in told.items() if cls is not None} == {
        "Query": Query,
        "Subscription": Subscription,
        "Person": Person,
        "Place": Place,
    }
