"""What one request costs the gateway with ten campaigns, and with a hundred thousand."""

import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.catalogue.campaigns import LETTERS
from benchmarks.process import resident
from benchmarks.query.campaigns import campaign
from benchmarks.query.documents import LIST, TOTALS, Request
from benchmarks.query.figures import Point
from benchmarks.query.gateway import gateway
from benchmarks.query.load import Load, Pace, Requests, load
from gateway.read.catalog_cursors import cursor
from schema.api.ids import campaign_id
from schema.model.page import CampaignOrder

FEW: Final = 10
"""Rows of each answer, as many as the shortest list has."""
DISTINCT: Final = 20_000
"""Requests, all different: no answer is found in a cache."""
ABOVE: Final = -1e15
"""The worth, in the form in which lists are sorted by it, of what would come before every campaign."""
PAGE: Final = LIST.replace("campaigns(", f"campaigns(first: {FEW}, ")
WORDS: Final = [word for word in LETTERS if len(word) > 5]
SPACES: Final = 40

PAGES, BY_IDS, SEARCH = "a page", "totals by ids", "a search"


def asked(campaigns: int, seed: int = 1) -> dict[str, list[Request]]:
    """What is asked for, by its name."""
    rng = random.Random(seed)
    order = str(CampaignOrder.RAISED_DESC)
    found = {campaign_id(campaign(place)) for place in rng.sample(range(campaigns), FEW)}

    def totals() -> Request:
        return Request(TOTALS, {"ids": rng.sample(sorted(found), FEW)})

    def search() -> Request:
        word = "".join(rng.choice((letter, letter.upper())) for letter in rng.choice(WORDS))
        return Request(PAGE, {"filter": {"search": " " * rng.randrange(SPACES) + word}})

    pages = [Request(PAGE, {"after": cursor(order, (ABOVE - place, 0, ""))}) for place in range(DISTINCT)]
    return {PAGES: pages, BY_IDS: _distinct(totals), SEARCH: _distinct(search)}


async def point(campaigns: int, pace: Pace, folder: Path, core: int, other: int) -> Point:
    """With so many campaigns."""
    async with gateway(campaigns, core, other) as server:
        memory = resident(server.place.pid)
        loads: dict[str, list[Load]] = {}
        for name, requests in asked(campaigns).items():
            file = Requests.written(folder / "curve.json", requests)
            loads[name] = [
                await load(server.place, file, pace, core, other, start=turn * file.length // pace.repeats)
                for turn in range(pace.repeats)
            ]
        return Point(
            campaigns,
            {
                name: statistics.median(each.used.server / each.requests * 1e6 for each in found)
                for name, found in loads.items()
            },
            {name: statistics.median(each.p50_ms for each in found) for name, found in loads.items()},
            memory,
        )


def _distinct(made: Callable[[], Request]) -> list[Request]:
    found: dict[str, Request] = {}
    while len(found) < DISTINCT:
        request = made()
        found[request.body] = request
    return list(found.values())
