"""The catalogue: filters, orders and counts over all campaigns, as a read model in this process (SQLite in memory).

It is loaded before the process is ready and then follows the ledger. Every order ends with the id, so no two rows are equal,
and a cursor holds a place in the order, so pages stay whole while rows arrive.
"""

import base64
import binascii
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from gateway.read.totals import TotalRow
from schema.model.campaign import Campaign
from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.rates import Rates

_TABLE: Final = """
CREATE TABLE campaigns (
    id TEXT PRIMARY KEY, platform TEXT, stated TEXT, starts_at REAL, ends_at REAL, currency TEXT, charity TEXT,
    categories TEXT, account TEXT, parent TEXT, raised INTEGER, worth REAL, progress REAL, updated_at REAL
) WITHOUT ROWID;
CREATE INDEX by_worth ON campaigns (worth IS NULL, -COALESCE(worth, 0), -COALESCE(raised, 0), id);
CREATE INDEX by_update ON campaigns (-updated_at, id);
"""
_STATUS: Final = (
    "CASE WHEN stated IS NOT NULL THEN stated WHEN starts_at > :now THEN 'SCHEDULED' "
    "WHEN ends_at <= :now THEN 'ENDED' ELSE 'ACTIVE' END"
)
# every expression ascends; what has no value comes last
_ORDERS: Final[Mapping[CampaignOrder, tuple[str, ...]]] = {
    CampaignOrder.RAISED_DESC: ("worth IS NULL", "-COALESCE(worth, 0)", "-COALESCE(raised, 0)", "id"),
    CampaignOrder.PROGRESS_DESC: ("progress IS NULL", "-COALESCE(progress, 0)", "id"),
    CampaignOrder.STARTS_AT_DESC: ("starts_at IS NULL", "-COALESCE(starts_at, 0)", "id"),
    CampaignOrder.ENDS_AT_ASC: (f"({_STATUS}) = 'ENDED'", "ends_at IS NULL", "COALESCE(ends_at, 0)", "id"),
    CampaignOrder.UPDATED_AT_DESC: ("-updated_at", "id"),
}
# within one currency the order is by the exact amount, with or without a rate
_RAISED_EXACT: Final = ("raised IS NULL", "-COALESCE(raised, 0)", "id")


class Catalog:
    """By RAISED_DESC amounts are compared by their worth in one currency; those without a rate come last."""

    def __init__(self) -> None:
        self._currency = ""
        self._rates = Rates()
        self._factors: dict[str, float | None] = {}
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.executescript(_TABLE)

    def close(self) -> None:
        """Frees the database."""
        self._database.close()

    def rate(self, rates: Rates, currency: str) -> None:
        """Compares at these rates, in ``currency``, from now on; what is listed already stands as it was put."""
        self._rates = rates
        self._currency = currency
        self._factors = {currency: 1.0}

    def worth(self, money: Money) -> float | None:
        """What orders amounts across currencies, and nothing else; None without a rate."""
        code = money.currency.code
        if code not in self._factors:
            rate = self._rates.between(code, self._currency)
            self._factors[code] = None if rate is None else float(rate.value)
        factor = self._factors[code]
        return None if factor is None else money.minor / 10**money.currency.exponent * factor

    def put(self, campaign: Campaign, total: TotalRow | None, updated_at: datetime) -> None:
        """Lists a campaign as it stands now."""
        raised = None if total is None else total.raised
        currency = total.currency if total is not None else campaign.currency
        worth = progress = None
        if raised is not None and currency is not None:
            worth = self.worth(Money(raised, currency))
            if campaign.goal is not None and campaign.goal.currency == currency and campaign.goal.minor:
                progress = raised / campaign.goal.minor
        self._database.execute(
            "INSERT OR REPLACE INTO campaigns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(campaign.id),
                campaign.id.platform,
                campaign.stated,
                None if campaign.starts_at is None else campaign.starts_at.timestamp(),
                None if campaign.ends_at is None else campaign.ends_at.timestamp(),
                None if currency is None else currency.code,
                None if campaign.charity is None else campaign.charity.key,
                orjson.dumps(campaign.categories).decode(),
                campaign.account,
                f"{campaign.id.platform}:{campaign.part_of[0]}" if campaign.part_of else None,
                raised,
                worth,
                progress,
                updated_at.timestamp(),
            ),
        )

    def drop(self, campaign: CampaignId) -> None:
        """Lists it no more."""
        self._database.execute("DELETE FROM campaigns WHERE id = ?", (str(campaign),))

    def page(
        self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None, now: datetime
    ) -> tuple[list[tuple[str, CampaignId]], bool, int]:
        """Cursors and ids, whether more follow, and how many the whole list has. Raises BadUserInput for a bad cursor."""
        exact = order is CampaignOrder.RAISED_DESC and where.currency is not None
        keys = _RAISED_EXACT if exact else _ORDERS[order]
        name = f"{order}:{where.currency}" if exact else str(order)
        condition, values = _condition(where)
        values["now"] = now.timestamp()
        total = self._database.execute(f"SELECT COUNT(*) FROM campaigns WHERE {condition}", values).fetchone()[0]
        if after is not None:
            place = _place(after, name, len(keys))
            values |= {f"k{index}": value for index, value in enumerate(place)}
            condition += f" AND ({', '.join(keys)}) > ({', '.join(f':k{index}' for index in range(len(keys)))})"
        columns = ", ".join(keys)
        rows = self._database.execute(
            f"SELECT {columns} FROM campaigns WHERE {condition} ORDER BY {columns} LIMIT :most",
            {**values, "most": first + 1},
        ).fetchall()
        found = [(_cursor(name, row), CampaignId.parse(row[-1])) for row in rows[:first]]
        return found, len(rows) > first, total


def _condition(where: CampaignFilter) -> tuple[str, dict[str, Any]]:
    parts, values = ["1"], dict[str, Any]()

    def one_of(expression: str, name: str, wanted: tuple[str, ...]) -> None:
        if wanted:
            values[name] = orjson.dumps(wanted).decode()
            parts.append(f"{expression} IN (SELECT value FROM json_each(:{name}))")

    one_of("platform", "platforms", where.platforms)
    one_of(_STATUS, "statuses", tuple(where.statuses))
    if where.categories:
        values["categories"] = orjson.dumps(where.categories).decode()
        parts.append(
            "EXISTS (SELECT 1 FROM json_each(campaigns.categories) AS has JOIN json_each(:categories) AS want USING (value))"
        )
    if where.within is not None:
        values["members"] = orjson.dumps(sorted(map(str, where.within.campaigns))).decode()
        values["accounts"] = orjson.dumps(sorted(where.within.accounts)).decode()
        parts.append("(id IN (SELECT value FROM json_each(:members)) OR account IN (SELECT value FROM json_each(:accounts)))")
    parent = None if where.parent is None else str(where.parent)
    for column, wanted in (("charity", where.charity), ("currency", where.currency), ("parent", parent)):
        if wanted is not None:
            values[column] = wanted
            parts.append(f"{column} = :{column}")
    return " AND ".join(parts), values


def _cursor(order: str, row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order, *row])).decode().rstrip("=")


def _place(cursor: str, order: str, length: int) -> list[Any]:
    try:
        name, *place = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if name == order and len(place) == length and all(_is_bindable(value) for value in place):
            return list(place)
    except (binascii.Error, ValueError, TypeError):
        pass
    raise BadUserInput("this is no cursor of this list in this order", argument="after")


def _is_bindable(value: object) -> bool:
    """Whether SQLite takes it: its integers have 64 bits."""
    return type(value) in (float, str) or (type(value) is int and abs(value) < 2**63)
