"""The monthly report of a partner, as its document stands in the examples, over a real store."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from redis.asyncio import Redis

from schema.api import ids
from tests.gateway.acme import LUNCH, given, who
from tests.gateway.autumn import COATS, TEAM, WINTER, heard
from tests.gateway.http.board import COPIED, PRESENT, REPORT, SEASON, STAR, Board, money, opened

AUGUST, SEPTEMBER, OCTOBER = (f"2026-{month}-01T00:00:00+08:00" for month in ("08", "09", "10"))
MONTH: Final = {"since": SEPTEMBER, "until": OCTOBER}
RATE: Final = {"from": "EUR", "to": "CNY", "value": "7.8", "source": "CONFIGURATION", "asOf": PRESENT}


@pytest.fixture
async def board(client: Redis, redis_url: str) -> AsyncIterator[Board]:
    async with opened(client, redis_url) as found:
        yield found


def reported(amount: str, *parts: dict[str, str], missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """A sum in the report."""
    rates = [RATE for part in parts if part["currencyCode"] == "EUR"]
    return {
        "money": money(amount),
        "parts": list(parts),
        "rates": rates,
        "missing": list(missing),
        "isApproximate": bool(rates),
    }


WHOLE: Final = reported("2570.00", money("200.00", "EUR"), money("1010.00"), money("10.00", "USD"), missing=("USD",))
SPAN: Final = {
    "since": "2026-08-31T16:00:00Z",
    "until": PRESENT,
    # 260.00 yuan of September's gifts and 80.00 euros; what coats had when they were first seen is in the sum only
    "raised": reported("884.00", money("80.00", "EUR"), money("260.00"), money("10.00", "USD"), missing=("USD",)),
    "donationCount": 6,
    "raisedSoFar": WHOLE,
}


async def test_the_report_reconciles_per_currency(board: Board) -> None:
    answer = await board.ask(REPORT, "MonthlyReport", slug="autumn", currency="CNY", **MONTH)
    shares = [
        (platform, reported(amount, *parts, missing=missing), count, campaigns)
        for platform, amount, parts, missing, count, campaigns in (
            ("pond", "1560.00", (money("200.00", "EUR"),), (), 7, 1),
            ("paper", "700.00", (money("700.00"),), (), 0, 1),
            ("acme", "310.00", (money("310.00"), money("10.00", "USD")), ("USD",), 4, 2),
        )
    ]
    assert answer == {
        "season": {
            "id": SEASON,
            "name": "Autumn of giving",
            "total": {
                "raised": WHOLE,
                "donationCount": 11,
                "campaignCount": 4,
                "asOf": COPIED,
                "freshness": "CACHED",
            },
            "month": SPAN,
            "months": [
                {
                    "since": "2026-08-19T16:00:00Z",
                    "until": "2026-08-31T16:00:00Z",
                    "raised": reported("50.00", money("50.00"), money("0.00", "EUR")),
                    "donationCount": 1,
                    "raisedSoFar": reported("986.00", money("120.00", "EUR"), money("50.00")),
                },
                SPAN,
            ],
            "byPlatform": [
                {
                    "platform": {"id": ids.platform_id(key), "key": key, "name": key.title()},
                    "raised": raised,
                    "donationCount": count,
                    "campaignCount": campaigns,
                }
                for key, raised, count, campaigns in shares
            ],
        },
        "reportingTimeZone": "Asia/Shanghai",
    }


async def test_the_report_names_every_campaign_with_its_month(board: Board) -> None:
    answer = await board.ask(REPORT, "MonthlyReportCampaigns", slug="autumn", **MONTH)
    page = answer["season"]["campaigns"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (6, False)
    found = {node["id"]: node for node in page["nodes"]}
    assert len(found) == 6
    assert found[ids.campaign_id(LUNCH)] == {
        "id": ids.campaign_id(LUNCH),
        "externalId": "school-lunch",
        "title": "School lunch",
        "status": "ACTIVE",
        "platform": {"id": ids.platform_id("acme"), "key": "acme"},
        "charity": {"id": ids.charity_id("meals"), "name": "Free meals", "registrationNumber": None},
        "parent": None,
        "total": {
            "raised": money("310.00"),
            "refunded": money("40.00"),
            "donationCount": 3,
            "basis": "COUNTED",
            "sources": ["PLATFORM_EVENT"],
            "asOf": PRESENT,
            "freshness": "LIVE",
        },
        "month": {
            "since": "2026-08-31T16:00:00Z",
            "until": PRESENT,
            "raised": money("260.00"),
            "refunded": money("40.00"),
            "donationCount": 2,
            "raisedSoFar": money("310.00"),
        },
        "endorsements": {
            "nodes": [
                {
                    "id": ids.endorsement_id(LUNCH, "star"),
                    "account": {"displayName": "A star", "followerCount": 2_000_000},
                    "raised": money("60.00"),
                    "donationCount": 1,
                },
                {
                    "id": ids.endorsement_id(LUNCH, "voice"),
                    "account": {"displayName": "A voice", "followerCount": None},
                    "raised": None,
                    "donationCount": None,
                },
            ]
        },
        "engagementHistory": [],
    }
    team, coats, winter = (found[ids.campaign_id(campaign)] for campaign in (TEAM, COATS, WINTER))
    month = team["month"]
    assert (month["raised"], month["refunded"], month["donationCount"]) == (money("80.00", "EUR"), None, 3)
    assert team["engagementHistory"] == [{"at": "2026-09-02T02:00:00Z", "reposts": 3, "comments": None, "likes": 700}]
    assert (coats["total"]["basis"], coats["total"]["sources"]) == ("REPORTED", ["PUBLISHED_FIGURE"])
    assert coats["month"]["since"] == "2026-09-02T01:00:00Z"
    assert (coats["month"]["raised"], coats["month"]["raisedSoFar"]) == (money("0.00"), money("700.00"))
    assert (winter["total"], winter["month"]) == (None, None)


async def test_the_report_lists_the_gifts_of_the_month_with_whom_they_name(board: Board) -> None:
    campaign = ids.campaign_id(LUNCH)
    listed = (await board.ask(REPORT, "MonthlyReportDonations", id=campaign, **MONTH))["campaign"]["donations"]
    assert (listed["totalCount"], listed["pageInfo"]["hasNextPage"]) == (2, False)
    first, second = listed["nodes"]
    assert first["endorsement"] is None
    assert second == {
        "id": ids.donation_id(LUNCH, who(2)),
        "amount": money("100.00"),
        "refunded": money("40.00"),
        "kind": "ONE_TIME",
        "status": "PARTIALLY_REFUNDED",
        "donatedAt": "2026-09-02T02:58:00Z",
        "source": "PLATFORM_EVENT",
        "endorsement": {"id": ids.endorsement_id(LUNCH, "star"), "account": {"displayName": "A star"}},
    }


async def test_a_gift_that_comes_to_light_later_is_in_the_month_in_which_it_was_made(board: Board) -> None:
    before = await board.ask(REPORT, "MonthlyReport", slug="autumn", since=AUGUST, until=SEPTEMBER)
    assert before["season"]["month"]["raised"]["parts"] == [money("50.00"), money("0.00", "EUR")]
    late = board.world.clock.now().replace(month=8, day=25)
    await heard(board.world, "lunch", given(6, 700, STAR, at=late))
    after = await board.ask(REPORT, "MonthlyReport", slug="autumn", since=AUGUST, until=SEPTEMBER)
    assert after["season"]["month"]["raised"]["parts"] == [money("57.00"), money("0.00", "EUR")]
    assert (after["season"]["month"]["donationCount"], after["season"]["month"]["since"]) == (2, "2026-08-19T16:00:00Z")
