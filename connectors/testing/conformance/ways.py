"""The ways by which a connector hears of donations, each as the facts that came by it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Final, TypeVar

from connectors.contract import (
    FetchesStatements,
    ListensToFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    Row,
)
from connectors.testing.conformance.bench import Bench, donations_of, lookups_of
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.hooks import HandsOverExports
from schema.model.errors import NotFound, Unreadable

Item = TypeVar("Item")

PATIENCE: Final = 5.0
"""Seconds within which a feed must have begun, and have told the next of the donations that are listed."""
QUIET: Final = 0.1
"""Seconds of silence after which it is taken to have told what there is."""
MOST_FACTS: Final = 500
"""Of a feed."""


async def drain(items: AsyncIterator[Item]) -> list[Item]:
    """All items of a list."""
    return [item async for item in items]


async def ways(bench: Bench, *, bills: bool = True) -> dict[str, list[object]]:
    """What each way of this connector tells now. Bills come last but for lookups, as they turn the clock by days."""
    facts: dict[str, list[object]] = {
        "delivered": list(await bench.delivered()),
        "listed": await listed(bench),
        "told as campaigns": await campaigns(bench),
        "fed": await fed(bench),
        "filed": await filed(bench),
    }
    if bills:
        facts["billed"] = await billed(bench)
    facts["looked up"] = await looked_up(bench)
    return {way: found for way, found in facts.items() if found}


def giving(told: Mapping[str, Sequence[object]]) -> Iterator[tuple[str, Sequence[object]]]:
    """The ways that tell every donation: not lookups, which tell what was asked for."""
    for way, facts in told.items():
        if way != "looked up" and donations_of(facts):
            yield way, facts


async def listed(bench: Bench) -> list[object]:
    """Every campaign's list of donations. Notes the lookup texts in them."""
    connector = bench.connector
    if not isinstance(connector, ListsDonations):
        return []
    found = [fact for native in bench.campaigns for fact in await drain(connector.donations(native, since=None))]
    bench.named += lookups_of(found)
    return list(found)


async def campaigns(bench: Bench) -> list[object]:
    """Campaigns, listed and read one by one."""
    found: list[object] = []
    if isinstance(bench.connector, ListsCampaigns):
        found += await drain(bench.connector.campaigns())
    if isinstance(bench.connector, ReadsCampaigns):
        found += [await bench.connector.campaign(native) for native in bench.campaigns]
    return found


async def fed(bench: Bench) -> list[object]:
    """What comes out of a feed until all that is listed was told and it falls silent."""
    if not isinstance(bench.connector, ListensToFeed):
        return []
    found: list[object] = []
    missing = {state.native_id for state in donations_of(await listed(bench))}
    feed = bench.connector.listen(bench.campaigns)
    try:
        while len(found) < MOST_FACTS:
            async with asyncio.timeout(PATIENCE if missing or not found else QUIET):
                found.append(await anext(feed))
            missing -= {state.native_id for state in donations_of(found[-1:])}
    except (TimeoutError, StopAsyncIteration):
        pass
    finally:
        if isinstance(feed, AsyncGenerator):
            await feed.aclose()
    return found


async def looked_up(bench: Bench) -> list[object]:
    """Everything behind the lookup texts that were named so far."""
    if not isinstance(bench.connector, ReadsDonations):
        return []
    found: list[object] = []
    for lookup in bench.lookups:
        try:
            found += await bench.connector.donation(lookup)
        except NotFound as error:
            raise Broken("there is nothing behind a lookup text that the connector has made itself") from error
    return found


async def filed(bench: Bench) -> list[object]:
    """What a file says that the network hands over."""
    if not isinstance(bench.case, HandsOverExports) or not isinstance(bench.connector, ReadsExports):
        return []
    return movements(bench, await file(bench))


async def billed(bench: Bench) -> list[object]:
    """What the bills say of the days until now. Turns the clock to when they are ready."""
    if not isinstance(bench.connector, FetchesStatements) or not isinstance(bench.connector, ReadsExports):
        return []
    return [fact for day in turn_to_bills(bench) for fact in movements(bench, await bill(bench, day))]


def turn_to_bills(bench: Bench) -> list[date]:
    """Turns the clock to when the bills of what was given so far are ready, and names their days in the network's zone."""
    now = bench.emulator.clock.now().astimezone(bench.case.zone)
    bench.emulator.clock.turn(timedelta(days=2))
    return [(now - timedelta(minutes=5)).date(), now.date()] if now.hour == 0 and now.minute < 5 else [now.date()]


async def bill(bench: Bench, day: date) -> bytes:
    """The bill of a day as bytes; empty where the network says that there was nothing."""
    connector = bench.connector
    expect(isinstance(connector, FetchesStatements), "there are no statements")
    if isinstance(connector, FetchesStatements):
        try:
            async with connector.statement(day) as source:
                bench.files.append(source.read())
                return bench.files[-1]
        except NotFound:
            pass
    return b""


async def file(bench: Bench) -> bytes:
    """The file that the network hands over, else the largest bill."""
    if isinstance(bench.case, HandsOverExports):
        bench.files.append(await bench.case.export(bench.emulator))
        return bench.files[-1]
    return max([await bill(bench, day) for day in turn_to_bills(bench)], key=len)


def rows(bench: Bench, data: bytes) -> list[Row]:
    """The rows of a file; of an empty one, none. Notes the lookup texts in them."""
    if not data or not isinstance(bench.connector, ReadsExports):
        return []
    try:
        found = list(bench.connector.read_export(BytesIO(data)))
    except Unreadable as error:
        raise Broken(f"reading stopped as Unreadable: {error}") from error
    bench.named += lookups_of(movement for row in found for movement in row.movements)
    return found


def movements(bench: Bench, data: bytes) -> list[object]:
    """The donations and refunds of a file."""
    return [movement for row in rows(bench, data) for movement in row.movements]
