"""Documents and bodies for each limit, made so that they are exactly at it."""

import json
from collections.abc import Callable
from typing import Any, Final

CAMPAIGNS: Final = "campaigns(first: 1) { nodes { "


def query(document: str, **variables: Any) -> bytes:
    """The body of a request."""
    return json.dumps({"query": document, "variables": variables}).encode()


def padded(size: int) -> bytes:
    """A body of so many bytes."""
    return query("{__typename}").ljust(size)


def characters(size: int) -> bytes:
    """A document of so many characters."""
    return query("{__typename}".ljust(size))


def tokens(count: int) -> bytes:
    """A document of so many tokens, most of them comments."""
    return query("#\n" * (count - len(("{", "__typename", "}"))) + "{__typename}")


def deep(levels: int) -> bytes:
    """Fields within each other, from ``campaign`` to the id of a parent's parent."""
    return query('{ campaign(id: "x") ' + "{ parent " * (levels - 2) + "{ id }" + " }" * (levels - 1))


def aliased(count: int) -> bytes:
    """One field under so many names."""
    return query("{ platforms { " + " ".join(f"a{number}: key" for number in range(count)) + " } }")


def rooted(count: int) -> bytes:
    """So many fields at the top."""
    return query("{ " + " ".join(f"a{number}: __typename" for number in range(count)) + " }")


def directed(count: int) -> bytes:
    """Directives on as many fields."""
    fields = ("id", "title", "status", "url", "externalId", "startsAt", "endsAt", "updatedAt", "__typename")
    told = " ".join(f"{name} @include(if: true)" for name in fields[:count])
    return query("{ " + CAMPAIGNS + told + " } } }")


def nested(levels: int) -> bytes:
    """Variables within each other."""
    value: Any = []
    for _ in range(levels - 2):
        value = [value]
    return query("{__typename}", v=value)


def digits(count: int) -> bytes:
    """A number of so many digits."""
    return b'{"query":"{__typename}","variables":{"v":' + b"9" * count + b"}}"


def costly(objects: int) -> bytes:
    """Ninety-eight campaigns with forty-nine gifts each come to 4,999; what is missing are networks."""
    more = " ".join(f"p{number}: platforms {{ key }}" for number in range(objects - 4_999))
    return query("{ campaigns(first: 98) { nodes { donations(first: 49) { nodes { id } } } } " + more + " }")


AT: Final[dict[str, Callable[[int], bytes]]] = {
    "body_bytes": padded,
    "document_characters": characters,
    "document_tokens": tokens,
    "depth": deep,
    "aliases": aliased,
    "root_fields": rooted,
    "directives": directed,
    "variables_nesting": nested,
    "number_digits": digits,
    "cost": costly,
}
"""By the name of each limit."""


def paged(rows: int) -> bytes:
    """A page of so many rows."""
    return query("query($first: Int!) { campaigns(first: $first) { totalCount } }", first=rows)


def several(count: int) -> bytes:
    """So many objects at once, of which there is none."""
    return query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * count)


def sought(characters: int) -> bytes:
    """A text to be searched for."""
    return query("query($search: String) { charities(search: $search) { totalCount } }", search="x" * characters)


SAID: Final[dict[str, Callable[[int], bytes]]] = {"page_rows": paged, "node_ids": several, "search_characters": sought}
"""The same for those that the schema says."""

_LINKS: Final = "".join(
    f"fragment F{i} on Campaign {{ a: parent {{ ...F{i + 1} }} b: parent {{ ...F{i + 1} }} }} " for i in range(60)
)

ABUSES: Final[dict[str, bytes]] = {
    "101 aliases": aliased(101),
    "500 fields": query("{ " + "__typename " * 500 + "}"),
    "a depth of 1,000": deep(1_000),
    "a circle of fragments": query("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }"),
    "aliases doubled in fragments": query('{ campaign(id: "x") { ...F0 } } ' + _LINKS + "fragment F60 on Campaign { id }"),
    "10 directives": query("{ __typename" + " @include(if: true)" * 10 + " }"),
    "100,000 comments": query("#\n" * 100_000 + "{__typename}"),
    "2,000 variables": query("query(" + " ".join(f"$v{i}: Int" for i in range(2_000)) + ") {__typename}"),
    "inline fragments within each other": query("{ " + "... { " * 400 + "__typename" + " }" * 400 + " }"),
    "a field repeated in inline fragments": query("{ platforms { " + "... on Platform { key } " * 200 + "} }"),
    "a batch": b"[" + b",".join([query("{__typename}")] * 10) + b"]",
    "circles of introspection": query("{ __schema { types " + "{ fields { type " * 12 + "{ name }" + " } }" * 12 + " } }"),
}
"""What strangers try, of row 40."""
