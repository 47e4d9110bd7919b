"""What facts about donations come to, worked out naively, to be held against a ledger that was told them in any order."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.ledger import Ledger, Outcome
from gateway.store.record import Record, face
from gateway.store.shelf import Shelf
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource, Basis

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
NOW: Final = datetime(2026, 9, 2, 3, 0, tzinfo=UTC)
SEEDS: Final = range(8)
GIFTS: Final = 40


def paid(
    number: int, fen: int, *, stage: Stage = Stage.COMPLETED, code: str = "CNY", at: datetime | None = None
) -> DonationState:
    """A donation."""
    return DonationState(
        native_id=f"42{number}",
        campaign=Clues(),
        stage=stage,
        version=0,
        amount=Money.of_minor(fen, code),
        donated_at=at or NOW - timedelta(minutes=number),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def back(number: int, refund: int, fen: int, *, stage: Stage = Stage.COMPLETED) -> RefundState:
    """One single refund of it."""
    return RefundState(
        native_id=f"50{number}-{refund}",
        donation=f"42{number}",
        lookup=f"42{number}",
        stage=stage,
        version=0,
        amount=Money.of_minor(fen, "CNY"),
        refunded_at=NOW - timedelta(minutes=number, hours=refund),
        source=AmountSource.MERCHANT_BILL,
    )


async def put(ledger: Ledger, fact: DonationState | RefundState, campaign: CampaignId = LUNCH, endorser: str = "") -> Outcome:
    """Tells one fact."""
    if isinstance(fact, RefundState):
        return await ledger.refund(campaign, fact)
    return await ledger.donation(campaign, fact, endorser=endorser, face=face(fact))


async def figures(redis: Redis, campaign: CampaignId = LUNCH) -> tuple[int, int, int]:
    """Raised, refunded and the number of donations, as the ledger says."""
    [head] = await Shelf(redis).heads([campaign])
    assert head is not None
    return int(head.raised or 0), int(head.refunded or 0), int(head.count or 0)


async def table(redis: Redis, name: Any) -> dict[bytes, bytes]:
    """A hash of Redis."""
    return cast("dict[bytes, bytes]", await cast("Any", redis.hgetall(name)))


async def balanced(redis: Redis, campaign: CampaignId = LUNCH) -> tuple[int, int, int]:
    """The figures, after holding them against the sums over records and over days."""
    sums = [0, 0, 0]
    async for name in redis.scan_iter(match=f"rec:{{{campaign}}}:*"):
        for packed in (await table(redis, name)).values():
            record = Record.unpack(packed)
            if record.stage is Stage.COMPLETED:
                left = record.amount - record.refunded
                sums = [sums[0] + left, sums[1] + record.refunded, sums[2] + (left > 0)]
    days = [0, 0, 0]
    for bucket in (await table(redis, keys.buckets(campaign)[2])).values():
        days = [total + int(part) for total, part in zip(days, bucket.split(), strict=True)]
    held = await figures(redis, campaign)
    assert held == tuple(sums) == tuple(days)
    return held


@dataclass(frozen=True, slots=True)
class Gift:
    """A donation to its end, with its refunds in fen. One that is ``foreign`` is told in yen, and must never count."""

    number: int
    fen: int
    foreign: bool
    void: bool
    refunds: tuple[int, ...]

    @classmethod
    def drawn(cls, number: int, rng: random.Random) -> "Gift":
        """Any: the refunds may be more than was given."""
        fen, void, foreign = rng.randrange(1, 10_000), rng.random() < 0.1, rng.random() < 0.1
        refunds = () if foreign else tuple(rng.randrange(1, fen + 1) for _ in range(rng.randrange(3)))
        return cls(number, fen, foreign, void, refunds)

    def facts(self) -> list[Movement]:
        """All that will be said of it."""
        stages = (Stage.PENDING, Stage.COMPLETED, *((Stage.VOID,) if self.void else ()))
        found: list[Movement] = [
            paid(self.number, self.fen, stage=stage, code="JPY" if self.foreign else "CNY") for stage in stages
        ]
        for index, part in enumerate(self.refunds):
            found += [back(self.number, index, part, stage=stage) for stage in (Stage.PENDING, Stage.COMPLETED)]
        return found

    def comes_to(self) -> tuple[int, int, int]:
        """Raised, refunded and the number of donations."""
        if self.foreign or self.void:
            return 0, 0, 0
        gone = min(self.fen, sum(self.refunds))
        return self.fen - gone, gone, int(self.fen > gone)


async def hold(ledger: Ledger, redis: Redis, rng: random.Random) -> None:
    """Tells drawn gifts in any order and repetition. Raises AssertionError where the books are not what they come to."""
    gifts = [Gift.drawn(number, rng) for number in range(GIFTS)]
    facts = [fact for gift in gifts for fact in gift.facts()]
    told = facts + rng.choices(facts, k=len(facts) // 2)
    rng.shuffle(told)
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    for fact in told:
        foreign = isinstance(fact, DonationState) and fact.amount is not None and fact.amount.currency.code != "CNY"
        outcome = await put(ledger, fact, endorser="star")
        assert (outcome is Outcome.CURRENCY) is foreign, outcome
        assert foreign or not outcome.is_held, outcome
    books = _sum([gift.comes_to() for gift in gifts])
    assert await balanced(redis) == books
    for gift in gifts:
        if not gift.foreign:
            last = Stage.VOID if gift.void else Stage.COMPLETED
            assert await put(ledger, paid(gift.number, gift.fen + 1, stage=last), endorser="star") is Outcome.CLASH
    assert await balanced(redis) == books


def _sum(rows: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    raised, refunded, count = (sum(column) for column in zip(*rows, strict=True))
    return raised, refunded, count
