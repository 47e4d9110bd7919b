"""Answers about donations in JustGiving's words. Pure.

Sources: https://api.justgiving.com/docs/resources/v1/Donation/RetrieveDonationDetails; section 3.2 of the platform sheet.
One donation is written alike each time; its id tells in which of the forms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from connectors.justgiving.emulator.amounts import FORMS, SHORT, decimal
from connectors.justgiving.emulator.documents import Json, Number
from connectors.justgiving.emulator.gifts import COUNTED, Donation, Status
from connectors.justgiving.emulator.habits import Forms
from connectors.justgiving.emulator.payloads import CHARITY_ID, date_text

DEFAULT_SIZE: Final = 50
MOST: Final = 150
"""*Assumed*: what the largest client asks for."""
AVATAR: Final = "https://cdn.example/avatar.gif"


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a list that is asked for: ``number`` from 1."""

    number: int
    size: int

    def of(self, entries: Sequence[Json]) -> Json:
        """The part with its account of the whole. Beyond the end it is empty."""
        size = min(self.size, MOST)
        shown = entries[(self.number - 1) * size : self.number * size]
        pagination = {
            "pageNumber": self.number,
            "pageSizeRequested": self.size,
            "pageSizeReturned": len(shown),
            "totalPages": -(-len(entries) // size),
            "totalResults": len(entries),
            "nextPageCursor": None,
        }
        return {"donations": list(shown), "pagination": pagination}

    def endless(self, entries: Sequence[Json], form: Literal["circle", "line"]) -> Json:
        """The first part whatever is asked for; or the newest entry alone, under another id each time, and one part more."""
        if form == "circle":
            return Slice(1, self.size).of(entries)
        shown = [{**newest, "id": newest["id"] + self.number} for newest in entries[:1]]
        told = self.of(shown)["pagination"]
        told |= {"pageSizeReturned": len(shown), "totalPages": self.number + 1, "totalResults": self.size * self.number + 1}
        return {"donations": shown, "pagination": told}


def entry(donation: Donation, currency: str, status: Status | None, forms: Forms) -> Json:
    """One donation; without ``status`` where that is None. A hidden amount is null, and nothing gives it away."""
    places = FORMS[donation.id % len(FORMS)]
    amount = None if donation.hide_amount else decimal(donation.minor, currency, places)
    tax = None if donation.hide_amount or donation.gift_aid is None else donation.gift_aid
    told: Json = {
        "id": donation.id,
        "amount": amount,
        "currencyCode": currency,
        "charityId": CHARITY_ID,
        "donationDate": date_text(donation.at, offset=bool(donation.id % 2)),
        "donationRef": None,
        "donorDisplayName": forms.anonymous_name if donation.anonymous else donation.donor_name,
        **_local(donation, currency, places),
        "estimatedTaxReclaim": None if tax is None else Number(decimal(tax, currency, SHORT)),
        "image": AVATAR if donation.anonymous else "",
        "message": f"<p>{escape(donation.message)}</p>" if donation.markup and donation.message else donation.message,
        "source": "SponsorshipDonations",
        "thirdPartyReference": donation.reference,
    }
    if forms.owner_view:
        told["donorRealName"] = donation.real_name
    return told if status is None else told | {"status": status}


def listed(donation: Donation, currency: str, status: Status, forms: Forms) -> Json:
    """One donation as lists tell it: with its status where that is in lists."""
    shown = {"never": False, "exceptions": status != COUNTED, "always": True}[forms.listed_status]
    return entry(donation, currency, status if shown else None, forms)


def _local(donation: Donation, currency: str, places: int) -> Json:
    if donation.hide_amount:
        return {"donorLocalAmount": None, "donorLocalCurrencyCode": None} if donation.id % 2 else {}
    minor, code = donation.local or (donation.minor, currency)
    return {"donorLocalAmount": decimal(minor, code, places), "donorLocalCurrencyCode": code}


def status_only(donation: Donation, currency: str) -> Json:
    """``GET donation/{donationId}/status``. *Assumed*: what ``ref`` is, and that a hidden amount is null here too."""
    return {
        "ref": donation.reference,
        "donationId": donation.id,
        "donationRef": None,
        "status": donation.status,
        "amount": None if donation.hide_amount else decimal(donation.minor, currency),
    }


def reference_total(reference: str, currency: str, donations: Sequence[Donation]) -> Json:
    """``GET donationtotal/ref/{reference}`` of donations in one currency."""
    return {
        "donationsTotal": Number(decimal(sum(donation.minor for donation in donations), currency, SHORT)),
        "totalEstimatedTaxReclaim": Number(decimal(sum(donation.gift_aid or 0 for donation in donations), currency, SHORT)),
        "thirdPartyReference": reference,
        "currencyCode": currency,
        "numberOfDonations": len(donations),
    }
