"""What is asked for, from the documents in ``examples/queries``."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import DocumentNode, parse, print_ast
from graphql.utilities import separate_operations

from benchmarks.query.rows import Row

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "queries" / "lists-and-caches.graphql"
ROWS: Final = 20
"""On a page of the list, if no other number is asked for."""
DISTINCT: Final = 200
NODE_FIELDS: Final = (
    "externalId",
    "title",
    "url",
    "donateUrl",
    "status",
    "platform { id key name }",
    "goal { amount currencyCode }",
    "total { raised { amount currencyCode } donationCount progress asOf freshness position }",
)
"""All that a document of the mix may ask for."""


@dataclass(frozen=True, slots=True)
class Request:
    """One operation."""

    query: str
    variables: Mapping[str, Any]

    @property
    def body(self) -> str:
        """As it is posted."""
        return json.dumps({"query": self.query, "variables": self.variables})


def _examples() -> dict[str, DocumentNode]:
    return separate_operations(parse(EXAMPLES.read_text("utf-8")))


LIST: Final = print_ast(_examples()["CampaignSearch"])
"""A page of campaigns with nested money, with what it needs and nothing else of its file."""
TOTALS: Final = print_ast(_examples()["Watchlist"])
"""Totals by ids."""
ORDERED: Final = {"orderBy": "RAISED_DESC"}
"""As the document says by itself, but Mercurius' JIT does not heed what a document says of a variable that may not be null."""
HOT: Final = Request(LIST, ORDERED)


def page_after(row: Row) -> Request:
    """The list from behind a row on."""
    return Request(LIST, {**ORDERED, "after": row.cursor})


def mix(rows: Sequence[Row], seed: int = 1) -> list[Request]:
    """Distinct documents as the teams of many pages might write them: lists, single campaigns, and totals by ids.

    What they ask for is in their text, as a cache by text would like it least.
    """
    rng = random.Random(seed)
    found: dict[str, Request] = {}
    while len(found) < DISTINCT:
        fields = " ".join(["id", *(field for field in NODE_FIELDS if rng.random() < 0.6)])
        text = rng.choice((_page, _single, _several))(rows, fields, rng)
        found[text] = Request(text, {})
    return list(found.values())


def every(rows: Sequence[Row], length: int) -> list[Request]:
    """Pages of the list from behind so many rows on, each from another one, in an order that no one would guess.

    The first rows are left out, as their totals, and so their cursors, move.
    """
    chosen = list(rows[ROWS:])
    random.Random(1).shuffle(chosen)
    return [page_after(row) for row in chosen[:length]]


def _page(rows: Sequence[Row], fields: str, rng: random.Random) -> str:
    after, first = rng.choice(rows[ROWS:]).cursor, rng.choice((5, 10, ROWS))
    shape = rng.choice((f"nodes {{ {fields} }}", f"edges {{ cursor node {{ {fields} }} }}"))
    return (
        f"query {{ campaigns(first: {first}, after: {json.dumps(after)}) {{ totalCount {shape} pageInfo {{ hasNextPage }} }} }}"
    )


def _single(rows: Sequence[Row], fields: str, rng: random.Random) -> str:
    return f"query {{ campaign(id: {json.dumps(rng.choice(rows).id)}) {{ {fields} }} }}"


def _several(rows: Sequence[Row], fields: str, rng: random.Random) -> str:
    ids = json.dumps([row.id for row in rng.sample(rows, 5)])
    return f"query {{ nodes(ids: {ids}) {{ ... on Campaign {{ {fields} }} }} }}"
