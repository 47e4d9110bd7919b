"""Facts in: place, apply, once. Webhook, redelivery, poll, feed, statement and replay all go through here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from connectors.contract import ReadsDonations
from gateway.accounts import Account, is_finder
from gateway.configured import Configured, Current
from gateway.intake.faces import Faces
from gateway.intake.placement import Placed, Placements
from gateway.observe import Metrics
from gateway.store.health import HealthBook
from gateway.store.ledger import Ledger, Outcome
from gateway.store.words import written
from schema.model.errors import BadUserInput, ConnectorError, NotFound, OperatorError, UpstreamUnavailable
from schema.model.facts import (
    CampaignState,
    Clues,
    DonationState,
    Fact,
    FeedStarted,
    FeedStopped,
    Movement,
    RefundState,
    Unrecognised,
)
from schema.model.ids import CampaignId, entity
from schema.model.total import AmountSource, Basis

UNPLACED: Final = "unplaced"
UNCONFIRMED: Final = "unconfirmed"
UNREADABLE: Final = "unreadable"
AHEAD: Final = timedelta(days=1)
"""How far ahead of our clock a figure's own date may be."""
LOOK_UP_SECONDS: Final = 2.0
"""For a question within a delivery, which has 3 s; a network that hangs must not keep it from being held."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one fact: ``held`` is the reason why it must be held, ``new`` whether it told anything new.

    ``campaign`` is where it belongs, None where that is not known. ``doubted``: it is a total that is not believed yet.
    """

    held: str | None = None
    new: bool = False
    campaign: CampaignId | None = None
    doubted: bool = False


class Ingest:
    """Applies facts. ``opened`` is awaited with the account's name when a campaign was seen for the first time.

    What comes together goes by one configuration, from the first fact to the last.
    """

    def __init__(self, ledger: Ledger, placements: Placements, current: Current, book: HealthBook, metrics: Metrics) -> None:
        self._ledger = ledger
        self._faces = Faces(ledger)
        self._placements = placements
        self._current = current
        self._book = book
        self._metrics = metrics
        self._open: set[CampaignId] = set()
        self.opened: Callable[[str], Awaitable[None]] | None = None

    async def apply(self, account: Account, facts: Iterable[Fact]) -> list[str]:
        """Applies facts in turn; gives the reasons why some of them must be held, none when all is done.

        Raises LedgerUnavailable when one could not be confirmed: then all of them may be applied again.
        """
        return [verdict.held for verdict in await self.verdicts(account, facts) if verdict.held is not None]

    async def verdicts(self, account: Account, facts: Iterable[Fact]) -> list[Verdict]:
        """The same, with what became of each fact."""
        return await self._all(self._current.now, account, facts)

    async def confirm(self, account: Account, lookups: Sequence[str]) -> list[str]:
        """Reads what a delivery only names, and applies what the network answers."""
        reasons: list[str] = []
        for lookup in lookups:
            found = await self._look_up(account, lookup)
            reasons += [found] if isinstance(found, str) else await self.apply(account, found)
        return reasons

    async def feed(self, account: Account, stopped: str | None) -> None:
        """The network's feed is healthy from now on (None), or why it is not."""
        self._metrics.feed_stopped.labels(account.name).set(stopped is not None)
        await self._book.feed(account.name, stopped)
        if stopped is not None:
            log.error("feed.stopped", account=account.name, reason=stopped)

    async def _all(self, by: Configured, account: Account, facts: Iterable[Fact]) -> list[Verdict]:
        return [await self._one(by, account, fact) for fact in facts]

    async def _one(self, by: Configured, account: Account, fact: Fact) -> Verdict:
        match fact:
            case DonationState():
                kind, verdict = "donation", await self._donation(by, account, fact)
            case RefundState():
                kind, verdict = "refund", await self._refund(by, account, fact)
            case CampaignState():
                kind, verdict = "campaign", await self._campaign(by, account, fact)
            case FeedStarted():
                kind, verdict = "feed_started", Verdict()
                await self.feed(account, None)
            case FeedStopped():
                kind, verdict = "feed_stopped", Verdict()
                await self.feed(account, fact.reason)
            case Unrecognised():
                kind, verdict = "unrecognised", Verdict()
                log.info("fact.unrecognised", account=account.name, kind=fact.kind)
        outcome = verdict.held or (Outcome.DOUBTED.value if verdict.doubted else Outcome.APPLIED.value)
        self._metrics.facts.labels(account.platform, kind, outcome).inc()
        return verdict

    async def _donation(self, by: Configured, account: Account, fact: DonationState) -> Verdict:
        placed = await self._place(by, account, fact)
        if isinstance(placed, str):
            return Verdict(placed)
        return await self._counted(
            by,
            account,
            placed.campaign,
            lambda: self._faces.donation(placed.campaign, fact, endorser=placed.endorser, peppers=by.peppers),
        )

    async def _place(self, by: Configured, account: Account, fact: DonationState) -> Placed | str:
        """Where it belongs, settled once and for all ways in; or why that cannot be told yet."""
        who = entity(account.platform, fact.native_id)
        if isinstance(fact.campaign, Clues):
            placed, otherwise = by.rules.place(account.name, fact.campaign), UNPLACED
        else:
            natives = (fact.campaign,) if isinstance(fact.campaign, str) else fact.campaign
            try:
                named = [CampaignId(account.platform, native) for native in natives]
            except BadUserInput:
                return UNREADABLE
            placed, otherwise = await self._followed(by, named), Outcome.NOCAMPAIGN.value
        if placed is None:  # a rule that is gone since moves nothing
            return await self._placements.get(account.platform, who) or otherwise
        return await self._placements.keep(account.platform, who, placed)

    async def _followed(self, by: Configured, campaigns: Sequence[CampaignId]) -> Placed | None:
        """The only one; or of several the first that is open, a member before its team, once any of them is."""
        if len(campaigns) == 1:
            return Placed(campaigns[0])
        for campaign in campaigns:
            # another process may have opened it
            if campaign in self._open or by.directory.is_declared(campaign) or await self._is_followed(campaign):
                return Placed(campaign)
        return None

    async def _is_followed(self, campaign: CampaignId) -> bool:
        """Whether it is open, and not only because somebody asked for it: then its donations stay with its team."""
        return await self._ledger.is_open(campaign) and not is_finder(await self._ledger.teller(campaign))

    async def _refund(self, by: Configured, account: Account, fact: RefundState) -> Verdict:
        who = entity(account.platform, fact.donation)
        placed, held = await self._placements.get(account.platform, who), list[str]()
        if placed is None:
            # it carries no clue of its own: its donation is read, placed and counted first
            found = await self._look_up(account, fact.lookup)
            if isinstance(found, str):
                return Verdict(found)
            told = await self._all(by, account, [movement for movement in found if isinstance(movement, DonationState)])
            held = [verdict.held for verdict in told if verdict.held is not None]
            placed = await self._placements.get(account.platform, who)
            if placed is None:
                return Verdict(held[0] if held else UNPLACED)
        campaign = placed.campaign
        verdict = await self._counted(by, account, campaign, lambda: self._ledger.refund(campaign, fact))
        # a donation that was read and could not be counted is told by nobody else
        return verdict if verdict.held is not None or not held else Verdict(held[0], campaign=campaign)

    async def _look_up(self, account: Account, lookup: str) -> Sequence[Movement] | str:
        if not isinstance(account.connector, ReadsDonations):
            return UNCONFIRMED
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await account.connector.donation(lookup)
        except NotFound:
            return UNPLACED
        except TimeoutError:
            log.warning("lookup.failed", account=account.name, code=UpstreamUnavailable.code)
            return UNCONFIRMED
        except (UpstreamUnavailable, ConnectorError, OperatorError, BadUserInput) as error:
            log.warning("lookup.failed", account=account.name, code=error.code)
            return UNCONFIRMED

    async def _counted(
        self, by: Configured, account: Account, campaign: CampaignId, write: Callable[[], Awaitable[Outcome]]
    ) -> Verdict:
        declared = by.directory.is_declared(campaign)
        if declared and campaign not in self._open:
            await self._open_declared(by, account, campaign)
        outcome = await write()
        if outcome is Outcome.NOCAMPAIGN and declared:  # the ledger has lost its data since
            await self._open_declared(by, account, campaign)
            outcome = await write()
        if outcome is Outcome.NOCAMPAIGN:
            self._open.discard(campaign)  # so that the next state of it opens it again
        if outcome.is_held:
            log.warning("fact.held", account=account.name, campaign=str(campaign), reason=outcome.value)
        return _verdict(outcome, campaign)

    async def _open_declared(self, by: Configured, account: Account, campaign: CampaignId) -> None:
        known = by.directory.overlay(campaign, None)
        if known is not None and known.currency is not None:
            outcome = await self._ledger.open(campaign, by.directory.basis(campaign), known.currency.code)
            if not outcome.is_held:
                self._open.add(campaign)

    async def _campaign(self, by: Configured, account: Account, fact: CampaignState) -> Verdict:
        campaign = CampaignId(account.platform, fact.native_id)
        if account.spec.declares_campaigns and not by.directory.is_declared(campaign):
            return Verdict(Outcome.NOCAMPAIGN.value)  # its first fact fixes a campaign for good: a slip of the pen must not
        if fact.source is AmountSource.PUBLISHED_FIGURE and by.directory.basis(campaign) is not Basis.REPORTED:
            return Verdict(Outcome.BASIS.value)  # beside counted donations a person's figure must not vanish without a word
        if fact.copied_at is not None and fact.copied_at > self._ledger.clock.now() + AHEAD:
            return Verdict(UNREADABLE)  # a slip in the year would keep every later figure out
        words = written(fact, account.name)
        verdict = await self._reported(by, account, campaign, fact, words.get("currency"))
        # last, so that a campaign that is new here is never seen without the total that came with it
        await self._ledger.describe(campaign, fact.version, words, as_of=fact.copied_at)
        return verdict

    async def _reported(
        self, by: Configured, account: Account, campaign: CampaignId, fact: CampaignState, currency: str | None
    ) -> Verdict:
        if currency is not None and campaign not in self._open:
            outcome = await self._ledger.open(campaign, by.directory.basis(campaign), currency)
            if outcome.is_held:
                log.error("campaign.clash", account=account.name, campaign=str(campaign), reason=outcome.value)
                return Verdict(outcome.value, campaign=campaign)
            if not is_finder(account.name):
                self._open.add(campaign)
            if self.opened is not None:
                await self.opened(account.name)
        if fact.raised is None:
            return Verdict(campaign=campaign)
        if by.directory.basis(campaign) is not Basis.REPORTED:
            return Verdict()
        outcome = await self._ledger.total(campaign, fact)
        if outcome is Outcome.NOCAMPAIGN and campaign in self._open:  # the ledger has lost its data since
            self._open.discard(campaign)
            return await self._reported(by, account, campaign, fact, currency)
        if outcome is Outcome.DOUBTED:
            log.error("total.held", account=account.name, campaign=str(campaign), stated=str(fact.raised.amount))
        elif outcome is Outcome.BELIEVED:
            log.info("total.believed", account=account.name, campaign=str(campaign), stated=str(fact.raised.amount))
        return _verdict(outcome, campaign)


def _verdict(outcome: Outcome, campaign: CampaignId) -> Verdict:
    new = outcome in (Outcome.APPLIED, Outcome.BELIEVED)
    return Verdict(outcome.value if outcome.is_held else None, new, campaign, outcome is Outcome.DOUBTED)
