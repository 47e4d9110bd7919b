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
from gateway.upkeep.catch_up import CatchUp
from gateway.upkeep.engagement import EngagementReader
from gateway.upkeep.expected import Counted
from gateway.upkeep.milestones import MilestoneReader
from gateway.upkeep.polls import Polls
from gateway.upkeep.reconcile import Reconcile
from gateway.upkeep.replay import Replay
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
    return reading + promising


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
