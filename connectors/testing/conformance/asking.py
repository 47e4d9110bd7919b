"""Everything that a connector can be asked, as calls by name."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from typing import Final, TypeAlias, TypeVar

from connectors.contract import (
    FetchesStatements,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    ReadsFollowers,
    ReadsMilestones,
    ReadsPosts,
    Row,
)
from connectors.http import HttpResponse
from connectors.testing.conformance.bench import Bench, lookups_of
from connectors.testing.conformance.broken import Broken
from connectors.testing.conformance.comparing import books
from connectors.testing.conformance.hooks import HasFollowers, HasMilestones, HasPosts, TakesBack
from connectors.testing.conformance.ways import drain, listed, turn_to_bills
from schema.model.errors import NotFound, UpstreamUnavailable
from schema.model.facts import Movement

Item = TypeVar("Item")
Ask: TypeAlias = Callable[[], Awaitable[list[object]]]
Spoil: TypeAlias = Callable[[HttpResponse], HttpResponse]

GIFT: Final = 1_999
MILESTONE: Final = 5_000
ASKED: Final = (
    ReadsDonations,
    ReadsCampaigns,
    ListsCampaigns,
    ListsDonations,
    FetchesStatements,
    ReadsMilestones,
    ReadsPosts,
    ReadsFollowers,
)
"""The abilities by which a connector is asked, and asks its network."""


async def asks_of(bench: Bench) -> dict[str, Ask]:
    """What can be asked on a bench where one donation was given (and taken back where the network tells that)."""
    await bench.give(GIFT)
    await take_back(bench)
    found = await _public(bench)
    if isinstance(bench.connector, ReadsDonations):
        await listed(bench)  # so that what its refunds name can be looked up
    if isinstance(bench.connector, FetchesStatements) and isinstance(bench.connector, ReadsExports):
        days = turn_to_bills(bench)
        found["statement"] = lambda: _rows(bench, days)
        await found["statement"]()  # so that what it names can be looked up
    return {**_money(bench), **found}


async def take_back(bench: Bench) -> None:
    """Has the newest donation taken back, where the network tells refunds."""
    if isinstance(bench.case, TakesBack):
        await bench.case.take_back(bench.emulator)
        await bench.settle()


async def take_back_again(bench: Bench, before: Mapping[str, int]) -> None:
    """Has the newest donation taken back once more, where something is left of what was given since ``before``, by campaign."""
    if any(now > before.get(native, 0) for native, now in books(bench).items()):
        await take_back(bench)


def _money(bench: Bench) -> dict[str, Ask]:
    connector, campaigns = bench.connector, bench.campaigns
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
    return found


async def _public(bench: Bench) -> dict[str, Ask]:
    """What can be asked of a milestone, of a post that somebody has reacted to, and of an account that somebody follows."""
    found: dict[str, Ask] = {}
    if isinstance(bench.connector, ReadsMilestones):
        milestones, campaign = bench.connector, await promised(bench, "A coral nursery", MILESTONE)
        found["milestones"] = lambda: _several(milestones.milestones(campaign))
    if isinstance(bench.connector, ReadsPosts):
        posts, (post,) = bench.connector, await published(bench, (3, 2, 1))
        found["post"] = lambda: _one(posts.post(post))
        found["engagement"] = lambda: _values(posts.engagement([post]))
    if isinstance(bench.connector, ReadsFollowers):
        accounts, (account,) = bench.connector, await introduced(bench, 12)
        found["followers"] = lambda: _values(accounts.followers([account]))
    return found


async def promised(bench: Bench, title: str, minor: int) -> str:
    """A milestone; gives the native id of its campaign."""
    if not isinstance(bench.case, HasMilestones):
        raise Broken("the connector reads milestones, and the case does not say how they are made (HasMilestones)")
    return await bench.case.promise(bench.emulator, title, minor)


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


class Silence:
    """Spoils answers: lets so many through, and none after them. ``heard`` counts all."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.heard = 0

    def __call__(self, response: HttpResponse) -> HttpResponse:
        """The answer, while there is one."""
        self.heard += 1
        if self.heard > self.left:
            raise UpstreamUnavailable("no answer within the deadline")
        return response


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
    bench.named += lookups_of(found)
    return list(found)
