"""The example in Python, run as its README says against a real gateway."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from schema.api.ids import campaign_id
from schema.model.ids import CampaignId
from tests.browser.example import ALL, ExampleWorld
from tests.examples.tree import ROOT

LUNCH: Final = campaign_id(CampaignId("wechat_pay", "school-lunch"))
PATIENCE: Final = 40.0


@pytest.fixture
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ExampleWorld]:
    async with ExampleWorld(tmp_path_factory.mktemp("gateway")).open() as world:
        yield world


@asynccontextmanager
async def run(world: ExampleWorld, *arguments: str) -> AsyncIterator[Process]:
    """The program, which is ended with the context."""
    command = (sys.executable, "giving.py", "--gateway", world.address, *arguments)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT / "examples" / "python", stdout=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until(process: Process, said: str) -> list[str]:
    """The lines up to one."""
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while said not in lines:
            line = await process.stdout.readline()
            assert line, f"it ended, and never said {said!r} but {lines}"
            lines.append(line.decode().rstrip("\n"))
    return lines


async def test_it_lists_every_campaign_once_over_all_pages_and_adds_up_to_the_last_fen(world: ExampleWorld) -> None:
    await world.wechat.pay(10)
    await world.wechat.pay(20, book="clean-river")
    await world.wechat.sender.settle()
    async with run(world, "list") as process:
        said, _ = await process.communicate()

    *rows, last = said.decode().splitlines()
    assert process.returncode == 0
    assert len({row.split("  ")[-2] for row in rows}) == len(rows) == ALL
    assert last.startswith(f"{len(rows)} campaigns: 0.30 CNY")


async def test_it_follows_a_total_and_goes_on_without_a_gap_when_its_gateway_is_back(world: ExampleWorld) -> None:
    await world.wechat.pay(10_000)
    async with run(world, "follow", LUNCH) as process:
        await until(process, "snapshot: 100.00 CNY")
        await world.wechat.pay(1)
        await until(process, "goes on: 100.01 CNY")

        await world.kill()
        await until(process, "no gateway")
        await world.start()
        await world.wechat.pay(2_345)
        assert not [line for line in await until(process, "goes on: 123.46 CNY") if line.startswith("snapshot")]
