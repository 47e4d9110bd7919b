"""The charities of the catalogue: those that the configuration declares, and those that listed campaigns name."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from gateway.read.catalog_cursors import cursor, place
from gateway.read.terms import expression, terms
from schema.model.charity import Charity

_TABLES: Final = """
CREATE TABLE charities (slot INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE INDEX charities_by_name ON charities (name, key);
CREATE VIRTUAL TABLE charity_words USING fts5(name, content='', columnsize=0, tokenize='ascii', prefix='1');
"""
_ORDER: Final = "charities"
_BEFORE: Final = datetime.min.replace(tzinfo=UTC)
_FOR_GOOD: Final = datetime.max.replace(tzinfo=UTC)


class Charities:
    """Sorted by name. Where campaigns describe one differently, the description that was read last holds."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._database.executescript(_TABLES)
        self._known: dict[str, tuple[Charity, datetime]] = {}

    def __getitem__(self, key: str) -> Charity | None:
        found = self._known.get(key)
        return None if found is None else found[0]

    def declare(self, declared: Mapping[str, Charity]) -> None:
        """These, and no others, are what the configuration says: it comes before what networks say."""
        for key, (charity, read_at) in list(self._known.items()):
            if read_at == _FOR_GOOD and key not in declared:
                self._known[key] = charity, _BEFORE
                self.drop(key)
        for charity in declared.values():
            self.put(charity, _FOR_GOOD)

    def put(self, charity: Charity, read_at: datetime) -> None:
        """Lists one as a campaign describes it that was read at that time."""
        former, when = self._known.get(charity.key, (None, _BEFORE))
        if read_at < when:
            return
        self._known[charity.key] = charity, read_at
        if former is not None and former.name == charity.name:
            return
        if former is not None:
            self._remove(former)
        row = self._database.execute("INSERT INTO charities (key, name) VALUES (?, ?)", (charity.key, charity.name))
        self._database.execute("INSERT INTO charity_words (rowid, name) VALUES (?, ?)", (row.lastrowid, terms(charity.name)))

    def drop(self, key: str) -> None:
        """Lists it no more, unless it is declared or a campaign that is listed names it."""
        charity, read_at = self._known[key]
        named = self._database.execute("SELECT 1 FROM campaigns WHERE charity = ? LIMIT 1", (key,)).fetchone()
        if read_at != _FOR_GOOD and named is None:
            del self._known[key]
            self._remove(charity)

    def page(self, search: str, *, first: int, after: str | None) -> tuple[list[tuple[str, Charity]], bool, int]:
        """Cursors and charities in whose names every word occurs, whether more follow, and how many the whole list has."""
        condition = "1"
        values: dict[str, Any] = {"most": first + 1}
        total = len(self._known)
        if (wanted := expression(search)) is not None:
            condition = "slot IN (SELECT rowid FROM charity_words WHERE charity_words MATCH :search)"
            values["search"] = wanted
            [total] = self._database.execute(f"SELECT COUNT(*) FROM charities WHERE {condition}", values).fetchone()
        if after is not None:
            values |= dict(zip(("name", "key"), place(after, _ORDER, 2), strict=True))
            condition += " AND (name, key) > (:name, :key)"
        rows = self._database.execute(
            f"SELECT name, key FROM charities WHERE {condition} ORDER BY name, key LIMIT :most", values
        ).fetchall()
        found = [(cursor(_ORDER, row), self._known[row[1]][0]) for row in rows[:first]]
        return found, len(rows) > first, total

    def _remove(self, charity: Charity) -> None:
        [slot] = self._database.execute("SELECT slot FROM charities WHERE key = ?", (charity.key,)).fetchone()
        self._database.execute(
            "INSERT INTO charity_words (charity_words, rowid, name) VALUES ('delete', ?, ?)", (slot, terms(charity.name))
        )
        self._database.execute("DELETE FROM charities WHERE slot = ?", (slot,))
