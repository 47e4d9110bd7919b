"""Follows the ledger for one process: hears changes, and makes them visible in steps.

What was heard becomes visible at most 20 times a second, at once when the last step is over 50 ms old. So an answer is never
older than a frame of the same process, and a thousand changes a second cost twenty steps.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from redis.asyncio import Redis

from gateway.configured import Configured, Current
from gateway.read.catalog import Catalog, Row
from gateway.read.directory import Directory
from gateway.read.listing import Listing
from gateway.read.running import Running
from gateway.read.snapshot import Part, Snapshot, Snapshots
from gateway.read.totals import TotalsTable
from gateway.store import bus
from gateway.store.bus import Change, DoubtChanged, TotalMoved
from gateway.store.health import HealthBook
from gateway.store.milestones import MilestoneShelf
from gateway.store.posts import PostShelf
from gateway.store.rates import RateShelf
from gateway.store.shelf import Shelf
from schema.model.campaign import Campaign, Milestone
from schema.model.endorsement import Post
from schema.model.errors import LedgerUnavailable
from schema.model.freshness import Health
from schema.model.ids import CampaignId
from schema.model.rates import Rates

STEP_SECONDS: Final = 0.05
RETRY_SECONDS: Final = 0.5
HEARD: Final = 20_000
"""Changes that may wait for a step; more come only while the ledger does not answer."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """What became visible. ``reset``: everything was read again, and messages may have been missed before."""

    moved: frozenset[CampaignId]
    news: tuple[TotalMoved, ...] = ()
    """Changes with a donation behind them, in the order of each campaign's log."""
    reset: bool = False
    configured: bool = False
    """Whether it is another configuration by which all is shown."""
    networks: frozenset[str] = frozenset()
    """Those of which a channel is in another state, or a campaign is described anew."""
    posts: bool = False
    """Whether posts, their counters or followers were read again."""


class Follower:
    """Holds what is known. Everything in it is read within the event loop, so each reader sees one step whole."""

    def __init__(self, shelf: Shelf, book: HealthBook, current: Current, catalog: Catalog) -> None:
        self.shelf = shelf
        self.rates = Rates()
        self._current = current
        self._snapshots = Snapshots(shelf, book, PostShelf(shelf.redis), MilestoneShelf(shelf.redis), RateShelf(shelf.redis))
        self.catalog = catalog
        self._listing = Listing(self._list)
        self.totals = TotalsTable()
        self.campaigns: dict[CampaignId, Campaign] = {}
        self.by_account: defaultdict[str, set[CampaignId]] = defaultdict(set)
        self.running = Running(lambda account: (self.campaigns[each] for each in self.by_account[account]))
        self.posts: dict[str, dict[str, Post]] = {}
        """What was read of posts, by network and native id."""
        self.followers: dict[str, dict[str, int]] = {}
        self.milestones: dict[CampaignId, tuple[Milestone, ...]] = {}
        self.health: dict[str, Health] = {}
        self.ready = asyncio.Event()
        """Set once everything was read for the first time."""
        self.connected = False
        """Whether changes are being heard at this moment."""
        self.observers: list[Callable[[Step], None]] = []
        self.reconnected: Callable[[], Awaitable[None]] | None = None
        """Is awaited before everything is read, as the ledger's server may be another one."""
        self._heard: list[Change] = []
        self._overrun = False
        self.steps = 0
        """How many were made visible: what is shown changes with a step, or by time alone."""
        self.readings = 0
        """How often everything was read: where that moved, messages may have been missed in between."""
        self._losses = 0
        """How often that was begun: what was heard before is in what is read."""
        self._dirty = asyncio.Event()
        self._turn = asyncio.Lock()
        """Whoever changes what is known reads first and shows then, one after the other."""

    @property
    def directory(self) -> Directory:
        """That of the configuration which holds."""
        return self._current.now.directory

    async def known(self) -> list[CampaignId]:
        """All campaigns that are known, once they are."""
        await self.ready.wait()
        return list(self.campaigns)

    async def run(self, client: Redis) -> None:
        """Follows for ever. ``client`` must have no socket timeout.

        Whatever goes wrong within, everything is read again and shown as STALE until then.
        """
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(bus.listen(client, self.hear, self.lost, self.silent))
                    tasks.create_task(self._step_for_ever())
            except* Exception as faults:
                log.exception("follower.fault", exc_info=faults.exceptions[0])
            finally:
                self.silent()
            await asyncio.sleep(RETRY_SECONDS)

    def hear(self, change: Change) -> None:
        """Takes a change in; it becomes visible with the next step."""
        if len(self._heard) >= HEARD:
            self._heard.clear()
            self._overrun = True  # what was dropped is read from the ledger
        self._heard.append(change)
        self._dirty.set()

    async def lost(self) -> None:
        """Reads everything again, as messages may have been missed. What is read replaces what was known."""
        self.connected = False
        self._losses += 1
        self._heard.clear()
        self._overrun = False
        if self.reconnected is not None:
            await self.reconnected()
        async with self._turn:
            read = await self._snapshots.read(self.directory)
            listed = list(self.campaigns.keys() | {campaign.id for campaign in read.campaigns})
            heads = await self.shelf.heads(listed)
            self.readings += 1  # not before: until here what is shown is what was known
            self._show(read)
            for campaign, head in zip(listed, heads, strict=True):
                self.totals.replace(campaign, head)
            self._listing.begin(listed)
            self.connected = True
            self._tell(Step(frozenset(self.campaigns), reset=True))
        await self._listing.finish()
        self.ready.set()

    async def adopt(self, configured: Configured) -> None:
        """Goes by another reading of the configuration: all that it needs is read first, then it holds for every part of the
        gateway, and is shown, at once. Raises LedgerUnavailable; then nothing has changed.

        Where it holds and cannot be shown, by a fault of ours or of an observer, that is logged, and all is read again.
        """
        async with self._turn:
            read = await self._snapshots.read(configured.directory)
            known = self.campaigns
            fresh = [campaign.id for campaign in read.campaigns if campaign.id not in known]
            heads = await self.shelf.heads(fresh)
            # from here on nothing is awaited, and nothing makes it one that does not hold
            self._current.become(configured)
            try:
                self.campaigns, self.by_account = {}, defaultdict(set)
                self.running.clear()
                self._show(read)
                for campaign, head in zip(fresh, heads, strict=True):
                    self.totals.load(campaign, head)
                for campaign in known.keys() - self.campaigns.keys():
                    self.catalog.turns.write(partial(self.catalog.drop, campaign))
                self._listing.begin(self.campaigns)
                self._dirty.set()
                self._tell(Step(frozenset(known.keys() | self.campaigns.keys()), configured=True))
            except Exception:
                log.exception("follower.fault")
                self._overrun = True
                self._dirty.set()

    def silent(self) -> None:
        """Changes are not heard for the time being: what is shown grows old."""
        self.connected = False

    async def _step_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        last = loop.time() - STEP_SECONDS
        while True:
            await self._dirty.wait()
            await asyncio.sleep(max(0.0, last + STEP_SECONDS - loop.time()))
            last = loop.time()
            self._dirty.clear()
            changes, self._heard = self._heard, []
            losses = self._losses
            try:
                if self._overrun:
                    await self.lost()
                elif changes:
                    async with self._turn:
                        await self._step(changes, losses)
                self._listing.go_on()
                if self._listing:
                    self._dirty.set()
            except LedgerUnavailable:
                self._dirty.set()
                if losses == self._losses:
                    self._heard = changes + self._heard
                await asyncio.sleep(RETRY_SECONDS)

    async def _step(self, changes: list[Change], losses: int) -> None:
        moves = [change for change in changes if isinstance(change, TotalMoved)]
        doubts = [change for change in changes if isinstance(change, DoubtChanged)]
        stated = {change.campaign for change in moves} | {change.campaign for change in doubts}
        part = Part.of(changes, self.directory)
        unread = [each for each in stated if self.totals[each] is None]
        unread += part.campaigns - self.campaigns.keys() - stated
        heads = await self.shelf.heads(unread)
        read = await self._snapshots.part(self.directory, part)
        if losses != self._losses:
            return  # everything was read again meanwhile, and where data were lost these changes would bring them back
        # from here on nothing is awaited: the step becomes visible as a whole
        self._take(read)
        self.milestones |= read.milestones
        for campaign, head in zip(unread, heads, strict=True):
            self.totals.load(campaign, head)
        for change in moves:
            self.totals.move(change)
        for doubt in doubts:
            self.totals.doubt(doubt)
        if part.rates:
            self._rate(read.rates)
            self._listing.begin(self.campaigns)
        self._list({change.campaign for change in moves} | part.campaigns)
        moved = stated | part.campaigns | part.milestones
        moved |= {campaign for account in part.accounts for campaign in self.by_account[account]}
        networks = {campaign.platform for campaign in part.campaigns}
        networks |= {self.directory.accounts[account].spec.key for account in part.accounts}
        news = tuple(change for change in moves if change.kind in ("received", "changed"))
        self._tell(Step(frozenset(moved), news, networks=frozenset(networks), posts=bool(part.posts)))

    def _show(self, read: Snapshot) -> None:
        self._rate(read.rates)
        self.catalog.turns.write(partial(self.catalog.charities.declare, self.directory.charities))
        self.milestones = read.milestones
        self._take(read)

    def _take(self, read: Snapshot) -> None:
        self.health |= read.health
        self.posts |= read.posts
        self.followers |= read.followers
        for known in read.campaigns:
            before = self.campaigns.get(known.id)
            if before is not None:
                self.by_account[before.account].discard(known.id)
                self.running.forget(before.account)
            self.by_account[known.account].add(known.id)
            self.campaigns[known.id] = known
            self.running.forget(known.account)

    def _rate(self, rates: Rates) -> None:
        self.rates = rates
        self.catalog.rate(rates, self.directory.reporting_currency)

    def _list(self, campaigns: Iterable[CampaignId]) -> None:
        known = [self.campaigns[campaign] for campaign in campaigns if campaign in self.campaigns]
        known = [each for each in known if not self.directory.was_found(each)]  # nobody puts a campaign onto others' lists
        rows = [Row(campaign, self.totals[campaign.id], self.updated_at(campaign)) for campaign in known]
        if rows:
            self.catalog.turns.write(partial(self.catalog.put, rows))

    def updated_at(self, known: Campaign) -> datetime:
        """When total, goal or status last changed; where none of them ever did, when the campaign was read."""
        row = self.totals[known.id]
        moved = row.at if row is not None and row.raised is not None else None
        if moved is None or known.changed_at is None:
            return moved or known.changed_at or known.as_of
        return max(moved, known.changed_at)

    def _tell(self, step: Step) -> None:
        self.steps += 1  # first of all: no observer may be given what was shown before
        for observer in self.observers:
            observer(step)
