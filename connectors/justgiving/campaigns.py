"""A campaign in our words. Pure. Here JustGiving writes PascalCase, numbers, and currencies in lower case.

https://api.justgiving.com/docs/resources/v1/Campaigns/GetCampaignByShortName
"""

from datetime import datetime

from connectors.justgiving import names
from connectors.justgiving.fields import Words, amount, count, currency, goal, moment, part, status
from connectors.justgiving.markup import words
from connectors.justgiving.names import Kind
from connectors.reading import text, word
from schema.model.facts import CampaignState, Raised
from schema.model.text import MAX_SUMMARY, MAX_TITLE, link, plain
from schema.model.time import micros
from schema.model.total import AmountSource


def campaign(answer: Words, name: str, *, asked_at: datetime) -> CampaignState:
    """A campaign as it was when it was asked for. Raises Unreadable.

    *Assumed*: ``TotalAmount`` is all that was raised, direct, by fundraisers and offline, without ``TotalGiftAid``. What an
    entry of ``Charities`` looks like is not known, so the charity is not told.
    """
    word(answer, "ShortName")  # an answer without it is about no campaign
    code, summary = currency(part(answer, "Currency"), "CurrencyCode"), part(answer, "DonationSummary")
    total, starts_at, ends_at = amount(summary, "TotalAmount", code), moment(answer, "StartDate"), moment(answer, "EndDate")
    return CampaignState(
        native_id=names.native(Kind.CAMPAIGN, name),
        version=micros(asked_at),
        source=AmountSource.PLATFORM_API,
        title=plain(answer.get("Title"), MAX_TITLE),
        summary=words(answer.get("Summary"), MAX_SUMMARY) or words(answer.get("Story"), MAX_SUMMARY),
        url=link(answer.get("LandingPageUrl")),
        status=status(text(answer, "Status"), starts_at, ends_at, asked_at),
        starts_at=starts_at,
        ends_at=ends_at,
        goal=goal(answer, "TargetAmount", code),
        raised=None if total is None else Raised(total, count(summary, "TotalNumberOfDonations")),
    )
