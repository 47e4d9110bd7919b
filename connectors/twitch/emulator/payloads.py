"""Payloads in Twitch's words, in whichever form is switched on. Pure.

Sources: https://dev.twitch.tv/docs/api/reference/#get-charity-campaign,
https://dev.twitch.tv/docs/eventsub/eventsub-reference/ (charity); section 3 and 4 of the platform sheet.
"""

from typing import Any, Final

from connectors.twitch.emulator.habits import Forms
from connectors.twitch.emulator.state import Broadcaster, Campaign, Donation

Json = dict[str, Any]

DONATE: Final = "channel.charity_campaign.donate"
START: Final = "channel.charity_campaign.start"
PROGRESS: Final = "channel.charity_campaign.progress"
STOP: Final = "channel.charity_campaign.stop"
TOPICS: Final = (DONATE, START, PROGRESS, STOP)


def campaign_entry(campaign: Campaign, forms: Forms) -> Json:
    """One element of ``GET /charity/campaigns``."""
    return {
        "id": campaign.id,
        **_broadcaster(campaign.broadcaster, "broadcaster"),
        **_charity(campaign),
        **_state_amounts(campaign, forms),
    }


def donation_entry(campaign: Campaign, donation: Donation, forms: Forms) -> Json:
    """One element of ``GET /charity/donations``."""
    name = "target_amount" if forms.target_amount_in_donations else "amount"
    return {
        "id": donation.id,
        "campaign_id": donation.campaign_id,
        **_donor(donation),
        name: _amount(donation.value, campaign, forms),
    }


def donate_event(campaign: Campaign, donation: Donation, forms: Forms) -> Json:
    """The event of a donation."""
    return {
        "id": donation.id,
        "campaign_id": donation.campaign_id,
        **_broadcaster(campaign.broadcaster, forms.donate_broadcaster),
        **_donor(donation),
        **_charity(campaign),
        "amount": _amount(donation.value, campaign, forms),
    }


def state_event(topic: str, campaign: Campaign, forms: Forms, moment: str) -> Json:
    """A start, progress or stop event. ``moment`` is when a campaign started or stopped."""
    event = {
        "id": campaign.id,
        **_broadcaster(campaign.broadcaster, forms.state_broadcaster),
        **_charity(campaign),
        **_state_amounts(campaign, forms),
    }
    if topic != STOP and forms.short_charity:
        del event["charity_description"], event["charity_website"]
    if topic == STOP and forms.stop_without_charity:
        event = {k: v for k, v in event.items() if not k.startswith("charity_")}
    if (topic == PROGRESS and forms.blank_progress) or (topic == START and forms.blank_start):
        for name in ("current_amount", "target_amount"):
            if event.get(name):
                event[name]["currency"] = ""
    if topic == PROGRESS and forms.blank_progress and event.get("target_amount"):
        event["target_amount"]["amount" if forms.beta_amounts else "value"] = 0
    if topic in (START, STOP):
        event["started_at" if topic == START else "stopped_at"] = moment
    return event


def _amount(value: int, campaign: Campaign, forms: Forms) -> Json:
    return {
        "amount" if forms.beta_amounts else "value": value * 10**forms.extra_decimals,
        "decimal_places": campaign.decimals + forms.extra_decimals,
        "currency": campaign.book.currency,
    }


def _state_amounts(campaign: Campaign, forms: Forms) -> Json:
    current = {"current_amount": _amount(campaign.book.raised, campaign, forms)}
    if forms.target == "missing":
        return current
    known = campaign.goal is not None and forms.target == "given"
    return {**current, "target_amount": _amount(campaign.goal or 0, campaign, forms) if known else None}


def _broadcaster(broadcaster: Broadcaster, prefix: str) -> Json:
    return {f"{prefix}_id": broadcaster.id, f"{prefix}_login": broadcaster.login, f"{prefix}_name": broadcaster.name}


def _donor(donation: Donation) -> Json:
    return {"user_id": donation.user_id, "user_login": donation.user_login, "user_name": donation.user_name}


def _charity(campaign: Campaign) -> Json:
    charity = campaign.charity
    return {
        "charity_name": charity.name,
        "charity_description": charity.description,
        "charity_logo": charity.logo,
        "charity_website": charity.website,
    }
