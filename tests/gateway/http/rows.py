"""What the board of a season is answered, row by row, for the season of these tests."""

from typing import Any, Final

from schema.api import ids
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, who
from tests.gateway.autumn import COATS, MEMBER, SHOES, TEAM, WINTER
from tests.gateway.http.board import COPIED, PRESENT, money


def converted(amount: str, *missing: str, approximate: bool = False) -> dict[str, Any]:
    """A sum on the board."""
    return {"money": money(amount), "isApproximate": approximate, "missing": list(missing)}


def total(raised: dict[str, Any], count: int, campaigns: int, freshness: str, **more: Any) -> dict[str, Any]:
    """The total of a season or a phase on the board."""
    figures = {"donationCount": count, "campaignCount": campaigns, "asOf": PRESENT, "freshness": freshness}
    return {"raised": raised, "goal": None, "progress": None, **figures, **more}


def platform(key: str, **more: Any) -> dict[str, Any]:
    """A network."""
    return {"id": ids.platform_id(key), "key": key, "name": key.title(), **more}


def row(campaign: CampaignId, title: str, raised: dict[str, str] | None, count: int | None, **more: Any) -> dict[str, Any]:
    """A row of the board."""
    freshness, as_of = more.pop("freshness", "CACHED"), more.pop("as_of", PRESENT)
    figures = {"raised": raised, "donationCount": count, "progress": None, "asOf": as_of, "freshness": freshness}
    if (progress := more.pop("progress", None)) is not None:
        figures["progress"] = progress
    return {
        "id": ids.campaign_id(campaign),
        "title": title,
        "image": None,
        "donateUrl": None,
        "categories": [],
        "platform": platform(campaign.platform),
        "charity": None,
        "parent": None,
        "status": "ACTIVE",
        "updatedAt": as_of,
        "goal": None,
        "total": None if raised is None else figures,
        **more,
    }


def gift(campaign: CampaignId, title: str, number: int, amount: dict[str, str], at: str, status: str) -> dict[str, Any]:
    """A gift on the board."""
    return {
        "id": ids.donation_id(campaign, who(number)),
        "campaign": {"id": ids.campaign_id(campaign), "title": title},
        "amount": amount,
        "donorName": None,
        "message": None,
        "donatedAt": at,
        "status": status,
    }


def endorsement(campaign: CampaignId, title: str, endorser: str, raised: Any, count: int | None) -> dict[str, Any]:
    """An endorser's row on the board."""
    star = {
        "displayName": "A star",
        "followerCount": 2_000_000,
        "url": None,
        "platform": {"id": ids.platform_id("pond"), "key": "pond"},
    }
    voice = {"displayName": "A voice", "followerCount": None, "url": None, "platform": None}
    return {
        "id": ids.endorsement_id(campaign, endorser),
        "account": star if endorser == "star" else voice,
        "campaign": {"id": ids.campaign_id(campaign), "title": title},
        "raised": raised,
        "donationCount": count,
    }


WHOLE: Final = converted("2570.00", "USD", approximate=True)
FIGURES: Final = {
    "total": total(WHOLE, 11, 4, "CACHED", asOf=COPIED, goal=money("10000.00"), progress=0.257),
    "byPlatform": [
        {
            "platform": platform("pond", freshness="CACHED", asOf=PRESENT),
            "raised": converted("1560.00", approximate=True),
            "donationCount": 7,
            "campaignCount": 1,
        },
        {
            "platform": platform("paper", freshness="CACHED", asOf=PRESENT),
            "raised": converted("700.00"),
            "donationCount": 0,
            "campaignCount": 1,
        },
        {
            "platform": platform("acme", freshness="LIVE", asOf=PRESENT),
            "raised": converted("310.00", "USD"),
            "donationCount": 4,
            "campaignCount": 2,
        },
    ],
}
ROWS: Final = [
    row(TEAM, "Team", money("200.00", "EUR"), 7),
    row(COATS, "Coats", money("700.00"), None, as_of=COPIED),
    row(MEMBER, "Member", money("50.00", "EUR"), None, parent={"id": ids.campaign_id(TEAM)}),
    row(
        LUNCH,
        "School lunch",
        money("310.00"),
        3,
        freshness="LIVE",
        goal=money("1000.00"),
        progress=0.31,
        charity={"id": ids.charity_id("meals"), "name": "Free meals"},
    ),
    row(SHOES, "Shoes", money("10.00", "USD"), 1, freshness="LIVE"),
    row(WINTER, "Winter", None, None),
]
