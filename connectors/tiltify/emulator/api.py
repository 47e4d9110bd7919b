"""The public API: https://v5api.tiltify.com/api/public/openapi

Left out: users, teams and their lists, personal campaigns, targets, polls, rewards, schedules and leaderboards.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from connectors.tiltify.emulator.campaigns import Campaign, Kind
from connectors.tiltify.emulator.errors import Refused, invalid
from connectors.tiltify.emulator.gate import Answer, Gate
from connectors.tiltify.emulator.gifts import Donation
from connectors.tiltify.emulator.habits import Forms
from connectors.tiltify.emulator.moments import read_iso
from connectors.tiltify.emulator.paging import Place, endless, page
from connectors.tiltify.emulator.payloads import (
    OWNER_SLUG,
    TEAM_SLUG,
    Json,
    campaign_object,
    cause_object,
    donation_object,
    match_object,
    milestone_object,
)
from connectors.tiltify.emulator.state import State
from schema.model.time import micros

FOLDERS: Final = {Kind.CAMPAIGN: "campaigns", Kind.TEAM_CAMPAIGN: "team_campaigns", Kind.EVENT: "fundraising_events"}
OWNERS: Final = {Kind.CAMPAIGN: OWNER_SLUG, Kind.TEAM_CAMPAIGN: TEAM_SLUG}
"""*Assumed*: that slugs are asked for without the sign that they have in the addresses of pages."""

Item = TypeVar("Item")
Tell: TypeAlias = Callable[[Campaign, Mapping[str, str]], Json]
"""A page of something that a campaign has, as the query asks for it."""


class Api:
    """Handlers. A campaign is only found under its own kind."""

    def __init__(self, state: State, gate: Gate, forms: Forms) -> None:
        self._state = state
        self._gate = gate
        self._forms = forms

    def routes(self) -> list[BaseRoute]:
        """Every address."""
        return [route for kind in Kind for route in self._routes_of(kind)] + [
            Route("/api/public/causes/{id}", self._gate.endpoint(self._cause), methods=["GET"]),
            Route("/api/public/causes/{id}/fundraising_events", self._gate.endpoint(self._cause_events), methods=["GET"]),
        ]

    def _routes_of(self, kind: Kind) -> list[BaseRoute]:
        sides: dict[str, Tell] = {"donations": self._donations}
        if kind is Kind.EVENT:
            sides |= {"supporting_events": self._supporting}
        else:
            sides |= {
                "supporting_campaigns": self._supporting,
                "milestones": self._milestones,
                "donation_matches": self._matches,
            }

        async def single(request: Request) -> Json:
            return self._object(self._find(kind, request))

        async def by_slugs(request: Request) -> Json:
            return self._object(self._find_slug(kind, request))

        def listing(tell: Tell) -> Answer:
            async def answer(request: Request) -> Json:
                return tell(self._find(kind, request), request.query_params)

            return answer

        base = f"/api/public/{FOLDERS[kind]}"
        routes: list[BaseRoute] = [
            Route(f"{base}/{{id}}/{name}", self._gate.endpoint(listing(tell)), methods=["GET"]) for name, tell in sides.items()
        ]
        if kind in OWNERS:
            routes.append(Route(f"{base}/by/slugs/{{owner}}/{{slug}}", self._gate.endpoint(by_slugs), methods=["GET"]))
        return [*routes, Route(f"{base}/{{id}}", self._gate.endpoint(single), methods=["GET"])]

    def _find(self, kind: Kind, request: Request) -> Campaign:
        """By UUID or by the old number; that the latter goes for all kinds is *assumed*."""
        asked = request.path_params["id"]
        for known in self._state.campaigns.values():
            if known.kind is kind and asked in (known.id, str(known.legacy_id)):
                return known
        raise Refused(404)

    def _find_slug(self, kind: Kind, request: Request) -> Campaign:
        if request.path_params["owner"] == OWNERS[kind]:
            for known in self._state.campaigns.values():
                if known.kind is kind and known.slug == request.path_params["slug"]:
                    return known
        raise Refused(404)

    def _object(self, campaign: Campaign) -> Json:
        return {"data": campaign_object(self._state, campaign)}

    def _donations(self, campaign: Campaign, query: Mapping[str, str]) -> Json:
        """Newest first (*assumed*, as clients do). Those that are not completed pass no filter, and stand where they began."""
        if self._forms.endless:
            return {"data": [], "metadata": endless(query, self._forms.endless)}
        after, before = _moment("completed_after", query), _moment("completed_before", query)

        def passes(donation: Donation) -> bool:
            if after is None and before is None:
                return True
            at = donation.completed_at
            # *assumed*: a moment itself is neither after nor before it
            return at is not None and (after is None or at > after) and (before is None or at < before)

        rows = [(_newest_first(donation), donation) for donation in self._state.listed(campaign) if passes(donation)]
        return _page(rows, query, lambda donation: donation_object(self._state, donation))

    def _supporting(self, campaign: Campaign, query: Mapping[str, str]) -> Json:
        return self._campaigns(self._state.members(campaign), query)

    def _campaigns(self, campaigns: Sequence[Campaign], query: Mapping[str, str]) -> Json:
        rows = [((campaign.legacy_id,), campaign) for campaign in campaigns]
        return _page(rows, query, lambda campaign: campaign_object(self._state, campaign))

    def _milestones(self, campaign: Campaign, query: Mapping[str, str]) -> Json:
        """In the order in which they were made: *assumed*."""
        own = [milestone for milestone in self._state.milestones if milestone.campaign == campaign.native_id]
        rows = [((milestone.legacy_id,), milestone) for milestone in own]
        return _page(rows, query, lambda milestone: milestone_object(self._state, milestone))

    def _matches(self, campaign: Campaign, query: Mapping[str, str]) -> Json:
        own = [match for match in self._state.matches.values() if match.campaign == campaign.native_id]
        return _page([((number,), match) for number, match in enumerate(own)], query, match_object)

    async def _cause(self, request: Request) -> Json:
        cause = self._state.causes.get(request.path_params["id"])
        if cause is None:
            raise Refused(404)
        return {"data": cause_object(cause)}

    async def _cause_events(self, request: Request) -> Json:
        await self._cause(request)
        held = [c for c in self._state.campaigns.values() if c.kind is Kind.EVENT and c.cause_id == request.path_params["id"]]
        return self._campaigns(held, request.query_params)


def _page(rows: Sequence[tuple[Place, Item]], query: Mapping[str, str], show: Callable[[Item], Json]) -> Json:
    items, metadata = page(rows, query)
    return {"data": [show(item) for item in items], "metadata": metadata}


def _newest_first(donation: Donation) -> Place:
    at = donation.completed_at or donation.created_at
    return (-micros(at), -donation.legacy_id)


def _moment(name: str, query: Mapping[str, str]) -> datetime | None:
    if name not in query:
        return None
    try:
        return read_iso(query[name])
    except ValueError:
        raise invalid(name) from None
