"""Unmodified clients of others come through a rolling deploy: what each is told is what the server has logged."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Final

from tests.clients.following import READERS, SINGLE, following
from tests.clients.server_log import donations_differ, totals_differ
from tests.end_to_end.rolling import opened_rolling
from tests.npm import demand

RESTARTS: Final = 4
BETWEEN: Final = 0.3
"""The most seconds from one gift to the next: a browser is sent away for up to 10, and not even then 300 of them come."""


async def test_clients_that_are_sent_away_in_a_rolling_deploy_are_told_everything_once(
    tmp_path: Path, seed: int, node_modules: None
) -> None:
    demand(*{program for reader in READERS for program in reader.needs})
    async with opened_rolling(tmp_path, seed) as rolling, AsyncExitStack() as stack:
        start = await rolling.agreed()
        campaign, began = start["id"], start["total"]["position"]
        doors = {reader: rolling.keeping if reader is SINGLE else rolling.balancer for reader in READERS}
        told = [
            await stack.enter_async_context(
                following(reader, door.url, campaign, began, tmp_path, Random(rolling.rng.random()))
            )
            for reader, door in doors.items()
        ]
        await asyncio.gather(*(each.begun() for each in told))
        await rolling.roll(RESTARTS, 0, BETWEEN)
        log = await rolling.log()
        await asyncio.gather(*(each.read_to(log[-1].position) for each in told))
    differ = {"donations": donations_differ, "total": totals_differ}
    found = {(str(each.reader), feed): differ[feed](log, began, each.messages[feed]) for each in told for feed in differ}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert rolling.all_served()
