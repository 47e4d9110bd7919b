"""Rows of files on their way into the ledger, whoever brought the file."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from connectors.contract import Row
from schema.model.facts import DonationState, Fact

REASONS: Final = MappingProxyType(
    {
        "unplaced": "it names no campaign of the configuration, and no rule and no general campaign takes it",
        "nocampaign": "its campaign is not open: is there a [[campaigns]] with its id?",
        "unconfirmed": "the donation that it belongs to is not known; import that first",
        "clash": "it is known with another amount, and the first one stands",
        "currency": "its currency is not that of its campaign",
        "basis": "its campaign is counted in another way",
        "unreadable": "an id in it cannot be one, or its date lies ahead",
    }
)
"""Why the gateway holds a fact, for people."""
Item = TypeVar("Item")
Told = TypeVar("Told")


def facts(row: Row) -> tuple[Fact, ...]:
    """What a row says."""
    return (*row.movements, row.campaign) if row.campaign is not None else row.movements


def waits(row: Row) -> bool:
    """Whether it is refunds alone, which carry no clue of their own: their donations may stand below them."""
    return bool(row.movements) and not any(isinstance(movement, DonationState) for movement in row.movements)


async def each(rows: Sequence[Item], work: Callable[[Item], Awaitable[Told]], at_once: int) -> list[Told]:
    """What ``work`` gives for each row, in their order, so many under way at once. The first error ends all of them."""
    told: dict[int, Told] = {}
    places = iter(range(len(rows)))

    async def worker() -> None:
        for place in places:
            told[place] = await work(rows[place])

    workers = [asyncio.create_task(worker()) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [told[place] for place in range(len(rows))]
