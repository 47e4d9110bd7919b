"""The ledger: every fact applied once, durably, by one script call. The scripts in ``lua/`` are its specification.

A method returns when the server has answered, which with ``appendfsync always`` is after the write is on disk. Whatever a
call may have left undecided (a lost answer, a timeout) raises LedgerUnavailable: sending the same fact again is always safe.
"""

from collections.abc import Awaitable, Mapping
from datetime import datetime
from enum import Enum
from importlib.resources import files
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from connectors.ports import Clock
from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.zone import offsets
from schema.model.errors import LedgerUnavailable
from schema.model.facts import CampaignState, DonationState, RefundState
from schema.model.ids import CampaignId, entity
from schema.model.money import Money
from schema.model.time import micros
from schema.model.total import Basis

LISTED: Final = 10_000
"""Donations that are kept with a face, per campaign."""
LOGGED: Final = 10_000
"""Newest changes that are kept, per campaign, or a few more: from them feeds are resumed. The scripts say the same number."""
JUDGED: Final = 16
"""Newest reports of a network's own total that are kept, per campaign: among them a fall is judged, in the order of versions.
"""


class Outcome(Enum):
    """What became of a fact. From CLASH on it could not be applied and is held."""

    APPLIED = "applied"
    KEPT = "kept"
    KNOWN = "known"
    DOUBTED = "doubted"
    """A network's own total that fell too far to be believed yet; what is held stays."""
    BELIEVED = "believed"
    """A network's own total by which a doubt is over."""
    CLASH = "clash"
    CURRENCY = "currency"
    BADAMOUNT = "badamount"
    NOCAMPAIGN = "nocampaign"
    BASIS = "basis"
    TOTALRANGE = "totalrange"

    @property
    def is_held(self) -> bool:
        """Whether the fact must be kept in quarantine."""
        return self not in (Outcome.APPLIED, Outcome.KEPT, Outcome.KNOWN, Outcome.DOUBTED, Outcome.BELIEVED)


_ANSWERS: Final = {
    1: Outcome.APPLIED,
    2: Outcome.KEPT,
    3: Outcome.DOUBTED,
    4: Outcome.BELIEVED,
    0: Outcome.KNOWN,
    -1: Outcome.CLASH,
}


class Ledger:
    """Writes facts. ``zone`` is the reporting time zone, in which days are cut."""

    def __init__(self, redis: Redis, clock: Clock, zone: str) -> None:
        self.redis = redis
        self.clock = clock
        self.zone = zone
        sources = files("gateway.store") / "lua"
        self._scripts = {
            name: redis.register_script((sources / f"{name}.lua").read_text("utf-8"))
            for name in ("open", "donation", "total", "amend", "words")
        }

    async def open(self, campaign: CampaignId, basis: Basis, currency: str) -> Outcome:
        """Fixes basis and currency of a campaign by its first fact, for good. Costs nothing twice."""
        return await self._run("open", [keys.total(campaign)], [basis.value, currency])

    async def is_open(self, campaign: CampaignId) -> bool:
        """Whether its basis is fixed, by this process or another one."""
        return bool(await self._guard(self.redis.hexists(keys.total(campaign), "basis")))

    async def teller(self, campaign: CampaignId) -> str:
        """The account that described it last; nothing where none did."""
        return bytes(await self._guard(self.redis.hget(keys.words(campaign), "account")) or b"").decode()

    async def donation(self, campaign: CampaignId, fact: DonationState, *, endorser: str, face: bytes) -> Outcome:
        """A donation's own state. A hidden amount is kept as 0 and marked in its face."""
        return await self._movement(
            campaign,
            entity(campaign.platform, fact.native_id),
            "",
            fact.version,
            int(fact.stage),
            fact.amount,
            fact.donated_at,
            fact.refunded,
            fact.refunded_at or fact.donated_at,
            endorser,
            face,
            fact.source.bit,
        )

    async def refund(self, campaign: CampaignId, fact: RefundState) -> Outcome:
        """One single refund of a donation, which may be unknown yet."""
        donation = entity(campaign.platform, fact.donation)
        return await self._movement(
            campaign,
            donation,
            fact.native_id,
            fact.version,
            int(fact.stage),
            fact.amount,
            fact.refunded_at,
            None,
            fact.refunded_at,
            "",
            b"",
            fact.source.bit,
        )

    async def amend(self, campaign: CampaignId, donation: bytes, face: bytes, *, of: bytes) -> Outcome:
        """Replaces the face ``of`` a listed donation. KNOWN where that is not its face, or not any more."""
        names = [keys.total(campaign), keys.log(campaign), keys.faces(campaign)]
        return await self._run("amend", names, [donation, face, self._now(), str(campaign), of])

    async def total(self, campaign: CampaignId, fact: CampaignState) -> Outcome:
        """What the network reports as raised, when ``fact`` says so. A published figure is believed: a person says so."""
        if fact.raised is None:
            return Outcome.KEPT
        said = fact.raised
        return await self._run(
            "total",
            [keys.total(campaign), keys.log(campaign), *keys.buckets(campaign), keys.reports(campaign)],
            [
                fact.version,
                said.amount.minor,
                "" if said.donation_count is None else said.donation_count,
                "" if said.donor_count is None else said.donor_count,
                said.amount.currency.code,
                fact.source.bit,
                self._now(),
                self._offsets(),
                str(campaign),
                self._seconds(fact.copied_at),
                "" if fact.copied_at is None else 1,
                JUDGED,
            ],
        )

    async def describe(
        self, campaign: CampaignId, version: int, words: Mapping[str, str], *, as_of: datetime | None = None
    ) -> None:
        """Keeps a campaign's description, as of now unless told. What is not in ``words`` stays as it is known."""
        fields = [part for pair in sorted(words.items()) for part in pair]
        await self._guard(self.redis.sadd(keys.known(campaign.platform), campaign.native))
        arguments: list[str | int] = [version, self._seconds(as_of), str(campaign), *fields]
        await self._guard(self._scripts["words"]([keys.words(campaign)], arguments))

    async def settle_zone(self) -> str:
        """Keeps the zone of the first start, and gives the one that holds."""
        if (kept := await self._guard(self.redis.get(keys.ZONE))) is None:
            await self._guard(self.redis.set(keys.ZONE, self.zone, nx=True))
            kept = await self._guard(self.redis.get(keys.ZONE))
        return str(kept, "utf-8")

    async def _movement(
        self,
        campaign: CampaignId,
        donation: bytes,
        refund: str,
        version: int,
        rank: int,
        amount: Money | None,
        at: datetime,
        refunded: Money | None,
        refunded_at: datetime,
        endorser: str,
        face: bytes,
        source: int,
    ) -> Outcome:
        currency = amount.currency.code if amount else ""
        return await self._run(
            "donation",
            [
                keys.records(campaign, donation),
                keys.total(campaign),
                keys.log(campaign),
                *keys.buckets(campaign),
                keys.endorsers(campaign),
                keys.feed(campaign),
                keys.faces(campaign),
            ],
            [
                donation,
                refund,
                version,
                rank,
                amount.minor if amount else 0,
                currency,
                int(at.timestamp()),
                refunded.minor if refunded else 0,
                int(refunded_at.timestamp()),
                endorser,
                face,
                source,
                self._now(),
                self._offsets(),
                LISTED,
                str(campaign),
            ],
        )

    async def _run(self, name: str, names: list[str], arguments: list[Any]) -> Outcome:
        try:
            answer = await self._guard(self._scripts[name](names, arguments))
        except LedgerUnavailable as error:
            word = str(error.__cause__).split(" ", 1)[0] if isinstance(error.__cause__, ResponseError) else ""
            if word in Outcome.__members__:
                return Outcome[word]
            raise
        return _ANSWERS[answer[0]] if isinstance(answer, list) else Outcome.APPLIED if answer else Outcome.KNOWN

    async def _guard(self, call: Awaitable[Any]) -> Any:
        async with guarded("the ledger did not confirm a write"):
            return await call

    def _seconds(self, moment: datetime | None) -> int:
        return self._now() if moment is None else int(moment.timestamp())

    def _now(self) -> int:
        return micros(self.clock.now()) // 1_000_000

    def _offsets(self) -> str:
        return offsets(self.zone, self.clock.now().year + 2)
