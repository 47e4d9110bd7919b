"""The server's own log of a campaign, read past the gateway, and what a reader's messages say otherwise."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from gateway.read import positions
from gateway.store.shelf import Shelf
from schema.api import ids
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """``kind`` is "received" or "changed" where the donation is to be announced. The figures are those after it."""

    position: str
    kind: str
    donation: str
    raised: str
    count: int


async def read(folder: Path, campaign: CampaignId, currency: str) -> list[Entry]:
    """The whole log, oldest first, from the private Redis of a gateway whose data are in ``folder``."""
    handle = os.open(folder / "redis", os.O_RDONLY)  # a socket's path may have 107 bytes, that of a test has more
    try:
        async with Redis.from_url(f"unix:///proc/{os.getpid()}/fd/{handle}/redis.sock") as redis:
            return await logged(redis, campaign, currency)
    finally:
        os.close(handle)


async def logged(redis: Redis, campaign: CampaignId, currency: str) -> list[Entry]:
    """The same from any server."""
    return [
        Entry(
            positions.encode(campaign, entry.place, entry.raised, entry.count),
            entry.kind,
            ids.donation_id(campaign, entry.entity),
            Money(int(entry.raised), Currency.of(currency)).decimal,
            int(entry.count),
        )
        for entry in await Shelf(redis).entries(campaign, "-", 100_000)
    ]


def donations_differ(log: Sequence[Entry], after: str, messages: Iterable[Message]) -> list[str]:
    """What messages of ``campaignDonations`` leave out, repeat, tell otherwise or do not vouch for, from a position on.

    Donations are named by the numbers of their first entries.
    """
    found, place = [], _places(log)
    number_of = {entry.donation: number for number, entry in reversed(list(enumerate(log)))}
    here = place[after]
    for number, message in enumerate(messages):
        there = place.get(message["position"], -1)
        part = log[here + 1 : there + 1]
        received, changed = (
            list(dict.fromkeys(number_of[entry.donation] for entry in part if entry.kind == kind))
            for kind in ("received", "changed")
        )
        logged = (received, [each for each in changed if each not in received], 0, True)
        both = ([number_of.get(gift["id"], gift["id"]) for gift in message[name]] for name in ("received", "changed"))
        told = (*both, message["missed"], message["recovered"])
        if there < here or told != logged:
            found.append(f"message {number} from {here} to {there}: {told}, and logged is {logged}")
        here = max(here, there)
    return [*found, *_ended(log, here)]


def totals_differ(log: Sequence[Entry], after: str, messages: Iterable[Message]) -> list[str]:
    """The same of ``campaignTotal``, which may leave out what a later message holds."""
    found, place = [], _places(log)
    here = place[after]
    for number, message in enumerate(messages):
        there = place.get(message["position"], -1)
        logged = (log[there].raised, log[there].count, True)
        total = message["campaign"]["total"]
        told = (total["raised"]["amount"], total["donationCount"], message["recovered"])
        if there < here or told != logged:
            found.append(f"message {number} from {here} to {there}: {told}, and logged is {logged}")
        here = max(here, there)
    return [*found, *_ended(log, here)]


def _places(log: Sequence[Entry]) -> dict[str, int]:
    return {entry.position: number for number, entry in enumerate(log)}


def _ended(log: Sequence[Entry], here: int) -> list[str]:
    left = len(log) - 1 - here
    return [f"the last {left} entries are not told"] if left else []
