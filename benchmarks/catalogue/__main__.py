"""``python -m benchmarks.catalogue CAMPAIGNS`` lists so many campaigns and takes the figures of ``benchmarks/README.md``."""

import asyncio
import gc
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.catalogue.campaigns import NOW, RATES, campaigns, moved, renamed
from benchmarks.catalogue.loop import Taken, best, taken
from gateway.read.catalog import Catalog, Row
from gateway.read.listing import Listing
from gateway.serving import YOUNG
from schema.model.campaign import CampaignStatus
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.season import Members

TIMES: Final = 15
FIRST: Final = 20
ALL: Final = CampaignFilter()
RAISED: Final = CampaignOrder.RAISED_DESC
LISTS: Final[dict[str, tuple[CampaignFilter, CampaignOrder]]] = {
    **{f"`{order}`": (ALL, order) for order in CampaignOrder},
    "one network": (CampaignFilter(platforms=("tiltify",)), RAISED),
    "one network, running": (CampaignFilter(platforms=("tiltify",), statuses=(CampaignStatus.ACTIVE,)), RAISED),
    "running": (CampaignFilter(statuses=(CampaignStatus.ACTIVE,)), RAISED),
    "running, `ENDS_AT_ASC`": (CampaignFilter(statuses=(CampaignStatus.ACTIVE,)), CampaignOrder.ENDS_AT_ASC),
    "one currency": (CampaignFilter(currency="CNY"), RAISED),
    "two categories": (CampaignFilter(categories=("education", "教育")), RAISED),
    "one charity": (CampaignFilter(charity="charity-7"), RAISED),
    "one account of a season": (CampaignFilter(within=Members(frozenset(), frozenset({"account-3"}))), RAISED),
    "search `lunch`": (CampaignFilter(search="lunch"), RAISED),
    "search `l`": (CampaignFilter(search="l"), RAISED),
    "search `午餐`": (CampaignFilter(search="午餐"), RAISED),
    "search `餐`": (CampaignFilter(search="餐"), RAISED),
    "search `school lun`, running": (CampaignFilter(search="school lun", statuses=(CampaignStatus.ACTIVE,)), RAISED),
    "search of 50 letters": (CampaignFilter(search=" ".join("hsrwlfcm" + "abdegijknopqtuvxyz")), RAISED),
}


async def main(number: int) -> None:
    """Prints the tables."""
    known = {each.campaign.id: each for each in campaigns(number)}
    gc.freeze()  # as the gateway does
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    catalog, before = Catalog(), _resident()
    catalog.rate(RATES, "CNY")

    def put(*rows: Row) -> None:
        catalog.turns.write(partial(catalog.put, rows))

    def listing() -> Listing:
        return Listing(lambda some: put(*(known[each] for each in some)))

    async def load(begun: Listing) -> None:
        begun.begin(known)
        await begun.finish()

    loaded = await taken(partial(load, listing()))
    memory = _resident() - before
    again = await taken(partial(load, listing()))
    some = list(known.values())[:: max(1, number // 500)]
    moves = [await taken(partial(_at_once, partial(put, moved(each, 100)))) for each in some]
    renames = [await taken(partial(_at_once, partial(put, renamed(each)))) for each in some]

    print(f"Taken on {datetime.now(UTC):%Y-%m-%d}: {number:,} campaigns, Python {platform.python_version()}, ", end="")
    print(f"SQLite {sqlite3.sqlite_version}, {platform.machine()}.\n")
    print("| what | takes | of it CPU | the event loop pauses for |\n| --- | --- | --- | --- |")
    print(f"| all are listed | {loaded.seconds:.1f} s | {loaded.cpu:.1f} s | {loaded.paused * 1e3:.1f} ms |")
    print(f"| all are listed again | {again.seconds:.1f} s | {again.cpu:.1f} s | {again.paused * 1e3:.1f} ms |")
    print(f"| a total moves | {_median(moves) * 1e6:.0f} us | | the same |")
    print(f"| a title changes | {_median(renames) * 1e6:.0f} us | | the same |")
    print(f"| memory | {memory / 2**20:.0f} MiB | | |")
    quiet = await taken(lambda: asyncio.sleep(0.2))
    print(f"| a fifth of a second in which nothing is asked | | | {quiet.paused * 1e3:.1f} ms |")
    print("\n| a page of 20, and the count | rows | first page | a page in the middle | the event loop pauses for |")
    print("| --- | --- | --- | --- | --- |")
    for name, (where, order) in LISTS.items():
        await _row(catalog, name, where, order)
    catalog.close()


async def _row(catalog: Catalog, name: str, where: CampaignFilter, order: CampaignOrder) -> None:
    async def ask(after: str | None, first: int = FIRST) -> tuple[list[tuple[str, CampaignId]], bool, int]:
        asked = partial(catalog.page, where, order, first=first, after=after, now=NOW)
        return await catalog.turns.read(asked, is_quick=catalog.is_quick(where, order))

    found, _, total = await ask(None)
    rows: list[Any] = (await ask(None, max(1, total // 2)))[0]
    first = await best(lambda: ask(None), TIMES)
    middle = await best(lambda: ask(rows[-1][0] if rows else None), TIMES)
    paused = max(first.paused, middle.paused)
    print(f"| {name} | {total:,} | {_ms(first)} | {_ms(middle) if total > len(found) else ''} | {paused * 1e3:.1f} ms |")


async def _at_once(work: partial[None]) -> None:
    work()


def _ms(each: Taken) -> str:
    return f"{each.seconds * 1e3:.1f} ms"


def _median(found: list[Taken]) -> float:
    return sorted(each.seconds for each in found)[len(found) // 2]


def _resident() -> int:
    """In bytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
