"""Rules about a feed over a connection that the connector opens."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, cast

from connectors.contract import ListensToFeed
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from schema.model.facts import DonationState

GIFTS: Final = (1_999, 435, 100_000)
PATIENCE: Final = 15.0
"""Seconds within which the feed must have told."""


async def heard(bench: Bench) -> str:
    """What is given before and while the feed is open comes out of it, exactly, under one id each."""
    await bench.give(GIFTS[0])
    amounts: dict[str, int] = {}
    feed = cast("ListensToFeed", bench.connector).listen(bench.campaigns)
    try:
        async with asyncio.timeout(PATIENCE):
            async for fact in feed:
                if isinstance(fact, DonationState) and fact.amount is not None:
                    first = not amounts
                    amounts[fact.native_id] = fact.amount.minor
                    if first:
                        await bench.give(*GIFTS[1:])
                if len(amounts) >= len(GIFTS):
                    break
    except TimeoutError:
        pass
    finally:
        if isinstance(feed, AsyncGenerator):
            await feed.aclose()
    told = sorted(amounts.values())
    expect(told == sorted(GIFTS), f"given were {sorted(GIFTS)} minor units, the feed told {told}")
    return f"{len(told)} donations came out of the feed, {len(GIFTS) - 1} of them as they were made"


RULES: Final = (Rule("the-feed-tells-every-donation", heard, Grade.BRONZE, (ListensToFeed,)),)
