"""Campaigns and gifts as the endpoint describes them."""

from datetime import UTC, datetime, timedelta
from typing import Any


def moment(seconds_ago: float = 0) -> str:
    """A moment, so long ago."""
    return (datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat()


def money(amount: str | None, currency: str) -> dict[str, Any] | None:
    """An amount, or nothing."""
    return None if amount is None else {"amount": amount, "currencyCode": currency}


def platform(name: str = "WeChat Pay", freshness: str | None = "LIVE", seconds_ago: float = 1) -> dict[str, Any]:
    """A network."""
    return {"id": f"P:{name}", "key": name.lower(), "name": name, "freshness": freshness, "asOf": moment(seconds_ago)}


def campaign(
    name: str,
    raised: str | None = "100.00",
    currency: str = "CNY",
    *,
    goal: str | None = None,
    progress: float | None = None,
    refunded: str | None = None,
    count: int | None = 3,
    basis: str = "COUNTED",
    sources: tuple[str, ...] = ("MERCHANT_NOTIFICATION",),
    freshness: str = "LIVE",
    seconds_ago: float = 1,
    position: str = "p1",
    gifts: tuple[dict[str, Any], ...] = (),
    on: dict[str, Any] | None = None,
    **words: Any,
) -> dict[str, Any]:
    """A campaign whose id is its name. Without ``raised`` nothing is known of it yet."""
    total = {
        "raised": money(raised, currency),
        "refunded": money(refunded, currency),
        "donationCount": count,
        "progress": progress,
        "basis": basis,
        "sources": list(sources),
        "asOf": moment(seconds_ago),
        "freshness": freshness,
        "position": position,
    }
    known = {
        "id": name,
        "title": name,
        "url": None,
        "status": "ACTIVE",
        "startsAt": None,
        "endsAt": None,
        "charity": {"id": "C1", "name": "免费午餐 Free Lunch Fund"},
        "platform": on or platform(),
        "goal": money(goal, currency),
        "total": None if raised is None else total,
    } | words
    known["donations"] = {"nodes": [to(known, each) for each in gifts]}
    return known


def to(receiver: dict[str, Any], given: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A gift with the campaign that it was given to."""
    return given | changes | {"campaign": {key: receiver[key] for key in ("id", "title", "platform", "total")}}


def gift(
    name: str,
    amount: str | None = "20.00",
    currency: str = "CNY",
    *,
    donor: str | None = None,
    seconds_ago: float = 5,
    **more: Any,
) -> dict[str, Any]:
    """A gift whose id is its name."""
    return {
        "id": name,
        "amount": money(amount, currency),
        "donorName": donor,
        "donatedAt": moment(seconds_ago),
        "status": "COMPLETED",
    } | more
