"""Everything that a connector can be asked, as calls by name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from io import BytesIO
from typing import TypeAlias, TypeVar

from connectors.contract import (
    FetchesStatements,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    Row,
)
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.case import HandsOverExports, TakesBack
from schema.model.errors import NotFound
from schema.model.facts import Movement

Item = TypeVar("Item")
Ask: TypeAlias = Callable[[], Awaitable[list[object]]]


async def drain(items: AsyncIterator[Item]) -> list[Item]:
    """All items of a list."""
    return [item async for item in items]


async def asks_of(bench: Bench) -> dict[str, Ask]:
    """What can be asked on a bench where one donation was given (and taken back where the network tells that)."""
    connector = bench.connector
    await bench.give(1_999)
    if isinstance(bench.case, TakesBack):
        await bench.case.take_back(bench.emulator)
        await bench.settle()
    campaigns = bench.campaigns
    found: dict[str, Ask] = {}
    if isinstance(connector, ListsCampaigns):
        lists = connector
        found["campaigns"] = lambda: _listed(lists.campaigns())
    if isinstance(connector, ReadsCampaigns):
        reads = connector
        found["campaign"] = lambda: _one(reads.campaign(campaigns[0]))
    if isinstance(connector, ListsDonations):
        rows = connector
        found["donations"] = lambda: _listed(rows.donations(campaigns[0], since=None))
    if isinstance(connector, ReadsDonations) and bench.lookups:
        looks, lookup = connector, bench.lookups[-1]
        found["donation"] = lambda: _several(looks.donation(lookup))
    if isinstance(connector, FetchesStatements) and isinstance(connector, ReadsExports):
        days = turn_to_statements(bench)
        found["statement"] = lambda: _rows(bench, days)
    return found


def turn_to_statements(bench: Bench) -> list[date]:
    """Turns the clock to when the bills of what was given so far are ready, and names their days in the network's zone."""
    now = bench.emulator.clock.now().astimezone(bench.case.zone)
    bench.emulator.clock.turn(timedelta(days=2))
    return [(now - timedelta(minutes=5)).date(), now.date()] if now.hour == 0 and now.minute < 5 else [now.date()]


async def statement(bench: Bench, day: date) -> bytes:
    """The bill of a day as bytes; empty where the network says that there was nothing."""
    connector = bench.connector
    expect(isinstance(connector, FetchesStatements), "there are no statements")
    if isinstance(connector, FetchesStatements):
        try:
            async with connector.statement(day) as file:
                return file.read()
        except NotFound:
            pass
    return b""


async def exported(bench: Bench) -> list[object]:
    """What the file says that the network hands over, where it does."""
    if not isinstance(bench.case, HandsOverExports) or not isinstance(bench.connector, ReadsExports):
        return []
    bench.files.append(await bench.case.export(bench.emulator))
    return [movement for row in bench.connector.read_export(BytesIO(bench.files[-1])) for movement in row.movements]


async def _listed(items: AsyncIterator[Item]) -> list[object]:
    return list(await drain(items))


async def _one(item: Awaitable[Item]) -> list[object]:
    return [await item]


async def _several(items: Awaitable[object]) -> list[object]:
    found = await items
    return list(found) if isinstance(found, list | tuple) else [found]


async def _rows(bench: Bench, days: list[date]) -> list[object]:
    found: list[Movement] = []
    connector = bench.connector
    if isinstance(connector, FetchesStatements) and isinstance(connector, ReadsExports):
        empty: NotFound | None = None
        for day in days:
            try:
                async with connector.statement(day) as file:
                    rows: list[Row] = list(connector.read_export(file))
            except NotFound as error:  # around midnight one of two days may have had nothing
                empty = error
            else:
                found += [movement for row in rows for movement in row.movements]
        if empty is not None and not found:
            raise empty
    return list(found)
