"""``giving-gateway erase``: a donor, or one donation, is forgotten."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from gateway.foundation import Foundation, founded
from gateway.intake.erasure import Erasure, Found, Progress
from gateway.intake.faces import Faces
from gateway.intake.placement import Placements
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.bulk import in_bulk
from gateway.store.embedded import joined
from gateway.store.erased import Erased, compact
from gateway.store.shelf import Shelf
from schema.api.ids import read_donation
from schema.model.errors import OperatorError
from schema.model.ids import entity, is_native


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom or what to forget, as it was typed: one of ``donor`` and ``donation``. With ``dry`` it is only looked for."""

    platform: str
    donor: str | None = None
    donation: str | None = None
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found. ``compacted``: the server writes its file on disk anew, without it."""

    found: Found
    compacted: bool


async def run(settings: Settings, wanted: Wanted, *, console: Console | None, registry: Registry | None = None) -> Outcome:
    """Forgets, and says what. ``console`` is told how far it is.

    A gateway that runs on the same data goes on serving, and its viewers see it. Raises OperatorError, and LedgerUnavailable:
    then the next call goes on.
    """
    if (wanted.donor is None) == (wanted.donation is None):
        raise OperatorError("Name either --donor or --donation.")
    if not is_native(wanted.donor if wanted.donation is None else wanted.donation):
        raise OperatorError("That is no id: it has 1 to 200 printable characters.")
    set_up_logs(pretty=console is not None and console.is_terminal, level=logging.CRITICAL)
    async with founded(settings, registry=registry, server=joined, connecting=in_bulk) as base:
        shelf = Shelf(base.redis)
        known = base.current.now.directory.platforms.keys() | {campaign.platform for campaign in await shelf.opened()}
        if wanted.platform not in known:
            raise OperatorError(f"There is no account of {wanted.platform!r}, and nothing of it in the ledger.")
        erasure = _erasure(base, shelf, dry=wanted.dry)
        if wanted.donor is None:
            found = await erasure.donation(wanted.platform, _donation(wanted))
        else:
            with _shown(wanted.platform, console) as tell:
                found = await erasure.donor(wanted.platform, wanted.donor, tell)
        return Outcome(found, compacted=not wanted.dry and await compact(base.redis))


def told(wanted: Wanted, outcome: Outcome) -> Iterator[str]:
    """What was found, for people. Whom it is about is not said again."""
    found = outcome.found
    whose = "the donation" if wanted.donor is None else "the donor"
    if not found:
        yield f"No name or message of {whose} is kept." + ("" if wanted.dry else " What still comes is shown without them.")
        if wanted.donor is None:
            yield f"If you expected some, compare the id: the README of {wanted.platform} says how ids of donations look."
        else:
            yield (
                "If you expected some: docs/operators.md says which networks show donors with an id, and how it looks. "
                f"If {wanted.platform} shows none, erase by --donation."
            )
        return
    total = sum(found.values())
    deed = "would lose" if wanted.dry else "lost"
    yield f"{total:,} {'donation' if total == 1 else 'donations'} {deed} name and message; no total moves."
    for campaign, count in found.items():
        yield f"  {campaign}: {count:,}"
    if not wanted.dry and not outcome.compacted:
        yield "Redis did not write its file anew, so they are on its disk until it does: run BGREWRITEAOF there."


def for_machines(wanted: Wanted, outcome: Outcome) -> dict[str, Any]:
    """The same as values of JSON."""
    found = outcome.found
    campaigns = [{"campaign": str(campaign), "donations": count} for campaign, count in found.items()]
    counts = {"donations": sum(found.values()), "campaigns": campaigns}
    return {"platform": wanted.platform, "dry_run": wanted.dry, **counts, "compacted": outcome.compacted}


def _erasure(base: Foundation, shelf: Shelf, *, dry: bool) -> Erasure:
    peppers = base.current.now.peppers
    return Erasure(Faces(base.ledger), shelf, Erased(base.redis), Placements(base.redis), peppers, dry=dry)


def _donation(wanted: Wanted) -> bytes:
    """The entity of a donation that is named by the network's own id, or by its id in the API. Raises OperatorError."""
    text = wanted.donation or ""
    named = read_donation(text)
    if named is None:
        return entity(wanted.platform, text)
    campaign, found = named
    if campaign.platform != wanted.platform:
        raise OperatorError(f"That donation is one of {campaign.platform}.")
    return found


@contextmanager
def _shown(title: str, console: Console | None) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal; elsewhere a line for every tenth of the campaigns."""
    if console is None:
        yield lambda _: None
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[found]}"))
        with Bar(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task(title, total=None, found="")
            yield lambda now: bar.update(task, completed=now.campaigns, total=now.of, found=_donations(now))
    else:
        tenths = -1

        def write(now: Progress) -> None:
            nonlocal tenths
            if (reached := 10 * now.campaigns // max(now.of, 1)) != tenths:
                tenths = reached
                line = f"{title}: {now.campaigns:,} of {now.of:,} campaigns, {_donations(now)}"
                console.print(line, markup=False, highlight=False)

        yield write


def _donations(now: Progress) -> str:
    return f"{now.found:,} found"
