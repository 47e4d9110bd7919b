"""Objects by their global ids."""

from schema.api import ids
from schema.api.ports import Reads
from schema.api.types.campaign import Campaign
from schema.api.types.charity import Charity
from schema.api.types.donation import Donation
from schema.api.types.endorsement import Endorsement
from schema.api.types.node import Node
from schema.api.types.phase import Phase
from schema.api.types.platform import Platform
from schema.api.types.season import Season
from schema.model.ids import CampaignId


async def find(reads: Reads, text: str) -> Node | None:
    """Any object by its id, or None if there is none."""
    if (campaign := ids.read_campaign(text)) is not None:
        return await campaign_node(reads, campaign)
    if (donation := ids.read_donation(text)) is not None:
        return await _donation(reads, *donation)
    if (key := ids.read_charity(text)) is not None:
        return await charity_node(reads, key)
    if (key := ids.read_platform(text)) is not None:
        return await _platform(reads, key)
    if (slug := ids.read_season(text)) is not None:
        return await season_node(reads, slug)
    if (phase := ids.read_phase(text)) is not None:
        return await _phase(reads, *phase)
    if (endorsement := ids.read_endorsement(text)) is not None:
        return await _endorsement(reads, *endorsement)
    return None


async def campaign_node(reads: Reads, campaign: CampaignId | None) -> Campaign | None:
    """One campaign, or None if there is none."""
    value = None if campaign is None else await reads.campaign(campaign)
    return None if value is None else Campaign(value=value)


async def charity_node(reads: Reads, key: str | None) -> Charity | None:
    """One charity, or None if there is none."""
    value = None if key is None else await reads.charity(key)
    return None if value is None else Charity(value=value)


async def season_node(reads: Reads, slug: str) -> Season | None:
    """One season, or None if there is none."""
    value = await reads.season(slug)
    return None if value is None else Season(value=value)


async def _donation(reads: Reads, campaign: CampaignId, entity: bytes) -> Donation | None:
    value, receiver = await reads.donation(campaign, entity), await campaign_node(reads, campaign)
    return None if value is None or receiver is None else Donation(value=value, receiver=receiver)


async def _platform(reads: Reads, key: str) -> Platform | None:
    value = reads.platform(key)
    return None if value is None else Platform(value=value)


async def _phase(reads: Reads, season: str, slug: str) -> Phase | None:
    whole = await reads.season(season)
    phases = whole.phases if whole is not None else ()
    return next((Phase(value=phase) for phase in phases if phase.slug == slug), None)


async def _endorsement(reads: Reads, campaign: CampaignId, endorser: str) -> Endorsement | None:
    value = await reads.endorsement(campaign, endorser)
    return None if value is None else Endorsement(value=value)
