"""``giving-gateway books``: all records of the ledger added up, and every sum held against them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from gateway.commands.naming import campaign_named
from gateway.foundation import founded
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.connection import connect
from gateway.store.embedded import joined
from gateway.store.shelf import Shelf
from gateway.upkeep.audit import Audit
from gateway.upkeep.drift import Drift
from schema.model.ids import CampaignId

Tell = Callable[[int, int], None]
"""Is told how many campaigns of how many are done."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What was found: what does not balance, by campaign, and the campaigns of which that could not be told."""

    campaigns: int
    drifting: dict[CampaignId, list[Drift]]
    unsettled: tuple[CampaignId, ...]

    @property
    def is_even(self) -> bool:
        """Whether all of them balance."""
        return not self.drifting and not self.unsettled


async def run(settings: Settings, named: str | None, *, console: Console | None, registry: Registry | None = None) -> Balance:
    """Adds up every campaign of the ledger, or the one that is named. ``console`` is told how far it is.

    A gateway that runs on the same data goes on serving. Raises OperatorError, and LedgerUnavailable.
    """
    set_up_logs(pretty=console is not None and console.is_terminal, level=logging.CRITICAL)
    async with founded(settings, registry=registry, server=joined, connecting=connect) as base, connect(base.url) as redis:
        campaigns = await Shelf(redis).opened() if named is None else [await campaign_named(named, settings, base)]
        audit, drifting, unsettled = Audit(redis, base.clock, share=1), dict[CampaignId, list[Drift]](), list[CampaignId]()
        with _shown(console) as tell:
            for number, campaign in enumerate(campaigns):
                tell(number, len(campaigns))
                found = await audit.drifts(campaign)
                if found is None:
                    unsettled.append(campaign)
                elif found:
                    drifting[campaign] = found
            tell(len(campaigns), len(campaigns))
        return Balance(len(campaigns), drifting, tuple(unsettled))


def told(balance: Balance) -> Iterator[str]:
    """The findings as lines."""
    for campaign, drifts in balance.drifting.items():
        for each in drifts:
            due = f", and its records come to {each.due}" if each.due else ""
            yield f"{campaign}: {each.what}: {each.kept}{due}"
    yield from (f"{campaign}: changes too fast to be told; look again" for campaign in balance.unsettled)
    doubts = [
        f"{count:,} {words}"
        for count, words in ((len(balance.drifting), "do not balance"), (len(balance.unsettled), "could not be told"))
        if count
    ]
    result = ", ".join(doubts) or "The books balance"
    yield f"Campaigns that were added up: {balance.campaigns:,}. {result}."


def for_machines(balance: Balance) -> dict[str, Any]:
    """The same as values of JSON."""
    return {
        "balances": balance.is_even,
        "campaigns": balance.campaigns,
        "drifts": [
            {"campaign": str(campaign), "what": each.what, "kept": each.kept, "due": each.due}
            for campaign, drifts in balance.drifting.items()
            for each in drifts
        ],
        "unsettled": [str(campaign) for campaign in balance.unsettled],
    }


@contextmanager
def _shown(console: Console | None) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line for every tenth."""
    if console is None:
        yield lambda _, __: None
    elif console.is_terminal:
        columns = (TextColumn("books"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)
    else:
        tenth = -1

        def write(done: int, of: int) -> None:
            nonlocal tenth
            if (reached := 10 * done // max(of, 1)) != tenth:
                tenth = reached
                console.print(f"{done:,} of {of:,} campaigns", markup=False, highlight=False)

        yield write
