"""What Tiltify shows of campaigns and donations, as JSON. What it never shows is not in here.

https://v5api.tiltify.com/api/public/openapi; of webhooks https://developers.tiltify.com/docs/webhooks/receiving-webhooks
"""

from datetime import timedelta
from typing import Any, Final, TypeAlias

from connectors.tiltify.emulator.campaigns import (
    CAUSE_EMAIL,
    DONOR_EMAIL,
    OWNER_HANDLE,
    OWNER_ID,
    Campaign,
    Cause,
    Kind,
    Milestone,
)
from connectors.tiltify.emulator.gifts import Donation, Match
from connectors.tiltify.emulator.moments import iso, iso_or_none
from connectors.tiltify.emulator.state import State
from schema.model.money import Currency

Json: TypeAlias = dict[str, Any]

SITE: Final = "https://tiltify.example"
OWNER_SLUG: Final = "sample"
TEAM_SLUG: Final = "sample-team"
AVATAR: Final = {"src": "https://cdn.example/a.png", "alt": "avatar", "width": 200, "height": 200}
_TEAM_ID: Final = "77777777-7777-4777-8777-777777777777"
_FACT_FIELDS: Final = (
    *("id", "name", "slug", "description", "status", "supporting_type", "amount_raised", "total_amount_raised", "goal"),
    *("original_goal", "donate_url", "url", "cause_id", "fundraising_event_id", "inserted_at", "updated_at", "user"),
)
"""*Assumed*: that this is all, and that team campaigns and events tell of these what they have."""
DONATION_ESSENTIALS: Final = ("id", "amount", "completed_at")
FACT_ESSENTIALS: Final = ("id", "amount_raised", "total_amount_raised", "goal")


def money(minor: int | None, currency: str, *, bare: bool = False) -> Json | None:
    """An amount. ``bare``: whole ones without decimals, as the network writes some of them."""
    if minor is None:
        return None
    exponent = Currency.of(currency).exponent
    whole, rest = divmod(minor, 10**exponent)
    text = f"{whole}" if not exponent or (bare and not rest) else f"{whole}.{rest:0{exponent}}"
    return {"currency": currency, "value": text}


def campaign_object(state: State, campaign: Campaign) -> Json:
    """One as its own address tells it; each kind has fields of its own."""
    code, book = campaign.book.currency, campaign.book
    page = f"{SITE}/{_owner_path(campaign)}/{campaign.slug}"
    told: Json = {
        "id": campaign.id,
        "legacy_id": campaign.legacy_id,
        "name": campaign.title,
        "slug": campaign.slug,
        "url": page,
        "donate_url": page.replace("//", "//donate.", 1),
        "description": "Made-up campaign" if campaign.kind is Kind.CAMPAIGN else None,
        "status": campaign.status,
        "total_amount_raised": money(book.raised, code),
        "goal": money(campaign.goal, code, bare=True),
        "avatar": AVATAR,
        "inserted_at": iso(campaign.inserted_at),
        "updated_at": iso(campaign.updated_at),
        "published_at": iso_or_none(campaign.published_at),
        "retired_at": iso_or_none(campaign.retired_at),
    }
    if campaign.kind is Kind.EVENT:
        return told | {
            "currency_code": code,
            "cause_id": campaign.cause_id,
            "start_supporting_at": None,
            "end_supporting_at": None,
            "can_publish_supporting_at": None,
            "starts_at": f"{campaign.inserted_at:%Y-%m-%d}",
            "ends_at": f"{campaign.inserted_at + timedelta(days=90):%Y-%m-%d}",
        }
    told |= {
        "amount_raised": money(campaign.direct, code),
        "original_goal": money(campaign.original_goal, code, bare=True),
        "supporting_type": "none",
        "has_schedule": False,
        "livestream": {"type": "twitch", "channel": "sample_channel"},
    }
    if campaign.kind is Kind.TEAM_CAMPAIGN:
        return told | {
            "currency_code": code,
            "supporting_type": "public",
            "supportable": "public",
            "supporting_amount_raised": money(book.raised - campaign.direct, code),
            "livestream": None,
            "team": _team(),
            "team_id": _TEAM_ID,
        }
    return told | {
        "user": _owner(state, code),
        "user_id": OWNER_ID,
        "cause_id": campaign.cause_id,
        "fundraising_event_id": campaign.parent(Kind.EVENT),
    }


def _owner_path(campaign: Campaign) -> str:
    return {Kind.CAMPAIGN: f"@{OWNER_SLUG}", Kind.TEAM_CAMPAIGN: f"+{TEAM_SLUG}", Kind.EVENT: "sample-cause"}[campaign.kind]


def _owner(state: State, code: str) -> Json:
    own = [c for c in state.campaigns.values() if c.kind is Kind.CAMPAIGN and c.book.currency == code]
    return {
        "id": OWNER_ID,
        "legacy_id": 1,
        "username": "sample",
        "slug": OWNER_SLUG,
        "url": f"{SITE}/@{OWNER_SLUG}",
        "description": None,
        "avatar": None,
        "social": {"discord": OWNER_HANDLE, "twitch": "sample_channel", "website": None},
        "total_amount_raised": money(sum(campaign.direct for campaign in own), code),
    }


def _team() -> Json:
    return {
        "id": _TEAM_ID,
        "legacy_id": 2,
        "name": "Sample Team",
        "slug": TEAM_SLUG,
        "url": f"{SITE}/+{TEAM_SLUG}",
        "description": None,
        "avatar": None,
        "social": {"discord": OWNER_HANDLE},
    }


def fact_data(state: State, campaign: Campaign) -> Json:
    """The ``data`` of ``fact_updated``."""
    told = campaign_object(state, campaign)
    dates = {"starts_at": told.get("starts_at"), "ends_at": told.get("ends_at")}
    return {name: told[name] for name in _FACT_FIELDS if name in told} | dates


def donation_object(state: State, donation: Donation) -> Json:
    """One as lists tell it. *Assumed*: that a gift to a team campaign itself has no ``campaign_id``, and one to an event no
    ``team_event_id``.
    """
    campaign = state.campaigns[donation.campaign]
    ids = {campaign.kind: campaign.id}
    return {
        "id": donation.id,
        "legacy_id": donation.legacy_id,
        "amount": money(donation.minor, donation.currency, bare=True),
        "donor_name": donation.donor_name,
        "donor_comment": donation.comment,
        "completed_at": iso_or_none(donation.completed_at),
        "campaign_id": ids.get(Kind.CAMPAIGN),
        "cause_id": campaign.cause_id,
        "fundraising_event_id": ids.get(Kind.EVENT) or campaign.parent(Kind.EVENT),
        "team_event_id": ids.get(Kind.TEAM_CAMPAIGN) or campaign.parent(Kind.TEAM_CAMPAIGN),
        "poll_id": None,
        "poll_option_id": None,
        "target_id": None,
        "reward_id": None,
        "reward_claims": [],
        "donation_matches": [match_object(state.matches[known]) for known in donation.matches],
        "sustained": donation.sustained,
    }


def donation_data(state: State, donation: Donation, *, private: bool) -> Json:
    """The ``data`` of ``donation_updated``. *Assumed*: what private ones have more."""
    told = donation_object(state, donation) | {"created_at": iso(donation.created_at)}
    for name in ("cause_id", "reward_claims", "donation_matches"):
        del told[name]
    return told | {"donor_email": DONOR_EMAIL} if private else told


def match_object(match: Match) -> Json:
    """A donation match."""
    return {
        "id": match.id,
        "active": match.active,
        "matched_by": match.matched_by,
        "match_type": match.match_type,
        "pledged_amount": money(match.pledged, match.currency),
        "amount": money(match.matched, match.currency),
        "started_at_amount": money(match.started_at_amount, match.currency),
        "total_amount_raised": money(match.given, match.currency),
        "donation_id": match.donation_id,
        "starts_at": iso(match.starts_at),
        "ends_at": None,
        "completed_at": iso_or_none(match.completed_at),
        "inserted_at": iso(match.starts_at),
        "updated_at": iso(match.updated_at),
    }


def milestone_object(state: State, milestone: Milestone) -> Json:
    """A milestone. There is no word for whether it is reached."""
    at = iso(milestone.inserted_at)
    return {
        "id": milestone.id,
        "legacy_id": milestone.legacy_id,
        "name": milestone.title,
        "amount": money(milestone.minor, state.campaigns[milestone.campaign].book.currency),
        "active": milestone.active,
        "inserted_at": at,
        "updated_at": at,
    }


def cause_object(cause: Cause) -> Json:
    """A charity."""
    return {
        "id": cause.id,
        "legacy_id": cause.legacy_id,
        "name": cause.name,
        "slug": "-".join(cause.name.lower().split()),
        "description": "Made-up charity",
        "short_description": None,
        "contact": {"email": CAUSE_EMAIL},
        "government_id": None,
        "avatar": AVATAR,
        "social": {},
        "inserted_at": iso(cause.inserted_at),
        "updated_at": iso(cause.inserted_at),
    }
