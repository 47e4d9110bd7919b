"""Answers about pages, teams and campaigns in JustGiving's words. Pure.

Sources: https://developer.justgiving.com/apidocs/documentation and
https://api.justgiving.com/docs/resources/v1/Campaigns/GetCampaignByShortName; sections 3.1, 3.3 and 3.4 of the platform sheet.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from connectors.justgiving.emulator.amounts import SHORT, decimal, symbol
from connectors.justgiving.emulator.documents import Json, Number
from connectors.justgiving.emulator.gifts import Figures
from connectors.justgiving.emulator.habits import Forms
from connectors.justgiving.emulator.state import Campaign, Page, Team

CHARITY_ID: Final = 2_000_001

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_EVENT_AFTER: Final = timedelta(days=30)
_LIFE: Final = timedelta(days=90)
"""How long a page is open, *assumed*."""
_CHARITY: Final[Mapping[str, object]] = {
    "id": CHARITY_ID,
    "name": "Sample Reef Trust",
    "description": "Made-up charity",
    "registrationNumber": "0000000",
    "logoUrl": "logo.png",
    "logoAbsoluteUrl": "https://cdn.example/logo.png",
    "profilePageUrl": "https://jg.example/reef",
}
_BRANDING: Final[Mapping[str, object]] = {
    "buttonColour": "#0000aa",
    "buttonTextColour": "#ffffff",
    "headerTextColour": "#ffffff",
    "thermometerBackgroundColour": "#eeeeee",
    "thermometerFillColour": "#00aa00",
    "thermometerTextColour": "#000000",
}


def date_text(moment: datetime, *, offset: bool) -> str:
    """Milliseconds since 1970, with or without an offset, which changes nothing."""
    return f"/Date({(moment - _EPOCH) // _MILLISECOND}{'+0000' if offset else ''})/"


def page_details(page: Page, figures: Figures, forms: Forms) -> Json:
    """``GET fundraising/pages/{pageShortName}``: numbers are text, and so are some truths."""
    return {
        "pageId": str(page.id),
        "activityId": "0",
        "activityType": "OtherCelebration",
        "activityCharityCreated": False,
        "attribution": "",
        "eventId": 700_700,
        "eventName": "Sample Reef Ride",
        "eventDate": date_text(page.created_at + _EVENT_AFTER, offset=True),
        "expiryDate": date_text(page.created_at + _LIFE, offset=True),
        "showEventDate": "true",
        "showExpiryDate": "true",
        "currencySymbol": symbol(page.currency),
        "currencyCode": page.currency,
        "pageShortName": page.short_name,
        "title": page.title,
        "status": "Active",
        "owner": "Sample Owner",
        "ownerProfileImageUrls": {
            "OriginalSize": "https://cdn.example/o.jpg",
            "Size150x150Face": "https://cdn.example/o150.jpg",
        },
        "consumerId": 0,
        "image": {"caption": "", "url": "o.jpg", "absoluteUrl": "https://cdn.example/page.jpg"},
        "imageCount": "1",
        "fundraisingTarget": forms.no_target if page.target is None else decimal(page.target, page.currency),
        **({} if forms.totals_missing else _totals(page, figures)),
        "donationCount": str(figures.count),
        "branding": _BRANDING,
        "charity": _CHARITY,
        "media": {"images": [], "videos": []},
        "story": _story(page.title),
        "domain": "www.justgiving.com",
        "smsCode": None,
        "companyAppealId": 0,
        "rememberedPersonSummary": None,
        "pageSummary": "",
        "pageSummaryWhat": "",
        "pageSummaryWhy": "",
        "teams": [{"teamShortName": page.team}] if page.team else [],
    }


def _totals(page: Page, figures: Figures) -> Json:
    target = page.target
    return {
        # halves go up: *assumed*
        "totalRaisedPercentageOfFundraisingTarget": str((200 * figures.raised + target) // (2 * target)) if target else "0",
        "totalRaisedOffline": decimal(figures.offline, page.currency),
        "totalRaisedOnline": decimal(figures.online, page.currency),
        "totalRaisedSms": decimal(figures.sms, page.currency),
        "grandTotalRaisedExcludingGiftAid": decimal(figures.raised, page.currency),
        "totalEstimatedGiftAid": decimal(figures.gift_aid, page.currency),
    }


def team_details(team: Team, members: Sequence[tuple[Page, Figures]]) -> Json:
    """``GET team/{teamShortName}``: numbers are numbers, and of the currency there is only a sign."""
    sign = symbol(team.currency)
    raised = _number(sum(figures.raised for _, figures in members), team.currency)
    return {
        "id": team.id,
        "name": team.title,
        "teamShortName": team.short_name,
        "story": _story(team.title),
        "targetType": "Fixed",  # *assumed*, as is the next
        "teamType": "Open",
        "teamTarget": _number(team.target or 0, team.currency),  # *assumed*: 0 is no target
        "dateCreated": date_text(team.created_at, offset=True),
        "raisedSoFar": raised,
        "currencySymbol": sign,
        "localRaisedSoFar": raised,
        "localCurrencySymbol": sign,
        "teamMembers": [_member(page, figures) for page, figures in members],
    }


def _member(page: Page, figures: Figures) -> Json:
    raised = _number(figures.raised, page.currency)
    return {
        "id": page.id,
        "pageShortName": page.short_name,
        "pageTitle": page.title,
        "ref": None,
        "totalAmountRaised": raised,
        "localAmountRaised": raised,
        "localCurrencySymbol": symbol(page.currency),
        "numberOfDonations": figures.count,
    }


def campaign_details(campaign: Campaign, own: Figures, pages: Figures) -> Json:
    """``GET campaign/byshortname/{shortName}``: names begin with a capital (but one), and the currency has none.

    ``TotalAmount`` is direct, fundraisers' and offline money together: *assumed*, as the documented example does not add up.
    Nobody gives directly here.
    """
    offline = _number(own.raised, campaign.currency)
    changed = campaign.deposits[-1].at if campaign.deposits else None
    updated = date_text(changed, offset=True) if changed else None
    return {
        "BrandingGuid": None,
        "CampaignGuid": campaign.guid,
        "Charities": None,
        "Currency": {"CurrencyCode": campaign.currency.lower(), "CurrencySymbol": symbol(campaign.currency)},
        "DonationSummary": {
            "DirectDonationAmount": Number("0"),
            "DirectDonationGiftAid": Number("0"),
            "FundraiserRaisedAmount": _number(pages.raised, campaign.currency),
            "NumberOfDirectDonations": 0,
            "NumberOfFundraiserDonations": pages.count,
            "OfflineAmountUpdated": updated,
            "TotalAmount": _number(own.raised + pages.raised, campaign.currency),
            "TotalGiftAid": _number(pages.gift_aid, campaign.currency),
            "TotalNumberOfDonations": pages.count,
            "offlineAmount": offline,
        },
        "EndDate": None,
        "EventRegistrationLink": None,
        "Fundraising": None,
        "LandingPageUrl": None,
        "OfflineAmount": offline,
        "OfflineAmountUpdated": updated,
        "ShortName": campaign.short_name,
        "StartDate": date_text(campaign.created_at, offset=True),
        "Status": "Active",
        "Story": _story(campaign.title),
        "Summary": f"{campaign.title} &amp; friends",
        "TargetAmount": _number(campaign.target or 0, campaign.currency),
        "ThankYouMessage": None,
        "Title": campaign.title,
    }


def _story(title: str) -> str:
    return f"<p>Made-up story of <b>{escape(title)}</b> &amp; friends&nbsp;&ndash; it&#39;s true</p>"


def _number(minor: int, currency: str) -> Number:
    return Number(decimal(minor, currency, SHORT))
