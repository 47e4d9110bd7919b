"""Global ids: what they are made of, and what is found in those that clients send.

A malformed id, a guessed one, and one of another type are all the same to a caller: there is no such object, so None.
"""

from functools import lru_cache

import strawberry

from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId, GlobalId, encoded

CAMPAIGN = "Campaign"
PLATFORM = "Platform"
CHARITY = "Charity"
DONATION = "Donation"
SEASON = "Season"
PHASE = "Phase"
ENDORSEMENT = "Endorsement"


def campaign_id(campaign: CampaignId) -> strawberry.ID:
    """The global id of a campaign."""
    # its texts are of one line each; to write it takes less time than to find it among thousands
    return strawberry.ID(encoded(f"{CAMPAIGN}\n{campaign.platform}\n{campaign.native}"))


def platform_id(key: str) -> strawberry.ID:
    """The global id of a network."""
    return _encode(PLATFORM, key)


def charity_id(key: str) -> strawberry.ID:
    """The global id of a charity."""
    return _encode(CHARITY, key)


@lru_cache(maxsize=1024)  # by several operations while it is new, and hardly ever again; each takes 0.6 kB
def donation_id(campaign: CampaignId, entity: bytes) -> strawberry.ID:
    """The global id of a donation. ``entity`` is a hash already, so no network's id of a person can be in it."""
    return strawberry.ID(GlobalId(DONATION, (campaign.platform, campaign.native, entity.hex())).encode())


def season_id(slug: str) -> strawberry.ID:
    """The global id of a season."""
    return _encode(SEASON, slug)


def phase_id(season: str, slug: str) -> strawberry.ID:
    """The global id of a phase of a season."""
    return _encode(PHASE, season, slug)


def endorsement_id(campaign: CampaignId, endorser: str) -> strawberry.ID:
    """The global id of an endorser's endorsement of a campaign."""
    return _encode(ENDORSEMENT, campaign.platform, campaign.native, endorser)


def read_campaign(text: str) -> CampaignId | None:
    """The campaign that a global id names."""
    match _parts(CAMPAIGN, text):
        case (platform, native):
            return external(platform, native)
    return None


def read_platform(text: str) -> str | None:
    """The key of the network that a global id names."""
    return _key(PLATFORM, text)


def read_charity(text: str) -> str | None:
    """The key of the charity that a global id names."""
    return _key(CHARITY, text)


def read_donation(text: str) -> tuple[CampaignId, bytes] | None:
    """The campaign and the entity of the donation that a global id names."""
    match _parts(DONATION, text):
        case (platform, native, digits):
            campaign, entity = external(platform, native), _entity(digits)
            return None if campaign is None or entity is None else (campaign, entity)
    return None


def read_season(text: str) -> str | None:
    """The slug of the season that a global id names."""
    return _key(SEASON, text)


def read_phase(text: str) -> tuple[str, str] | None:
    """The slugs of the season and of its phase that a global id names."""
    match _parts(PHASE, text):
        case (season, slug):
            return season, slug
    return None


def read_endorsement(text: str) -> tuple[CampaignId, str] | None:
    """The campaign and the endorser of the endorsement that a global id names."""
    match _parts(ENDORSEMENT, text):
        case (platform, native, endorser):
            campaign = external(platform, native)
            return None if campaign is None else (campaign, endorser)
    return None


def external(platform: str, native: str) -> CampaignId | None:
    """The campaign with a network's own id, or None for what cannot be one."""
    try:
        return CampaignId(platform, native)
    except BadUserInput:
        return None


@lru_cache(maxsize=1024)  # of what is on row after row of a list
def _encode(kind: str, *parts: str) -> strawberry.ID:
    return strawberry.ID(GlobalId(kind, parts).encode())


def _parts(kind: str, text: str) -> tuple[str, ...] | None:
    found = GlobalId.decode(text)
    return found.parts if found is not None and found.kind == kind else None


def _key(kind: str, text: str) -> str | None:
    match _parts(kind, text):
        case (key,):
            return key
    return None


def _entity(digits: str) -> bytes | None:
    try:
        entity = bytes.fromhex(digits)
    except ValueError:
        return None
    # fromhex takes spaces and capitals, but one donation has one id.
    return entity if entity.hex() == digits else None
