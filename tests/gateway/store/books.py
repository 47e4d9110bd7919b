"""A ledger whose clock a test turns, and the facts of one campaign of each kind."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store import keys
from gateway.store.history import HistoryShelf
from gateway.store.ledger import Ledger, Outcome
from gateway.upkeep.retention import Retention
from schema.model.facts import CampaignState, Clues, DonationState, Movement, Raised, RefundState, Stage
from schema.model.history import Interval
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.past import Past
from schema.model.time import micros
from schema.model.total import AmountSource, Basis

LUNCH, REEF = CampaignId("wechat_pay", "school-lunch"), CampaignId("twitch", "reef")
NOW = datetime(2026, 9, 2, 3, 20, 31, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def paid(number: int, fen: int, at: datetime, *, stage: Stage = Stage.COMPLETED, back: int | None = None) -> DonationState:
    """A donation; ``back`` is a running sum of refunds."""
    return DonationState(
        native_id=f"42{number}",
        campaign=Clues(),
        stage=stage,
        version=back or 0,
        amount=Money.of_minor(fen, "CNY"),
        donated_at=at,
        source=AmountSource.MERCHANT_BILL,
        refunded=None if back is None else Money.of_minor(back, "CNY"),
        refunded_at=None if back is None else at + HOUR,
    )


def back(number: int, fen: int, at: datetime, refund: int = 1) -> RefundState:
    """One single refund."""
    native, donation = f"50{number}-{refund}", f"42{number}"
    money, source = Money.of_minor(fen, "CNY"), AmountSource.MERCHANT_BILL
    return RefundState(native, donation, donation, Stage.COMPLETED, 0, money, at, source)


def said(minor: int, at: datetime, count: int | None = None) -> CampaignState:
    """What a network reports."""
    raised = Raised(Money.of_minor(minor, "EUR"), count)
    return CampaignState("reef", micros(at), AmountSource.PLATFORM_API, raised=raised)


def when(fact: Movement | CampaignState) -> datetime:
    """The moment in history at which a fact belongs."""
    if isinstance(fact, CampaignState):
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=fact.version)
    return fact.donated_at if isinstance(fact, DonationState) else fact.refunded_at


class Books:
    """A ledger whose clock is turned by the test."""

    def __init__(self, redis: Redis, zone: str = "Asia/Shanghai") -> None:
        self.redis, self.clock = redis, FakeClock(NOW)
        self.ledger, self.shelf = Ledger(redis, self.clock, zone), HistoryShelf(redis)
        self.retention = Retention(redis, lambda: [LUNCH, REEF], self.clock, zone)

    async def put(self, *facts: Movement | CampaignState) -> None:
        """Facts, in this order."""
        await self.ledger.open(LUNCH, Basis.COUNTED, "CNY")
        await self.ledger.open(REEF, Basis.REPORTED, "EUR")
        for fact in facts:
            if isinstance(fact, CampaignState):
                outcome = await self.ledger.total(REEF, fact)
            elif isinstance(fact, RefundState):
                outcome = await self.ledger.refund(LUNCH, fact)
            else:
                outcome = await self.ledger.donation(LUNCH, fact, endorser="", face=b"")
            assert outcome in (Outcome.APPLIED, Outcome.KEPT, Outcome.KNOWN)

    async def arriving(self, facts: Sequence[Movement | CampaignState], moments: Iterable[datetime]) -> None:
        """Tells one fact at each of these moments, with nights of upkeep in between."""
        for n, (moment, fact) in enumerate(sorted(zip(moments, facts, strict=True), key=lambda pair: pair[0])):
            self.clock.moment = moment
            await self.put(fact)
            if n % 10 == 9:
                await self.retention.once()
        self.clock.moment = NOW
        await self.retention.once()

    async def past(self, campaign: CampaignId = LUNCH, grain: Interval = Interval.MINUTE) -> Past:
        """What is kept of a campaign."""
        [found] = await self.shelf.pasts([campaign], grain)
        assert found is not None
        return found

    async def written(self, campaign: CampaignId = LUNCH) -> list[dict[bytes, bytes]]:
        """All buckets, by minute, hour and day."""
        return [cast("dict[bytes, bytes]", await cast("Any", self.redis.hgetall(name))) for name in keys.buckets(campaign)]
