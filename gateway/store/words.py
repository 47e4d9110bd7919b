"""Descriptions of campaigns as they lie in Redis: text by field. What is not said has no field."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from schema.model.campaign import Campaign, CampaignStatus
from schema.model.charity import Charity
from schema.model.facts import CampaignState
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money


def written(state: CampaignState, account: str) -> dict[str, str]:
    """The fields of what a network says."""
    charity = state.charity
    said: dict[str, Any] = {
        "account": account,
        "title": state.title,
        "summary": state.summary,
        "url": state.url,
        "donate_url": state.donate_url,
        "image": state.image,
        "status": state.status,
        "starts_at": None if state.starts_at is None else int(state.starts_at.timestamp()),
        "ends_at": None if state.ends_at is None else int(state.ends_at.timestamp()),
        "categories": None if state.categories is None else orjson.dumps(state.categories).decode(),
        "part_of": None if state.part_of is None else orjson.dumps(state.part_of).decode(),
        "goal": None if state.goal is None else f"{state.goal.minor} {state.goal.currency.code}",
        "currency": _currency(state),
        "charity": None
        if charity is None
        else orjson.dumps(
            {
                "key": charity.key,
                "name": charity.name,
                "number": charity.registration_number,
                "website": charity.website,
                "logo": charity.logo,
            }
        ).decode(),
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def _currency(state: CampaignState) -> str | None:
    if state.raised is not None:
        return state.raised.amount.currency.code
    return state.goal.currency.code if state.goal is not None else None


def read(campaign: CampaignId, fields: Mapping[bytes, bytes]) -> Campaign | None:
    """The description that these fields hold, or None where there is none yet."""
    said = {name.decode(): value.decode() for name, value in fields.items()}
    if "account" not in said:
        return None
    goal = said.get("goal", "").split(" ")
    charity = orjson.loads(said["charity"]) if "charity" in said else None
    return Campaign(
        id=campaign,
        title=said.get("title", campaign.native),
        currency=Currency.of(said["currency"]) if "currency" in said else None,
        account=said["account"],
        as_of=_moment(said.get("as_of")) or datetime.fromtimestamp(0, UTC),
        summary=said.get("summary"),
        url=said.get("url"),
        donate_url=said.get("donate_url"),
        image=said.get("image"),
        stated=CampaignStatus(said["status"]) if "status" in said else None,
        starts_at=_moment(said.get("starts_at")),
        ends_at=_moment(said.get("ends_at")),
        charity=charity and Charity(charity["key"], charity["name"], charity["number"], charity["website"], charity["logo"]),
        categories=tuple(orjson.loads(said["categories"])) if "categories" in said else (),
        part_of=tuple(orjson.loads(said["part_of"])) if "part_of" in said else (),
        goal=Money.of_minor(int(goal[0]), goal[1]) if len(goal) == 2 else None,
        changed_at=_moment(said.get("changed_at")),
    )


def _moment(seconds: str | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)
