"""Everything that a gateway ever asks of the ledger's server, once over: for servers that might refuse some of it."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from redis.asyncio import Redis

from connectors.contract import Delivery
from connectors.http import Headers
from gateway.intake.faces import Faces
from gateway.intake.placement import Placed, Placements
from gateway.intake.quarantine import Quarantine
from gateway.store import bus
from gateway.store.bus import Change
from gateway.store.cache import Cache
from gateway.store.continuity import Continuity
from gateway.store.erased import Erased, compact
from gateway.store.health import HealthBook
from gateway.store.history import HistoryShelf
from gateway.store.milestones import MilestoneShelf
from gateway.store.peppers import Peppers
from gateway.store.posts import PostShelf
from gateway.store.rates import RateShelf
from gateway.store.reconciled import Reconciled, Summary
from gateway.store.seal import Sealer, new_data_key
from gateway.store.server import shortcomings
from gateway.store.shelf import Shelf
from gateway.store.tracked import Tracked
from gateway.upkeep.audit import Audit
from schema.model.campaign import Milestone
from schema.model.cuts import Interval
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.ids import CampaignId, entity
from schema.model.money import Money
from tests.gateway.store.books import DAY, HOUR, LUNCH, NOW, REEF, Books, back, paid, said

ACCOUNT = "lunch"
MANY = 600
"""Donations, more than are added up in one look."""
PING_SECONDS = 2.0
"""As long as a server on a busy machine may take to answer: what is told while a listener connects anew is not heard."""


async def live(redis: Redis, ears: Redis) -> None:
    """Does all of it, and raises whatever is refused."""
    heard: list[Change] = []
    listening = asyncio.Event()

    async def lost() -> None:
        listening.set()

    pinged = _noted_pings(ears)
    hearing = asyncio.create_task(bus.listen(ears, heard.append, lost, lambda: None, ping_seconds=PING_SECONDS))
    try:
        async with asyncio.timeout(60):
            await listening.wait()
            await _counted(redis)
            await _held(redis)
            await _shared(redis)
            await _told(redis)
            await pinged.wait()
            listening.clear()
            count = len(heard)
            await HealthBook(redis, Books(redis).clock).heard("another")  # answers come in order: so that of the ping is there
            while len(heard) == count:
                await asyncio.sleep(0.01)
            assert not listening.is_set()  # a ping that is refused makes it listen anew
            assert {type(change) for change in heard} == set(bus.Change.__args__)
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


def _noted_pings(ears: Any) -> asyncio.Event:
    """Set once a listener by this client has asked whether the server is there."""
    pinged, opened = asyncio.Event(), ears.pubsub

    def pubsub(**options: Any) -> Any:
        channel = opened(**options)
        ping = channel.ping

        async def noted(*words: Any) -> None:
            await ping(*words)
            pinged.set()

        channel.ping = noted
        return channel

    ears.pubsub = pubsub
    return pinged


async def _counted(redis: Redis) -> None:
    assert await shortcomings(redis, 0) == []
    assert await redis.ping()
    books, shelf = Books(redis), Shelf(redis)
    await books.ledger.settle_zone()
    assert not await books.ledger.is_open(CampaignId("twitch", "none"))
    await books.put(*(paid(number, 100 + number, NOW) for number in range(MANY)), back(1, 50, NOW), paid(2, 99, NOW, back=9))
    for number, minor in enumerate((900, 100, 950)):  # one that is doubted
        await books.ledger.total(REEF, said(minor, NOW + number * HOUR))
    await books.ledger.describe(LUNCH, 1, {"account": ACCOUNT, "status": "ACTIVE"})
    faces, peppers = Faces(books.ledger), Peppers((b"p" * 32,))
    await faces.donation(LUNCH, paid(7, 5, NOW), endorser="ann", peppers=peppers)
    who = entity(LUNCH.platform, "420")
    await Erased(redis).remember(LUNCH.platform, [who])
    assert await Erased(redis).known(LUNCH.platform, [who]) == [True]
    await books.ledger.donation(LUNCH, paid(MANY, 5, NOW), endorser="ann", face=b'{"n":"Ann"}\nkey')
    await faces.strip(LUNCH, entity(LUNCH.platform, f"42{MANY}"))
    assert await Audit(redis, books.clock, share=1).drifts(LUNCH) == []
    assert await shelf.known(LUNCH.platform) == [LUNCH]
    assert await shelf.opened() == sorted([LUNCH, REEF])
    assert [head.basis for head in await shelf.heads([LUNCH, REEF]) if head] == ["COUNTED", "REPORTED"]
    await shelf.endorsed([LUNCH, REEF])
    await shelf.described([LUNCH, REEF])
    entries = await shelf.entries(LUNCH, "-", 3)
    assert await shelf.entry(LUNCH, entries[0].place) == entries[0]
    page, more, _ = await shelf.listed(LUNCH, since=None, until=None, first=5, after=None)
    assert (len(page), more) == (1, False)
    assert await shelf.face(LUNCH, page[0].entity) is not None
    assert [face async for face in shelf.faces(LUNCH)]
    await HistoryShelf(redis).keep_engagement(LUNCH, Engagement(NOW - 500 * DAY - HOUR, 1, 2, 3))
    await HistoryShelf(redis).keep_engagement(LUNCH, Engagement(NOW - 500 * DAY, 1, 2, 3))
    assert all(await HistoryShelf(redis).pasts([LUNCH, REEF], Interval.MINUTE))
    books.clock.turn(500 * DAY)
    await books.retention.once()
    assert [face async for face in shelf.faces(LUNCH) if face] == []
    await compact(redis)


async def _held(redis: Redis) -> None:
    books = Books(redis)
    quarantine = Quarantine(redis, Sealer(new_data_key()), books.clock)
    for body in (b"a", b"b", b"b"):
        await quarantine.hold(ACCOUNT, Delivery("POST", "", Headers({}), body, NOW), "unplaced")
    assert await quarantine.accounts() == [ACCOUNT]
    await quarantine.wake(ACCOUNT)
    first, second = await quarantine.due(ACCOUNT)
    assert await quarantine.evidence(first) is not None
    assert await quarantine.release(first)
    await quarantine.again(second, "unconfirmed")
    assert (await quarantine.holding(ACCOUNT)).reasons == {"unconfirmed": 1}
    placements, who = Placements(redis), entity(LUNCH.platform, "4")
    assert await placements.keep(LUNCH.platform, who, Placed(LUNCH)) == Placed(LUNCH)
    assert await placements.get(LUNCH.platform, who) == Placed(LUNCH)


async def _shared(redis: Redis) -> None:
    books, cache = Books(redis), Cache(redis)
    await cache.put("body", "a", b"x", HOUR)
    assert await cache.get("body", "a") == b"x"
    assert await cache.lease("job", "me", HOUR)
    assert await cache.renew("job", "me", HOUR)
    assert await cache.release("job", "me")
    await cache.lease("job", "gone", HOUR)
    await cache.free()
    shelf = cache.tokens(ACCOUNT, Sealer(new_data_key()))
    await shelf.save("app", b"token")
    assert await shelf.load("app") == b"token"
    assert await shelf.lease("app", "me", HOUR)
    await shelf.release("app", "me")
    assert await cache.bucket(ACCOUNT, "calls", 100, books.clock).take() == timedelta()
    tracked = Tracked(cache, ACCOUNT, books.clock, most=1, a_minute=1)
    assert [await tracked.want(native) for native in ("reef", "wood")] == [None, "first_sights_per_minute"]
    await tracked.deny("reef", timedelta(seconds=1))
    assert (await tracked.is_denied("reef"), await tracked.all()) == (True, set())


async def _told(redis: Redis) -> None:
    books = Books(redis)
    posts, milestones, rates, days = PostShelf(redis), MilestoneShelf(redis), RateShelf(redis), Reconciled(redis)
    await posts.keep("weibo", {"1": Post("1", text="x")}, {"ann": 5})
    assert (len(await posts.posts("weibo")), len(await posts.followers("weibo"))) == (1, 1)
    await milestones.keep(REEF, [Milestone("A song", Money.of_minor(10, "EUR"))])
    assert await milestones.one(REEF) is not None
    assert await milestones.all(REEF.platform)
    await rates.keep(date(2026, 9, 1), {"USD": Decimal("1.1")})
    assert await rates.read()
    await days.keep(ACCOUNT, date(2026, 9, 1), Summary(NOW, 1, {}, waiting=False))
    assert await days.read(ACCOUNT)
    book, continuity = HealthBook(redis, books.clock), Continuity(redis, books.clock)
    await book.heard(ACCOUNT)
    await book.polled(ACCOUNT)
    await book.feed(ACCOUNT, None)
    look = await continuity.look(ACCOUNT)
    assert await continuity.close(ACCOUNT, look.server)
    assert (await continuity.look(ACCOUNT)).gap is None
    assert not (await book.read(ACCOUNT)).is_behind
