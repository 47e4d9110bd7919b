"""The arguments that all lists share. Pages go forward; a cursor holds a place in the order."""

from typing import Annotated, Final, TypeAlias, TypeVar

import strawberry

from schema.api.field import argument
from schema.model.errors import BadUserInput

MAX_PAGE: Final = 100

First: TypeAlias = Annotated[int, argument("How many rows to give, at most 100.")]
After: TypeAlias = Annotated[str | None, argument("The cursor after which the page begins.")]

T = TypeVar("T")


def page_size(first: int) -> int:
    """``first`` if it is 0 to 100, else BadUserInput. With 0 rows a page still counts its list."""
    if not 0 <= first <= MAX_PAGE:
        over = "page_rows" if first > 0 else None
        raise BadUserInput(f"a page has 0 to {MAX_PAGE} rows", argument="first", limit=over)
    return first


def present(value: T | None) -> T | None:
    """None for an argument that was left out: as a default, null would be printed and so promised."""
    return None if value is strawberry.UNSET else value
