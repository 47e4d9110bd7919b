"""Pages with opaque cursors. A cursor is a place in the order of a list, so what comes or goes shifts no page."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, TypeVar

from connectors.tiltify.emulator.errors import invalid

# https://v5api.tiltify.com/api/public/openapi; that more than the most is refused and not cut is *assumed*
DEFAULT_LIMIT: Final = 10
MOST: Final = 100

Item = TypeVar("Item")
Place: TypeAlias = tuple[int, ...]
"""Where an item stands in its list: the lowest comes first."""


def page(rows: Sequence[tuple[Place, Item]], query: Mapping[str, str]) -> tuple[list[Item], dict[str, Any]]:
    """The items of one page and its ``metadata``. Raises Refused for a cursor or limit that makes no sense."""
    limit = _limit(query.get("limit"))
    ordered = sorted(rows, key=lambda row: row[0])
    start, end = 0, limit
    if "after" in query:
        last = _place("after", query)
        start = sum(place <= last for place, _ in ordered)
        end = start + limit
    elif "before" in query:
        first = _place("before", query)
        end = sum(place < first for place, _ in ordered)
        start = max(0, end - limit)
    shown = ordered[start:end]
    metadata = {
        "after": _cursor(shown[-1][0]) if shown and end < len(ordered) else None,
        "before": _cursor(shown[0][0]) if shown and start else None,
        "limit": limit,
    }
    return [item for _, item in shown], metadata


def endless(query: Mapping[str, str], form: Literal["circle", "line"]) -> dict[str, Any]:
    """The ``metadata`` of an empty page after which another comes: the same one, or each time one that is further on."""
    number = sum(_place("after", query)) if "after" in query else 0
    return {"after": _cursor((number + (form == "line"),)), "before": None, "limit": _limit(query.get("limit"))}


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST):
        raise invalid("limit", f"must be from 1 to {MOST}")
    return int(text)


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(name: str, query: Mapping[str, str]) -> Place:
    try:
        told = json.loads(base64.urlsafe_b64decode(query[name]))
    except (binascii.Error, ValueError):
        raise invalid(name) from None
    if not isinstance(told, list) or not all(type(part) is int for part in told):
        raise invalid(name)
    return tuple(told)
