"""Which campaign an operator means."""

from gateway.foundation import Foundation
from gateway.settings import Settings
from gateway.store.shelf import Shelf
from schema.api.ids import read_campaign
from schema.model.errors import BadUserInput, OperatorError
from schema.model.ids import CampaignId


async def campaign_named(text: str, settings: Settings, base: Foundation) -> CampaignId:
    """The campaign that an operator names: as PLATFORM:ID, by its id in the API, or by a network's id that is declared once.

    Raises OperatorError.
    """
    declared = [campaign.campaign_id for campaign in settings.campaigns if campaign.id == text]
    found = declared[0] if len(declared) == 1 else read_campaign(text)
    if found is None and ":" in text:
        try:
            found = CampaignId.parse(text)
        except BadUserInput:
            found = None
    if found is None or not await _is_known(found, base):
        raise OperatorError(f"There is no campaign {text!r}, or several: name it as PLATFORM:ID, such as wechat_pay:lunch.")
    return found


async def _is_known(campaign: CampaignId, base: Foundation) -> bool:
    directory = base.current.now.directory
    if directory.is_declared(campaign):
        return True
    return campaign.platform in directory.platforms and campaign in await Shelf(base.redis).known(campaign.platform)
