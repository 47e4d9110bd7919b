"""The catalogue: filters, search, orders and counts over all campaigns, as a read model in this process (SQLite in memory).

It is loaded before the process is ready and then follows the ledger. Every order ends with the id, so no two rows are equal,
and a cursor holds a place in the order, so pages stay whole while rows arrive.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.read.catalog_charities import Charities
from gateway.read.catalog_cursors import cursor, place
from gateway.read.catalog_filter import STATUS, condition
from gateway.read.terms import terms
from gateway.read.totals import TotalRow
from gateway.read.turns import Turns
from schema.model.campaign import Campaign
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.page import ALL, CampaignFilter, CampaignOrder
from schema.model.rates import Rates
from schema.model.time import micros

_LAST: Final = 2**63 - 1
"""In place of what has no value: every order ascends."""
_TABLES: Final = """
CREATE TABLE campaigns (
    slot INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, platform TEXT, stated TEXT, starts_at INTEGER, ends_at INTEGER,
    charity TEXT, account TEXT, parent TEXT, start INTEGER, close INTEGER,
    currency TEXT, worth REAL, raised INTEGER, progress REAL, updated INTEGER
);
CREATE INDEX by_worth ON campaigns (worth, raised, id);
CREATE INDEX by_amount ON campaigns (currency, raised, id);
CREATE INDEX by_progress ON campaigns (progress, id);
CREATE INDEX by_start ON campaigns (start, id);
CREATE INDEX by_update ON campaigns (updated, id);
CREATE INDEX facets ON campaigns (platform, stated, starts_at, ends_at, currency);
CREATE INDEX by_charity ON campaigns (charity);
CREATE INDEX by_parent ON campaigns (parent);
CREATE INDEX by_account ON campaigns (account);
CREATE TABLE topics (category TEXT, slot INTEGER, PRIMARY KEY (category, slot)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, charity, content='', columnsize=0, tokenize='ascii', prefix='1');
"""
_FEW: Final = 2_000
"""So many are sorted sooner than they are found by walking through the order."""


class _Order:
    """``keys`` ascend, and those of no two campaigns are equal. ``index`` is sorted by them."""

    def __init__(self, name: str, keys: tuple[str, ...], index: str | None) -> None:
        self.name = name
        self.index = index
        self.columns = ", ".join(keys)
        self.places = tuple(f"k{number}" for number in range(len(keys)))
        """The names of a row's values, behind which a page begins."""
        self.behind = f" AND ({self.columns}) > ({', '.join(f':{place}' for place in self.places)})"


_ORDERS: Final[Mapping[CampaignOrder, _Order]] = {
    order: _Order(str(order), keys, index)
    for order, keys, index in (
        (CampaignOrder.RAISED_DESC, ("worth", "raised", "id"), "by_worth"),
        (CampaignOrder.PROGRESS_DESC, ("progress", "id"), "by_progress"),
        (CampaignOrder.STARTS_AT_DESC, ("start", "id"), "by_start"),
        (CampaignOrder.ENDS_AT_ASC, (f"({STATUS}) = 'ENDED'", "close", "id"), None),
        (CampaignOrder.UPDATED_AT_DESC, ("updated", "id"), "by_update"),
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign as it is to be listed."""

    campaign: Campaign
    total: TotalRow | None
    updated_at: datetime


class Catalog:
    """By RAISED_DESC amounts are compared by their worth in one currency; those without a rate come last.

    Whoever shares it with others uses it in ``turns``.
    """

    def __init__(self) -> None:
        self.turns = Turns()
        self._currency = ""
        self._rates = Rates()
        self._factors: dict[str, float | None] = {}
        self._listed: dict[CampaignId, tuple[int, Campaign]] = {}
        self._ids: dict[int, CampaignId] = {}
        """By slot."""
        self._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)
        self.charities = Charities(self._database)

    def close(self) -> None:
        """Frees the database."""
        self.turns.close()
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

    def put(self, rows: Iterable[Row]) -> None:
        """Lists campaigns as they stand now."""
        self._database.execute("BEGIN")
        try:
            for row in rows:
                self._put(row)
        finally:
            self._database.execute("COMMIT")

    def drop(self, campaign: CampaignId) -> None:
        """Lists it no more."""
        slot, former = self._listed.pop(campaign, (0, None))
        if former is not None:
            self._wipe(slot, former)
            del self._ids[slot]
            self._database.execute("DELETE FROM campaigns WHERE slot = ?", (slot,))
            if former.charity is not None:
                self.charities.drop(former.charity.key)

    @staticmethod
    def is_quick(where: CampaignFilter, order: CampaignOrder) -> bool:
        """Whether a page is found by an index, and its list is counted without looking at each row."""
        return (where is ALL or where == ALL) and order is not CampaignOrder.ENDS_AT_ASC

    def page(
        self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None, now: datetime
    ) -> tuple[list[tuple[str, CampaignId]], bool, int]:
        """Cursors and ids, whether more follow, and how many the whole list has. Raises BadUserInput for a bad cursor."""
        sorting = _ORDERS[order]
        if order is CampaignOrder.RAISED_DESC and where.currency is not None:
            # within one currency the order is by the exact amount, with or without a rate
            sorting = _Order(f"{order}:{where.currency}", ("raised", "id"), "by_amount")
        wanted, total = "1", len(self._listed)
        values: dict[str, Any] = {}
        if not self.is_quick(where, order):
            wanted, values = condition(where, now)
            [total] = self._database.execute(f"SELECT COUNT(*) FROM campaigns WHERE {wanted}", values).fetchone()
        if after is not None:
            values.update(zip(sorting.places, place(after, sorting.name, len(sorting.places)), strict=True))
            wanted += sorting.behind
        # left to itself SQLite, which does not know how many there are of what, sorts all that meet the first condition
        walk = "" if sorting.index is None or total <= _FEW else f"INDEXED BY {sorting.index}"
        rows = self._database.execute(
            f"SELECT {sorting.columns}, slot FROM campaigns {walk} WHERE {wanted} ORDER BY {sorting.columns} LIMIT :most",
            {**values, "most": first + 1},
        ).fetchall()
        found = [(cursor(sorting.name, row[:-1]), self._ids[row[-1]]) for row in rows[:first]]
        return found, len(rows) > first, total

    def _put(self, row: Row) -> None:
        campaign = row.campaign
        slot, former = self._listed.get(campaign.id, (0, None))
        figures = self._figures(row)
        if former is None:
            slot = self._database.execute(_INSERT, (str(campaign.id), *_values(campaign), *figures)).lastrowid or 0
            self._ids[slot] = campaign.id
            self._write(slot, campaign)
        elif former is campaign or _words(former) == _words(campaign):
            self._database.execute(_MOVE, (*figures, slot))
        else:
            self._database.execute(_UPDATE, (*_values(campaign), *figures, slot))
            self._wipe(slot, former)
            self._write(slot, campaign)
        if former is campaign:
            return
        self._listed[campaign.id] = slot, campaign
        if campaign.charity is not None:
            self.charities.put(campaign.charity, campaign.as_of)
        if former is not None and former.charity is not None:
            self.charities.drop(former.charity.key)

    def _figures(self, row: Row) -> tuple[Any, ...]:
        """Where it stands in the orders that move with its total."""
        campaign, total = row.campaign, row.total
        raised = None if total is None else total.raised
        currency = total.currency if total is not None else campaign.currency
        worth = progress = None
        if raised is not None and currency is not None:
            worth = self.worth(Money(raised, currency))
            if campaign.goal is not None and campaign.goal.currency == currency and campaign.goal.minor:
                progress = raised / campaign.goal.minor
        code = None if currency is None else currency.code
        return (code, *(_LAST if each is None else -each for each in (worth, raised, progress)), -micros(row.updated_at))

    def _write(self, slot: int, campaign: Campaign) -> None:
        self._database.execute("INSERT INTO words (rowid, title, charity) VALUES (?, ?, ?)", (slot, *_terms(campaign)))
        for category in set(campaign.categories):
            self._database.execute("INSERT INTO topics VALUES (?, ?)", (category, slot))

    def _wipe(self, slot: int, campaign: Campaign) -> None:
        removal = "INSERT INTO words (words, rowid, title, charity) VALUES ('delete', ?, ?, ?)"
        self._database.execute(removal, (slot, *_terms(campaign)))
        for category in set(campaign.categories):
            self._database.execute("DELETE FROM topics WHERE category = ? AND slot = ?", (category, slot))


def _words(campaign: Campaign) -> tuple[Any, ...]:
    """All of its description that the catalogue goes by."""
    return campaign.title, campaign.charity and campaign.charity.name, campaign.categories, *_values(campaign)


def _values(campaign: Campaign) -> tuple[Any, ...]:
    """Of that, what is in columns."""
    starts_at = None if campaign.starts_at is None else micros(campaign.starts_at)
    ends_at = None if campaign.ends_at is None else micros(campaign.ends_at)
    return (
        campaign.id.platform,
        campaign.stated,
        starts_at,
        ends_at,
        None if campaign.charity is None else campaign.charity.key,
        campaign.account,
        f"{campaign.id.platform}:{campaign.part_of[0]}" if campaign.part_of else None,
        _LAST if starts_at is None else -starts_at,
        _LAST if ends_at is None else ends_at,
    )


def _terms(campaign: Campaign) -> tuple[str, str]:
    return terms(campaign.title), terms(campaign.charity.name) if campaign.charity is not None else ""


_WORDS: Final = ("platform", "stated", "starts_at", "ends_at", "charity", "account", "parent", "start", "close")
_FIGURES: Final = ("currency", "worth", "raised", "progress", "updated")
_INSERT: Final = f"INSERT INTO campaigns (id, {', '.join(_WORDS + _FIGURES)}) VALUES (?{', ?' * len(_WORDS + _FIGURES)})"
_UPDATE: Final = f"UPDATE campaigns SET {', '.join(f'{name} = ?' for name in _WORDS + _FIGURES)} WHERE slot = ?"
_MOVE: Final = f"UPDATE campaigns SET {', '.join(f'{name} = ?' for name in _FIGURES)} WHERE slot = ?"
