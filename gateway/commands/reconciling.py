"""``giving-gateway reconcile``: what networks tell once more, held against the ledger."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from rich.console import Console

from connectors.contract import ListsCampaigns, ReadsExports, ReceivesDeliveries
from gateway.accounts import Account, chosen
from gateway.commands.agreeing import Progress, shown
from gateway.commands.naming import campaign_named
from gateway.foundation import Foundation, founded
from gateway.intake.imports import AT_ONCE
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.bulk import in_bulk
from gateway.store.embedded import joined
from gateway.store.reconciled import Reconciled
from gateway.store.shelf import Shelf
from gateway.upkeep.expected import Counted
from gateway.upkeep.findings import Report
from gateway.upkeep.polls import Polls
from gateway.upkeep.reconcile import Reconcile
from gateway.upkeep.replay import Replay, relisted
from gateway.upkeep.statements import Statements, Tell, bills
from schema.model.errors import OperatorError
from schema.model.ids import CampaignId


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks for. ``account`` and ``campaign`` are as they were typed; days are the networks' own."""

    account: str | None = None
    campaign: str | None = None
    since: date | None = None
    until: date | None = None
    archive: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report for each source that was read. ``campaign`` is the only one that counts, if there is one."""

    reports: tuple[Report, ...]
    campaign: CampaignId | None

    @property
    def agrees(self) -> bool:
        """Whether nothing is left that a person must look at."""
        return all(report.agrees(self.campaign) for report in self.reports)


@dataclass(frozen=True, slots=True)
class _Step:
    account: str
    source: str
    work: Callable[[Tell], Awaitable[Report]]


async def run(settings: Settings, wanted: Wanted, *, console: Console | None, registry: Registry | None = None) -> Outcome:
    """Reads everything that is wanted, again if it was read before. ``console`` is told how far it is.

    A gateway that runs on the same data goes on serving. Raises OperatorError, and LedgerUnavailable.
    """
    if wanted.since is not None and wanted.until is not None and wanted.since > wanted.until:
        raise OperatorError("--since lies after --until.")
    set_up_logs(pretty=console is not None and console.is_terminal, level=logging.CRITICAL)  # the rest is in the reports
    async with founded(settings, registry=registry, server=joined, connecting=in_bulk) as base:
        campaign = None if wanted.campaign is None else await campaign_named(wanted.campaign, settings, base)
        steps = list(_steps(base, _accounts(base, wanted, campaign), wanted))
        if not steps:  # "all agrees" would be true, and no help
            raise OperatorError("There is nothing to read: no network of these lists anything or has a bill of such days.")
        reports = []
        with shown(console) as tell:
            for number, step in enumerate(steps):

                def note(rows: int, number: int = number, step: _Step = step) -> None:
                    tell(Progress(number, len(steps), step.account, step.source, rows))

                note(0)
                reports.append(await step.work(note))
        return Outcome(tuple(reports), campaign)


def _accounts(base: Foundation, wanted: Wanted, campaign: CampaignId | None) -> list[Account]:
    """Those to read. Raises OperatorError where one is named that has nothing to be read."""
    if wanted.account is not None:
        account = chosen(base.accounts, wanted.account)
        if not (bills(account) or isinstance(account.connector, ListsCampaigns) or wanted.archive):
            raise OperatorError(
                f"{account.spec.name} neither lists donations nor keeps a bill ({account.name}): import its exports, or read "
                "what was kept with --archive."
            )
        return [account]
    if campaign is None:
        return list(base.accounts.values())
    of_network = [account for account in base.accounts.values() if account.platform == campaign.platform]
    return [account for account in of_network if campaign in base.current.now.rules.fed(account.name)] or of_network


def _steps(base: Foundation, accounts: Sequence[Account], wanted: Wanted) -> Iterator[_Step]:
    archive = base.archive
    counted = Counted(Shelf(base.redis), base.current, base.clock)
    statements = Statements(base.ingest, archive, counted, at_once=AT_ONCE)
    quarantine = Quarantine(base.redis, base.sealer, base.clock)
    webhooks = Webhooks(base.current, base.ingest, quarantine, base.book, base.clock, base.metrics, archive)
    replay, done = Replay(archive, webhooks, statements), Reconciled(base.redis)
    if wanted.archive:  # first: a bill may lack the clues that deliveries had, and what is placed stays there
        for account in accounts:
            if isinstance(account.connector, ReceivesDeliveries):
                for file in archive.deliveries(account.name):
                    yield _Step(account.name, file, partial(replay.deliveries, account, file))
        for account in accounts:
            if isinstance(account.connector, ReadsExports):
                for file in archive.contents(account.name):
                    yield _Step(account.name, file, partial(replay.content, account, file))
    for account in accounts:
        name = account.name
        if bills(account):
            reconcile = Reconcile(account, statements, done, base.clock, base.metrics)
            for day in reconcile.days(wanted.since, wanted.until):
                yield _Step(name, day.isoformat(), partial(reconcile.day, day))
        if isinstance(account.connector, ListsCampaigns):
            yield _Step(name, "lists", partial(relisted, account, Polls(account, base.ingest, base.book)))
