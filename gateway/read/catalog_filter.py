"""Which campaigns of the catalogue are listed: a filter as a condition of SQL, in which every value is bound."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from gateway.read.terms import expression
from schema.model.page import CampaignFilter
from schema.model.time import micros

STATUS: Final = (
    "CASE WHEN stated IS NOT NULL THEN stated WHEN starts_at > :now THEN 'SCHEDULED' "
    "WHEN ends_at <= :now THEN 'ENDED' ELSE 'ACTIVE' END"
)


def condition(where: CampaignFilter, now: datetime) -> tuple[str, dict[str, Any]]:
    """The condition, "1" where every campaign meets it, and the values in it. ``now`` is always among them."""
    parts: list[str] = []
    values: dict[str, Any] = {"now": micros(now)}

    def one_of(expression: str, name: str, wanted: Sequence[str]) -> None:
        if wanted:
            values[name] = orjson.dumps(wanted).decode()
            parts.append(f"{expression} IN (SELECT value FROM json_each(:{name}))")

    one_of("platform", "platforms", where.platforms)
    one_of(STATUS, "statuses", where.statuses)
    if where.categories:
        values["categories"] = orjson.dumps(where.categories).decode()
        parts.append("slot IN (SELECT slot FROM topics WHERE category IN (SELECT value FROM json_each(:categories)))")
    if where.within is not None:
        values["members"] = orjson.dumps(sorted(map(str, where.within.campaigns))).decode()
        values["accounts"] = orjson.dumps(sorted(where.within.accounts)).decode()
        parts.append("(id IN (SELECT value FROM json_each(:members)) OR account IN (SELECT value FROM json_each(:accounts)))")
    parent = None if where.parent is None else str(where.parent)
    for column, wanted in (("charity", where.charity), ("currency", where.currency), ("parent", parent)):
        if wanted is not None:
            values[column] = wanted
            parts.append(f"{column} = :{column}")
    if (search := expression(where.search)) is not None:
        values["search"] = search
        parts.append("slot IN (SELECT rowid FROM words WHERE words MATCH :search)")
    return " AND ".join(parts) or "1", values
