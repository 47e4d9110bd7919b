"""Everything that a connector can be asked, as calls by name."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
    ReadsFollowers,
    ReadsPosts,
    Row,
)
from connectors.http import HttpResponse
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.case import HandsOverExports, HasFollowers, HasPosts, TakesBack
from schema.model.errors import NotFound
from schema.model.facts import Movement

Item = TypeVar("Item")
Ask: TypeAlias = Callable[[], Awaitable[list[object]]]
Spoil: TypeAlias = Callable[[HttpResponse], HttpResponse]


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
    found |= await _public(bench)
    if isinstance(connector, FetchesStatements) and isinstance(connector, ReadsExports):
        days = turn_to_statements(bench)
        found["statement"] = lambda: _rows(bench, days)
    return found


async def _public(bench: Bench) -> dict[str, Ask]:
    """What can be asked of a post that somebody has reacted to, and of an account that somebody follows."""
    found: dict[str, Ask] = {}
    if isinstance(bench.connector, ReadsPosts):
        posts, (post,) = bench.connector, await published(bench, (3, 2, 1))
        found["post"] = lambda: _one(posts.post(post))
        found["engagement"] = lambda: _values(posts.engagement([post]))
    if isinstance(bench.connector, ReadsFollowers):
        accounts, (account,) = bench.connector, await introduced(bench, 12)
        found["followers"] = lambda: _values(accounts.followers([account]))
    return found


async def published(bench: Bench, *counters: tuple[int, int, int]) -> list[str]:
    """Posts with these reposts, comments and likes."""
    case = bench.case
    if not isinstance(case, HasPosts):
        raise Broken("the connector reads posts, and the case does not say how they are made (HasPosts)")
    posts = [await case.publish(bench.emulator) for _ in counters]
    for post, (reposts, comments, likes) in zip(posts, counters, strict=True):
        await case.engage(bench.emulator, post, reposts, comments, likes)
    return posts


async def introduced(bench: Bench, *followers: int) -> list[str]:
    """Public accounts with so many followers each."""
    if not isinstance(bench.case, HasFollowers):
        raise Broken("the connector counts followers, and the case does not say how accounts are made (HasFollowers)")
    return [await bench.case.introduce(bench.emulator, count) for count in followers]


def another(native: str) -> str:
    """An id of the same form that names nothing: its letters and digits moved on."""
    return "".join(
        str((int(c) + 5) % 10)
        if c in "0123456789"
        else chr((ord(c.lower()) - 97 + 13) % 26 + 97)
        if c.isascii() and c.isalpha()
        else c
        for c in native
    )


async def spoiled(bench: Bench, spoil: Spoil, ask: Callable[[], Awaitable[Item]]) -> Item:
    """What comes of asking while the network's answers are spoiled."""
    unspoiled, bench.http.spoil = bench.http.spoil, spoil
    try:
        return await ask()
    finally:
        bench.http.spoil = unspoiled


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


async def _values(items: Awaitable[Mapping[str, Item]]) -> list[object]:
    return list((await items).values())


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
