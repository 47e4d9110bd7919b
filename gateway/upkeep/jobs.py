"""The scheduled work that is not an ability of one account alone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from connectors.contract import ReadsFollowers, ReadsMilestones, ReadsPosts
from gateway.accounts import Account
from gateway.configured import Configured
from gateway.foundation import Foundation
from gateway.intake.webhooks import Webhooks
from gateway.store.continuity import Continuity
from gateway.store.history import HistoryShelf
from gateway.store.milestones import MilestoneShelf
from gateway.store.posts import PostShelf
from gateway.store.reconciled import Reconciled
from gateway.store.shelf import Shelf
from gateway.store.tracked import Tracked
from gateway.upkeep.catch_up import CatchUp
from gateway.upkeep.engagement import EngagementReader
from gateway.upkeep.expected import Counted
from gateway.upkeep.milestones import MilestoneReader
from gateway.upkeep.polls import Polls
from gateway.upkeep.reconcile import Reconcile
from gateway.upkeep.repeat import AFTER_FAILURE
from gateway.upkeep.replay import Replay
from gateway.upkeep.sights import Sights
from gateway.upkeep.statements import Statements, bills
from gateway.upkeep.upkeep import Job


def jobs(base: Foundation, webhooks: Webhooks, configured: Configured) -> list[Job]:
    """The scheduled work that is not an ability of one account alone.

    A job outlasts the configuration for which it was made: what it needs of one, it looks up whenever it is done.
    """
    accounts = configured.accounts.values()
    posts, history = PostShelf(base.redis), HistoryShelf(base.redis)
    readers = {
        account.platform: account
        for account in reversed(list(accounts))
        if isinstance(account.connector, ReadsPosts | ReadsFollowers)
    }  # one account of a network reads its posts for all
    reading = [
        Job(account.name, "posts", every, EngagementReader(account, base.current, posts, history).once)
        for account in readers.values()
        if (every := account.spec.pace.posts) is not None
    ]
    shelf, milestones = Shelf(base.redis), MilestoneShelf(base.redis)
    promising = [
        Job(account.name, "milestones", every, MilestoneReader(account, shelf, milestones).once)
        for account in accounts
        if isinstance(account.connector, ReadsMilestones) and (every := account.spec.pace.milestones) is not None
    ]
    looking = [
        job
        for account in accounts
        if configured.settings.looks_up(account.name) and (every := account.spec.pace.poll) is not None
        for job in _looking(base, account, every)
    ]
    return reading + promising + looking


def _looking(base: Foundation, account: Account, every: timedelta) -> list[Job]:
    """Finds campaigns that nobody has seen, and asks for them again while they are asked for."""
    sights = Sights(account, tracked(base, account), base.ingest, base.book, Shelf(base.redis), base.metrics)
    return [Job(account.name, "sights", AFTER_FAILURE, sights.look), Job(account.name, "track", every, sights.track)]


def tracked(base: Foundation, account: Account) -> Tracked:
    """What is tracked of an account with ``lookup``."""
    limits = base.current.now.settings.limits
    fair = max(1, min(account.spec.pace.budgets.values()) // 2)  # the rest is for what the settings list
    a_minute = min(limits.first_sights_per_minute, fair)
    return Tracked(base.cache, account.name, base.clock, most=limits.tracked_campaigns, a_minute=a_minute)


def catching(
    base: Foundation,
    webhooks: Webhooks,
    continuity: Continuity,
    sleep: Callable[[timedelta], Awaitable[None]],
    account: Account,
    polls: Polls | None,
) -> CatchUp:
    """What reads an account's bills, and all of it once more where the ledger may have lost something."""
    statements = Statements(base.ingest, base.archive, Counted(Shelf(base.redis), base.current, base.clock))
    reconcile = Reconcile(account, statements, Reconciled(base.redis), base.clock, base.metrics) if bills(account) else None
    replay = Replay(base.archive, webhooks, statements)
    return CatchUp(account, continuity, replay, base.clock, reconcile=reconcile, polls=polls, sleep=sleep)
