"""The addresses of the API and who answers them. https://developer.justgiving.com/apidocs/documentation"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from connectors.justgiving.emulator.documents import Json
from connectors.justgiving.emulator.entries import DEFAULT_SIZE, Slice, entry, listed, reference_total, status_only
from connectors.justgiving.emulator.gate import Gate, Handler, Refused
from connectors.justgiving.emulator.gifts import COUNTED, Donation, Figures
from connectors.justgiving.emulator.habits import Forms, Lags
from connectors.justgiving.emulator.payloads import CHARITY_ID, campaign_details, page_details, team_details
from connectors.justgiving.emulator.state import Page, State
from connectors.ports import Clock
from schema.model.errors import BadCurrency
from schema.model.money import Currency

PROMOTED: Final = 4
"""How many of a charity's gifts are told."""


@dataclass(frozen=True, slots=True)
class Api:
    """Answers from the state, and from nothing else, as it was when the caches were filled."""

    state: State
    forms: Forms
    lags: Lags
    clock: Clock

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Every address, with the application id as first part of the path and without it. GET has its HEAD."""
        handlers: dict[str, Handler] = {
            "fundraising/pages/{name:path}/donations/ref/{reference}": self._page_reference,
            "fundraising/pages/{name:path}/donations": self._donations,
            "fundraising/pages/{name:path}": self._page,
            "fundraising/pagebyid/{id}": self._page_by_id,
            "donation/ref/{reference}": self._reference,
            "donation/{id}/status": self._status,
            "donation/{id}": self._donation,
            "donationtotal/ref/{reference}": self._reference_total,
            "charity/{id}/donations": self._charity,
            "team/{name}": self._team,
            "campaign/byshortname/{name}": self._campaign,
            "{rest:path}": _nothing,
        }
        return [
            Route(f"{prefix}/v1/{path}", gate.endpoint(handler), methods=["GET"])
            for prefix in ("", "/{app_id}")
            for path, handler in handlers.items()
        ]

    def _page(self, request: Request) -> Json:
        return self._details(self._named(request))

    def _page_by_id(self, request: Request) -> Json:
        wanted = request.path_params["id"]
        page = next((page for page in self.state.pages.values() if str(page.id) == wanted), None)
        if page is None:
            raise Refused(404, "page not found")
        return self._details(page)

    def _details(self, page: Page) -> Json:
        return page_details(page, page.figures(self._counted_at), self.forms)

    def _donations(self, request: Request) -> Json:
        page, part, endless = self._named(request), _slice(request), self.forms.endless
        entries = self._listed(page.donations)
        shown = part.endless(entries, endless) if endless else part.of(entries)
        return {**shown, "id": page.short_name, "pageShortName": page.short_name}

    def _page_reference(self, request: Request) -> Json:
        page, reference = self._named(request), request.path_params["reference"]
        shown = _slice(request).of(self._listed([donation for donation in page.donations if donation.reference == reference]))
        return {**shown, "id": page.short_name, "pageShortName": page.short_name}

    def _reference(self, request: Request) -> Json:
        return _slice(request).of(self._listed(self.state.by_reference(request.path_params["reference"])))

    def _charity(self, request: Request) -> Json:
        if request.path_params["id"] != str(CHARITY_ID):
            raise Refused(404, "charity not found")
        return Slice(1, PROMOTED).of(self._listed(list(self.state.donations.values())))

    def _listed(self, donations: Sequence[Donation]) -> list[Json]:
        """The newest first, as the list's cache has them."""
        moment = self.clock.now() - self.lags.donations
        return [
            listed(donation, self.state.pages[donation.page].currency, status, self.forms)
            for donation in reversed(donations)
            if (status := donation.status_at(moment)) is not None and status not in self.forms.unlisted
        ]

    def _donation(self, request: Request) -> Json:
        donation = self._given(request)
        return entry(donation, self._currency(donation), donation.status, self.forms)

    def _status(self, request: Request) -> Json:
        donation = self._given(request)
        return status_only(donation, self._currency(donation))

    def _reference_total(self, request: Request) -> Json:
        """*Assumed*: what was given in other currencies is not converted."""
        reference, currency = request.path_params["reference"], request.query_params.get("currencyCode", "GBP")
        try:
            Currency.of(currency)
        except BadCurrency:
            raise Refused(400, "currencyCode is no currency") from None
        meant = [
            donation
            for donation in self.state.by_reference(reference)
            if self._currency(donation) == currency and donation.status_at(self._counted_at) == COUNTED
        ]
        return reference_total(reference, currency, meant)

    def _team(self, request: Request) -> Json:
        team = self.state.teams.get(request.path_params["name"])
        if team is None:
            raise Refused(404, "team not found")
        return team_details(team, [(page, page.figures(self._counted_at)) for page in self.state.members(team)])

    def _campaign(self, request: Request) -> Json:
        campaign = self.state.campaigns.get(request.path_params["name"])
        if campaign is None:
            raise Refused(404, "campaign not found")
        moment = self._counted_at
        pages = sum((page.figures(moment) for page in self.state.pages_for(campaign)), Figures())
        return campaign_details(campaign, campaign.own(moment), pages)

    @property
    def _counted_at(self) -> datetime:
        return self.clock.now() - self.lags.totals

    def _named(self, request: Request) -> Page:
        page = self.state.pages.get(request.path_params["name"])
        if page is None:
            raise Refused(404, "page not found")
        return page

    def _given(self, request: Request) -> Donation:
        wanted = request.path_params["id"]
        donation = self.state.donations.get(int(wanted)) if wanted.isascii() and wanted.isdigit() else None
        if donation is None:
            raise Refused(404, "donation not found")
        return donation

    def _currency(self, donation: Donation) -> str:
        return self.state.pages[donation.page].currency


def _nothing(_: Request) -> Json:
    raise Refused(404, "not found")


def _slice(request: Request) -> Slice:
    return Slice(_number(request, "pageNum", 1), _number(request, "pageSize", DEFAULT_SIZE))


def _number(request: Request, name: str, otherwise: int) -> int:
    given = request.query_params.get(name, str(otherwise))
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 2**31):
        raise Refused(400, f"{name} is no number from 1")
    return int(given)
