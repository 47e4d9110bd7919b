"""The gateway's own ledger on the suite's bench: the same intake on a real Redis, for one account of one network."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from redis.asyncio import Redis

from connectors.spec import ConnectorSpec
from connectors.testing.conformance.ledger import Counts, Opens
from gateway.accounts import Account
from gateway.clock import SystemClock
from gateway.configured import Configured, Current
from gateway.intake.ingest import Ingest
from gateway.intake.placement import Placements
from gateway.observe import Metrics
from gateway.settings import Settings
from gateway.store.connection import connect
from gateway.store.health import HealthBook
from gateway.store.ledger import Ledger
from gateway.store.shelf import Shelf
from schema.model.facts import CampaignState, Clues, DonationState, Fact
from schema.model.ids import CampaignId

ACCOUNT: Final = "bench"
GENERAL: Final = "everything"


def ledgers(url: str) -> Opens:
    """Opens ledgers on a server that belongs to nobody else: whatever is on it is gone with each."""

    def opens(spec: ConnectorSpec, currency: str) -> AbstractAsyncContextManager[Counts]:
        return _opened(url, spec, currency)

    return opens


@asynccontextmanager
async def _opened(url: str, spec: ConnectorSpec, currency: str) -> AsyncIterator[Counts]:
    redis = connect(url)
    try:
        await redis.flushall()
        yield _Counts(redis, spec, currency)
    finally:
        await redis.aclose()


class _Counts:
    """Facts in, totals out. A connector is not asked: what would have to be asked for waits."""

    def __init__(self, redis: Redis, spec: ConnectorSpec, currency: str) -> None:
        self._account = Account(ACCOUNT, spec, object(), {})
        self._currency = currency
        self._shelf = Shelf(redis)
        self._clock = SystemClock()
        self._declared: set[str] = {GENERAL} if spec.declares_campaigns else set()
        self._waiting: list[tuple[Fact, str]] = []
        self._current = Current(self._configured())
        ledger, book = Ledger(redis, self._clock, "UTC"), HealthBook(redis, self._clock)
        self._ingest = Ingest(ledger, Placements(redis), self._current, book, Metrics())

    async def take(self, facts: Sequence[Fact]) -> None:
        """Takes these in turn. See ``Counts.take``."""
        named = {native for fact in facts if (native := _named(fact)) is not None}
        if self._account.spec.declares_campaigns and not named <= self._declared:
            self._declared |= named
            self._current.become(self._configured())
        for fact in facts:
            await self._one(fact)
        await self._again()

    async def totals(self) -> Mapping[str, int]:
        """Net minor units by native id."""
        platform = self._account.spec.key
        campaigns = [CampaignId(platform, native) for native in sorted(self._declared)] or await self._shelf.known(platform)
        heads = await self._shelf.heads(campaigns)
        return {
            campaign.native: int(head.raised)
            for campaign, head in zip(campaigns, heads, strict=True)
            if head is not None and head.raised is not None
        }

    async def held(self) -> Sequence[str]:
        """Why some still wait."""
        return [reason for _, reason in self._waiting]

    async def _one(self, fact: Fact) -> None:
        for reason in await self._ingest.apply(self._account, [fact]):
            self._waiting.append((fact, reason))

    async def _again(self) -> None:
        before = -1
        while self._waiting and len(self._waiting) != before:
            waiting, self._waiting, before = self._waiting, [], len(self._waiting)
            for fact, _ in waiting:
                await self._one(fact)

    def _configured(self) -> Configured:
        """A configuration with the account, and with the campaigns that were named so far."""
        key = self._account.spec.key
        account: dict[str, Any] = {"connector": key, **({"general": GENERAL} if self._declared else {})}
        campaigns = [
            {"platform": key, "id": native, "title": native, "currency": self._currency} for native in sorted(self._declared)
        ]
        settings = Settings.of({"accounts": {ACCOUNT: account}, "campaigns": campaigns})
        return Configured.of(settings, {ACCOUNT: self._account}, self._clock.now())


def _named(fact: Fact) -> str | None:
    """The campaign that a fact names outright, on a network where campaigns are declared."""
    match fact:
        case DonationState(campaign=Clues(campaign=str() as native)) | DonationState(campaign=str() as native):
            return native
        case CampaignState():
            return fact.native_id
    return None
