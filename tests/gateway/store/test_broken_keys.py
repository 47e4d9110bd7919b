"""A script that cannot be done to its end writes nothing: what was half written would be known, and never count."""

from typing import Any, cast

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.ledger import Outcome
from schema.model.errors import LedgerUnavailable
from schema.model.facts import CampaignState, DonationState, RefundState
from schema.model.ids import entity
from tests.gateway.store.books import HOUR, LUNCH, MINUTE, NOW, REEF, Books, back, paid, said

GIFT, BACK = paid(1, 400, NOW - HOUR), back(1, 100, NOW - MINUTE)
RECORDS = keys.records(LUNCH, entity(LUNCH.platform, GIFT.native_id))
NAMES = (keys.total(LUNCH), keys.log(LUNCH), *keys.buckets(LUNCH), keys.endorsers(LUNCH), keys.feed(LUNCH), keys.faces(LUNCH))
REPORTS = (keys.total(REEF), keys.log(REEF), *keys.buckets(REEF), keys.reports(REEF))


@pytest.fixture
async def books(redis: Redis) -> Books:
    """A gift and a report are in them."""
    made = Books(redis)
    await made.put(paid(2, 300, NOW - HOUR), said(5_000, NOW - HOUR))
    await told(made, GIFT)
    return made


async def told(books: Books, fact: DonationState | RefundState | CampaignState) -> Outcome:
    if isinstance(fact, CampaignState):
        return await books.ledger.total(REEF, fact)
    if isinstance(fact, RefundState):
        return await books.ledger.refund(LUNCH, fact)
    return await books.ledger.donation(LUNCH, fact, endorser="star", face=b"{}")


async def everything(redis: Redis) -> dict[bytes, bytes | None]:
    return {name: await redis.dump(name) async for name in redis.scan_iter()}


async def kept_out(books: Books, fact: DonationState | RefundState | CampaignState) -> None:
    before = await everything(books.redis)
    with pytest.raises(LedgerUnavailable):
        await told(books, fact)
    assert await everything(books.redis) == before


@pytest.mark.parametrize(
    ("broken", "fact"),
    [
        *((name, fact) for name in (RECORDS, *NAMES) for fact in (paid(1, 400, NOW - HOUR, back=50), BACK)),
        *((name, said(6_000, NOW - MINUTE)) for name in REPORTS),
    ],
)
async def test_beside_a_key_of_another_type_nothing_is_written_and_the_fact_counts_when_it_is_mended(
    books: Books, broken: str, fact: DonationState | RefundState | CampaignState
) -> None:
    await books.redis.rename(broken, "aside")
    await cast("Any", books.redis.rpush(broken, "of another type"))
    await kept_out(books, fact)
    await books.redis.rename("aside", broken)
    assert await told(books, fact) is Outcome.APPLIED


@pytest.mark.parametrize("broken", [*keys.buckets(LUNCH), keys.endorsers(LUNCH)])
async def test_so_it_is_beside_a_sum_that_cannot_be_read(books: Books, broken: str) -> None:
    kept = cast("dict[Any, Any]", await cast("Any", books.redis.hgetall(broken)))
    await cast("Any", books.redis.hset(broken, mapping=dict.fromkeys(kept, "spoiled")))
    await kept_out(books, back(1, 100, NOW - HOUR))
    await cast("Any", books.redis.hset(broken, mapping=kept))
    assert await told(books, back(1, 100, NOW - HOUR)) is Outcome.APPLIED
