"""A season as the endpoint describes it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.given import moment, money, platform

HOUR = 3_600.0
DAY = 24 * HOUR


def converted(
    amount: str | None, *parts: tuple[str, str], rates: tuple[str, ...] = (), missing: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A sum in yuan. ``rates`` are the currencies that were converted, at 7.85 yuan each."""
    return {
        "money": money(amount, "CNY"),
        "parts": [money(each, currency) for each, currency in (parts or (((amount or "0.00"), "CNY"),))],
        "rates": [
            {"from": code, "to": "CNY", "value": "7.85123456789", "source": "ECB", "asOf": "2026-10-02T00:00:00Z"}
            for code in rates
        ],
        "missing": list(missing),
        "isApproximate": bool(rates),
    }


def season_total(raised: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Its sum."""
    known = {"goal": None, "progress": None, "donationCount": 1_234, "campaignCount": 3, "asOf": moment(1), "freshness": "LIVE"}
    return {"raised": raised} | known | more


def share(name: str, raised: dict[str, Any], freshness: str | None = "LIVE") -> dict[str, Any]:
    """One network's."""
    return {"platform": platform(name, freshness), "raised": raised, "donationCount": 411, "campaignCount": 4}


def phase(name: str, begins_in: float, ends_in: float | None) -> dict[str, Any]:
    """A phase whose id is its name, with its dates in seconds from now."""
    ends = None if ends_in is None else moment(-ends_in)
    return {"id": name, "name": name, "startsAt": moment(-begins_in), "endsAt": ends}


def counters(reposts: int | None, comments: int | None, likes: int | None, freshness: str = "CACHED") -> dict[str, Any]:
    """Those of a post."""
    return {"reposts": reposts, "comments": comments, "likes": likes, "asOf": moment(240), "freshness": freshness}


def endorsement(
    name: str, raised: str | None, currency: str = "CNY", *posts: dict[str, Any] | None, followers: int | None = 8_000_000
) -> dict[str, Any]:
    """One by an account on Weibo, with the counters of its posts."""
    address = f"https://weibo.example/{name.replace(' ', '-')}"
    return {
        "account": {"displayName": name, "followerCount": followers, "url": address, "platform": platform("Weibo")},
        "raised": money(raised, currency),
        "donationCount": None if raised is None else 48,
        "posts": [{"url": f"{address}/{number}", "engagement": each} for number, each in enumerate(posts)],
    }


def action(title: str, kind: str = "LEARN", **more: Any) -> dict[str, Any]:
    """Something to do."""
    known = {"url": "https://free-lunch.example/", "isOnline": True, "place": None, "startsAt": None, "endsAt": None}
    return {"kind": kind, "title": title} | known | more


def history(*raised: int, length: float = HOUR, before: int = 0, ago: float = 0) -> list[dict[str, Any]]:
    """Intervals up to now, or to so long ago, with what was raised in each, in yuan."""
    now, so_far, found = datetime.now(UTC) - timedelta(seconds=ago), before, []
    start = now - timedelta(seconds=length * len(raised))
    for place, change in enumerate(raised):
        so_far += change
        since = start + timedelta(seconds=length * place)
        found.append(
            {
                "since": since.isoformat(),
                "until": (since + timedelta(seconds=length)).isoformat(),
                "raised": converted(f"{change}.00"),
                "donationCount": change // 10,
                "raisedSoFar": converted(f"{so_far}.00"),
            }
        )
    return found


def season(name: str = "Autumn", **more: Any) -> dict[str, Any]:
    """A season whose id and short name is its name, in the second of two phases."""
    phases = [phase("One lunch", -30 * DAY, -2 * DAY), phase("Season of giving", -2 * DAY, 60 * DAY)]
    known = {
        "id": name,
        "slug": name,
        "name": name,
        "startsAt": moment(30 * DAY),
        "endsAt": moment(-60 * DAY),
        "phases": phases,
        "currentPhase": phases[1],
        "total": season_total(converted("88550.00")),
        "byPlatform": [],
        "history": [],
        "endorsements": {"totalCount": 0, "nodes": []},
        "actions": [],
    } | more
    spoken = known["endorsements"]
    known["endorsements"] = spoken if isinstance(spoken, dict) else {"totalCount": len(spoken), "nodes": spoken}
    return known
