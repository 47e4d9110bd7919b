"""The demo as a newcomer runs it: a season that answers the documents of the examples, and ends with books that agree."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from tests.end_to_end.gateway_process import ROOT, environment
from tests.end_to_end.season import BOARD, REPORT

SLUG: Final = "giving-2013"
LONG: Final = 75
"""Seconds: the first phase has sixty of them left when a demo starts."""
ENDING: Final = 110.0
"""Within how many seconds the last deliveries have come."""
ENDORSERS: Final = {"Demo Star 演示明星", "Demo Singer 演示歌手", "Demo Athlete 演示运动员"}


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[tuple[Process, str]]:
    """A demo that is ready, with the address of its endpoint. Its output is read by whoever ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "gateway", "demo", *options),
        cwd=ROOT,
        env=environment(PORT="0", GIVING_DATA_DIR=str(folder), COLUMNS="100", PYTHONUNBUFFERED="1"),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(90):
            said = await process.stdout.readuntil(b"/graphql")
        assert said.startswith(b"ready\n")
        found = re.search(rb"GraphQL +(http://[\d.:]+/graphql)", said)
        assert found is not None, said
        yield process, found[1].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def told(url: str, document: str, operation: str, **variables: Any) -> Any:
    """The season as one operation of a document tells it."""
    asked = {"query": document, "operationName": operation, "variables": {"slug": SLUG, **variables}}
    async with aiohttp.ClientSession() as session, session.post(url, json=asked) as answer:
        found = await answer.json(content_type=None)
    assert "errors" not in found, found
    return found["data"]["season"]


def month() -> dict[str, str]:
    """The month up to tomorrow, as a report is asked for it."""
    until = datetime.now(UTC) + timedelta(days=1)
    return {"since": (until - timedelta(days=31)).isoformat(), "until": until.isoformat()}


def phase(board: Any) -> str:
    """The phase that a board shows."""
    (current,) = (each["slug"] for each in board["phases"] if each["id"] == board["currentPhase"]["id"])
    return str(current)


async def ended(process: Process, seconds: float) -> str:
    """What it printed up to its end, which is a good one."""
    async with asyncio.timeout(seconds + ENDING):
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b""), (out.decode(), err.decode())
    return out.decode()


@pytest.mark.timeout(240)
async def test_the_demo_answers_the_examples_and_ends_with_books_that_agree(tmp_path: Path, seed: int) -> None:
    async with demo(tmp_path, "--seconds", "8", "--seed", str(seed)) as (process, url):
        board = await told(url, BOARD, "SeasonBoard")
        report = await told(url, REPORT, "MonthlyReport", **month())
        rows = (await told(url, REPORT, "MonthlyReportCampaigns", **month()))["campaigns"]["nodes"]
        out = await ended(process, 8)

    assert phase(board) == "one-lunch"
    assert {action["kind"] for action in board["actions"]} == {"LEARN", "SHARE", "ATTEND", "VOLUNTEER"}
    assert {row["account"]["displayName"] for row in board["endorsements"]["nodes"]} == ENDORSERS
    assert set(report["total"]["raised"]["missing"]) <= {"EUR", "GBP", "USD"}  # the rates may still be on their way
    assert len(rows) >= board["campaigns"]["totalCount"] >= 12  # the one on Twitch is heard of a moment later
    assert len({row["platform"]["key"] for row in rows}) >= 4
    assert out.rstrip().endswith("The books agree."), f"seed {seed}: {out}"
    assert "DIFFERS" not in out
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind


@pytest.mark.timeout(300)
async def test_at_sixty_times_the_speed_the_phase_changes_and_every_network_has_agreed_at_the_end(
    tmp_path: Path, seed: int
) -> None:
    async with demo(tmp_path, "--seconds", str(LONG), "--seed", str(seed), "--speed", "60") as (process, url):
        output = asyncio.create_task(ended(process, LONG))
        board = await told(url, BOARD, "SeasonBoard")
        assert phase(board) == "one-lunch"
        async with asyncio.timeout(LONG):
            while phase(board) != "season-of-giving":
                await asyncio.sleep(0.5)
                board = await told(url, BOARD, "SeasonBoard")
        report = await told(url, REPORT, "MonthlyReport", **month())
        out = await output

    assert {share["platform"]["key"] for share in board["byPlatform"]} >= {"wechat_pay", "weibo"}
    raised = report["total"]["raised"]
    assert raised["missing"] == []
    assert {part["currencyCode"] for part in raised["parts"]} == {"CNY", "EUR", "GBP", "USD"}
    assert {(rate["from"], rate["to"], rate["source"]) for rate in raised["rates"]} == {
        (code, "CNY", "ECB") for code in ("EUR", "GBP", "USD")
    }
    assert board["history"][-1]["raisedSoFar"]["money"]["currencyCode"] == "CNY"
    assert len(board["history"]) >= 7  # what was given in the week before came by bills
    last = out.rpartition("Waiting for the last deliveries")[2]
    for network in ("WeChat Pay", "Sina Weibo", "Alipay", "Twitch", "Tiltify", "DonorDrive", "JustGiving", "腾讯公益"):
        assert re.search(rf"^{network}.*\d\.\d\d [A-Z]{{3}} +agrees", last, re.MULTILINE), f"seed {seed}, {network}: {out}"
    for figure in (*ENDORSERS, *(f"season +{code}" for code in ("CNY", "EUR", "GBP", "USD"))):
        assert re.search(rf"{figure} .*agrees", last), f"seed {seed}, {figure}: {out}"
    assert last.rstrip().endswith("The books agree."), f"seed {seed}: {out}"
