"""Functions that are written where they are called, and objects that are not made."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from graphql import Executor, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, parse

from schema.execution.inlining import attributes_of, body_of
from schema.execution.plan import plan
from schema.execution.shortcuts import Call
from schema.execution.source import write
from schema.execution.writing import MAX_BLOCKS
from tests.schema.execution.asking import schema, told

SDL = """
type Query { shelf(named: String = "S"): Shelf empty: Shelf ill: Shelf }
type Shelf { name: String books: [Book!]! pairs: [Book!]! first: Book last: Book
             shelf: Shelf doubled: Shelf shown: Shelf endless: Shelf }
type Book { title: String! long(by: Int = 2): String! itself: String! other: String! loud: String! later: String!
            shelf: Shelf }
"""
WORDS = ("one", "two")


@dataclass(kw_only=True)
class Shelf:
    name: str
    books: tuple[str, ...]


@dataclass(kw_only=True)
class Book:
    title: str
    number: int

    @property
    def loud(self) -> str:
        return self.title.upper()


def shelf(named: str) -> Shelf:
    return Shelf(name=named, books=WORDS)


def empty() -> Shelf | None:
    return None if WORDS[0] else Shelf(name="never", books=())


def ill(info: GraphQLResolveInfo[Any]) -> Shelf:
    if info.field_name == "ill":
        raise LookupError(f"no {info.field_name}\nat all")
    return Shelf(name="ill", books=())


def name(self: Shelf) -> str:
    return self.name


def books(self: Shelf) -> list[Book]:
    return [Book(title=word, number=len(word)) for word in self.books]


def pairs(self: Shelf) -> list[Book]:
    return [Book(title=self.name + word, number=number) for number, word in enumerate(self.books)]


def first(self: Shelf) -> Book | None:
    found = self.books[0] if self.books else None
    return None if found is None else Book(title=found, number=0)


def last(self: Shelf) -> Book:
    word = self.books[-1]
    word = word + "!"
    return Book(number=len(word), title=word)


def deeper(self: Shelf) -> Shelf | None:
    return None if not self.name else Shelf(name=self.name, books=self.books)


def doubled(self: Shelf) -> Shelf:
    return _doubled(self.name, self.books)


def _doubled(name: str, books: tuple[str, ...]) -> Shelf:
    return Shelf(name=name * 2, books=books)


def shown(self: Shelf) -> Shelf | None:
    return _shown(self.name)


def _shown(name: str) -> Shelf | None:
    return None if len(name) > 40 else _shown(name + name)


def endless(self: Shelf) -> Shelf:
    return _endless(self.name)


def _endless(name: str) -> Shelf:
    if len(name) > 40:
        raise ValueError("too long")
    return _endless(name + name)


def title(self: Book) -> str:
    return self.title


def long(self: Book, by: int) -> str:
    return self.title * by


def itself(self: Book) -> str:
    return repr(self)


def other(self: Book) -> str:
    self = _another()
    return self.title


def _another() -> Book:
    return Book(title="another", number=0)


def loud(self: Book) -> str:
    return self.loud


async def later(self: Book) -> str:
    return f"{self.title} in\nthe end"


@dataclass(frozen=True)
class Resolver:
    """A function as graphql-core calls it."""

    function: Callable[..., Any]
    takes_source: bool = True
    takes_info: bool = False

    def __call__(self, source: Any, info: Any, **arguments: Any) -> Any:
        given = (source,) if self.takes_source else ()
        return self.function(*given, **({"info": info} if self.takes_info else {}), **arguments)


RESOLVERS = {
    "Query.shelf": Resolver(shelf, takes_source=False),
    "Query.empty": Resolver(empty, takes_source=False),
    "Query.ill": Resolver(ill, takes_source=False, takes_info=True),
    "Shelf.name": Resolver(name),
    "Shelf.books": Resolver(books),
    "Shelf.pairs": Resolver(pairs),
    "Shelf.first": Resolver(first),
    "Shelf.last": Resolver(last),
    "Shelf.shelf": Resolver(deeper),
    "Shelf.doubled": Resolver(doubled),
    "Shelf.shown": Resolver(shown),
    "Shelf.endless": Resolver(endless),
    "Book.title": Resolver(title),
    "Book.long": Resolver(long),
    "Book.itself": Resolver(itself),
    "Book.other": Resolver(other),
    "Book.loud": Resolver(loud),
    "Book.later": Resolver(later),
    "Book.shelf": Resolver(lambda self: Shelf(name=self.title, books=())),
}


class Told:
    """Which function is behind each field, and which class is each type's."""

    def field(self, field: GraphQLField) -> Call | None:
        assert isinstance(field.resolve, Resolver)
        info = "info" if field.resolve.takes_info else None
        return Call(field.resolve.function, field.resolve.takes_source, info)

    def class_of(self, object_type: GraphQLObjectType) -> type | None:
        return {"Shelf": Shelf, "Book": Book}.get(object_type.name)


async def both(text: str, **variables: Any) -> Any:
    return await told(SDL, text, resolvers=RESOLVERS, shortcuts=Told(), **variables)


def written(text: str) -> tuple[str, dict[str, Any]]:
    """The text of an operation, and what its names stand for."""
    executor = Executor.build(schema(SDL, RESOLVERS), parse(text))
    assert isinstance(executor, Executor)
    selection, _ = plan(executor)
    source = write(selection, Told())
    return source.text, source.names


def makes(text: str, cls: type) -> int:
    """How often the text has a call that makes one."""
    source, names = written(text)
    return sum(source.count(f"{name}(") for name, value in names.items() if value is cls)


async def test_what_an_object_would_hold_is_answered_and_it_is_not_made() -> None:
    text = '{ shelf(named: "T") { name books { title } pairs { title } first { title } last { title } doubled { name } } }'
    assert await both(text) == {
        "shelf": {
            "name": "T",
            "books": [{"title": "one"}, {"title": "two"}],
            "pairs": [{"title": "Tone"}, {"title": "Ttwo"}],
            "first": {"title": "one"},
            "last": {"title": "two!"},
            "doubled": {"name": "TT"},
        }
    }
    assert makes(text, Book) == makes(text, Shelf) == 0


@pytest.mark.parametrize("wanted", ["itself", "other", "loud", "later", "shelf { name }", "long(by: $n)"])
async def test_it_is_made_once_where_a_field_needs_all_of_it(wanted: str) -> None:
    text = f"query($n: Int = 3) {{ shelf {{ books {{ title one: {wanted} two: {wanted} }} }} }}"
    [book, _] = (await both(text))["shelf"]["books"]
    assert book["one"] == book["two"]
    assert makes(text, Book) == 1


async def test_an_object_that_is_not_there_is_null() -> None:
    assert await both("{ empty { name } }") == {"empty": None}
    assert await both('{ shelf(named: "") { shelf { name } books { title } } }') == {
        "shelf": {"shelf": None, "books": [{"title": "one"}, {"title": "two"}]}
    }


async def test_what_is_refused_goes_to_the_judge() -> None:
    assert await both("{ ill { name } }") is None
    assert await both("{ other: ill { name } }") is None


async def test_a_field_by_an_odd_name_of_an_object_that_is_not_made() -> None:
    assert await both("{ shelf { _: name __typename first { x: title y: title __typename } } }") == {
        "shelf": {"_": "S", "__typename": "Shelf", "first": {"x": "one", "y": "one", "__typename": "Book"}}
    }


@pytest.mark.parametrize("depth", [1, MAX_BLOCKS - 1, MAX_BLOCKS, MAX_BLOCKS + 1, 25])
async def test_objects_within_objects_are_written_out_up_to_a_depth(depth: int) -> None:
    text = "{ shelf " + "{ shelf " * depth + "{ name books { title } }" + "}" * depth + " }"
    assert await both(text) is not None
    assert (makes(text, Shelf) > 0) is (depth >= MAX_BLOCKS)


async def test_a_function_that_calls_itself_is_written_out_so_often_and_called_then() -> None:
    assert await both("{ shelf { shown { name } } }") == {"shelf": {"shown": None}}
    assert await both("{ shelf { endless { name } } }") is None


@pytest.mark.parametrize(
    ("text", "expected"), [("{ shelf { name } }", "S"), ("{ shelf(named: null) { books { title } } }", None)]
)
async def test_constant_arguments_are_known(text: str, expected: str | None) -> None:
    assert (await both(text))["shelf"].get("name") == expected


async def test_arguments_that_variables_decide_are_given_in_a_call() -> None:
    assert await both("query($n: String) { shelf(named: $n) { name } }", n="V") == {"shelf": {"name": "V"}}
    assert await both("{ shelf { first { long short: long(by: 1) } } }") == {
        "shelf": {"first": {"long": "oneone", "short": "one"}}
    }


# ------------------------------------------------------------------------------------------------- what a function does


async def waits(a: int) -> int:
    return a


def gives(a: int) -> Iterator[int]:
    yield a


def counts(a: int) -> int:
    for _ in range(a):
        a += 1
    return a


def branches(a: int) -> int:
    if a:
        return 1
    return 2


def hides(a: int) -> list[int]:
    return sorted([a], key=lambda each: each)


def several(a: list[int]) -> list[int]:
    return [one + two for one in a for two in a if two]


def unpacked(a: tuple[int, int]) -> int:
    one, two = a
    return one + two


def about_itself() -> object:
    return locals()


def any_number(*a: int) -> object:
    return a


def set_later(a: int) -> object:
    return a + LATER  # type: ignore[name-defined]  # noqa: F821


def nothing() -> None:
    pass


def enclosing(b: int) -> Callable[[int], int]:
    def inner(a: int) -> int:
        return a + b

    return inner


@pytest.mark.parametrize(
    "function",
    [
        waits,
        gives,
        counts,
        branches,
        hides,
        several,
        unpacked,
        about_itself,
        any_number,
        set_later,
        nothing,
        enclosing(1),
        len,
        Shelf,
    ],
)
def test_what_does_more_is_called(function: Callable[..., Any]) -> None:
    assert body_of(function) is None


def test_a_function_of_which_the_file_was_replaced_is_called(tmp_path: Path) -> None:
    def loaded(text: str, *, then: str) -> Callable[..., Any]:
        file = tmp_path / f"words{len(text)}.py"
        file.write_text(text, "utf-8")
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        file.write_text(then, "utf-8")
        function: Callable[..., Any] = module.word
        return function

    text = "def word(a):\n    return a.one\n"
    assert body_of(loaded(text, then=text)) is not None
    text += "\n"
    assert body_of(loaded(text, then=text.replace("one", "two"))) is None
    text += "\n"
    assert body_of(loaded(text, then="# another one\n")) is None


@dataclass
class Checked:
    one: int

    def __post_init__(self) -> None:
        self.one += 1


@dataclass
class Watched:
    one: int

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, 0)


@dataclass
class Own:
    one: int

    def __init__(self, one: int) -> None:
        self.one = one + 1


class Bare:
    one: int


def test_a_class_whose_instances_may_hold_something_else_is_always_made() -> None:
    assert [attributes_of(cls) for cls in (Checked, Watched, Own, Bare, int)] == [None] * 5
    assert attributes_of(Book) == frozenset({"title", "number"})


@dataclass(kw_only=True)
class Half:
    one: int
    two: int = field(default=2)


def test_what_is_left_out_is_not_guessed() -> None:
    assert attributes_of(Half) == frozenset({"one", "two"})
