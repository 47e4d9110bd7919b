"""The demo as a newcomer runs it: a season that answers the documents of the examples, and ends with books that agree."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from tests.end_to_end.demo_process import demo
from tests.end_to_end.season import BOARD, REPORT

SLUG: Final = "giving-2013"
LONG: Final = 75
"""Seconds: the first phase has sixty of them left when a demo starts."""
ENDORSERS: Final = {"Demo Star 演示明星", "Demo Singer 演示歌手", "Demo Athlete 演示运动员"}


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


@pytest.mark.timeout(240)
async def test_the_demo_answers_the_examples_and_ends_with_books_that_agree(tmp_path: Path, seed: int) -> None:
    async with demo(tmp_path, "--seconds", "8", "--seed", str(seed)) as running:
        board = await told(running.graphql, BOARD, "SeasonBoard")
        report = await told(running.graphql, REPORT, "MonthlyReport", **month())
        rows = (await told(running.graphql, REPORT, "MonthlyReportCampaigns", **month()))["campaigns"]["nodes"]
        out = await running.ended(8)

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
    async with demo(tmp_path, "--seconds", str(LONG), "--seed", str(seed), "--speed", "60") as running:
        output = asyncio.create_task(running.ended(LONG))
        board = await told(running.graphql, BOARD, "SeasonBoard")
        assert phase(board) == "one-lunch"
        async with asyncio.timeout(LONG):
            while phase(board) != "season-of-giving":
                await asyncio.sleep(0.5)
                board = await told(running.graphql, BOARD, "SeasonBoard")
        report = await told(running.graphql, REPORT, "MonthlyReport", **month())
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
