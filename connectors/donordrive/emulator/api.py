"""The addresses of the public API and what answers them.

https://github.com/DonorDrive/PublicAPI/tree/master/resources
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.routing import Route

from connectors.donordrive.emulator.entries import Entries
from connectors.donordrive.emulator.fundraiser import Fundraiser, Kind
from connectors.donordrive.emulator.gate import Answer, Gate, Handler
from connectors.donordrive.emulator.habits import Forms
from connectors.donordrive.emulator.pages import Pages
from connectors.donordrive.emulator.query import Columns, Query
from connectors.donordrive.emulator.refusals import Refused
from connectors.donordrive.emulator.state import State
from connectors.donordrive.emulator.writing import Row

# By which columns the lists may be filtered is on each resource's page.
DONATIONS: Final = Columns(
    "createdDateUTC DESC",
    frozenset(
        {"amount", "avatarImageURL", "createdDateUTC", "displayName", "donationID", "donorID", "eventID"}
        | {"incentiveID", "participantID", "teamID"}
    ),
)
DONORS: Final = Columns(
    "modifiedDateUTC DESC", frozenset({"avatarImageURL", "modifiedDateUTC", "numDonations", "sumDonations"})
)
ACTIVITY: Final = Columns(
    "createdDateUTC DESC", frozenset({"amount", "createdDateUTC", "imageURL", "isIncentive", "message", "title", "type"})
)
MILESTONES: Final = Columns(
    "fundraisingGoal ASC", frozenset({"description", "fundraisingGoal", "isActive", "isComplete", "milestoneID"})
)
INCENTIVES: Final = Columns("amount ASC", frozenset({"amount", "description", "incentiveID", "quantity", "quantityClaimed"}))
BADGES: Final = Columns("unlockedDateUTC DESC", frozenset({"badgeCode", "description", "title", "unlockedDateUTC"}))
PARTICIPANTS: Final = Columns(
    "createdDateUTC DESC",
    frozenset(
        {"avatarImageURL", "createdDateUTC", "displayName", "eventID", "fundraisingGoal", "isTeamCaptain", "numDonations"}
        | {"numIncentives", "numMilestones", "participantID", "sumDonations", "sumPledges", "teamID"}
    ),
)
TEAMS: Final = Columns(
    "createdDateUTC DESC",
    frozenset(
        {"avatarImageURL", "captainDisplayName", "createdDateUTC", "eventID", "fundraisingGoal", "isInviteOnly", "name"}
        | {"numDonations", "numParticipants", "sumDonations", "sumPledges", "teamID"}
    ),
)

Rows: TypeAlias = Callable[[Fundraiser], list[Row]]


class Api:
    """Handlers. Everything may be asked for by number or by alias."""

    def __init__(self, state: State, pages: Pages, entries: Entries, forms: Forms, gate: Gate) -> None:
        self._state = state
        self._pages = pages
        self._forms = forms
        every: dict[str, tuple[Rows, Columns]] = {
            "donations": (entries.donations, DONATIONS),
            "donors": (entries.donors, DONORS),
            "activity": (entries.activity, ACTIVITY),
        }
        own: dict[str, tuple[Rows, Columns]] = {
            "milestones": (entries.milestones, MILESTONES),
            "incentives": (entries.incentives, INCENTIVES),
            "badges": (entries.badges, BADGES),
        }
        participants, teams = (self._members(Kind.PARTICIPANT), PARTICIPANTS), (self._members(Kind.TEAM), TEAMS)
        lists = {
            Kind.EVENT: {**every, "participants": participants, "teams": teams},
            Kind.TEAM: {**every, **own, "participants": participants},
            Kind.PARTICIPANT: {**every, **own},
        }
        self.routes: Final[list[Route]] = [
            gate.route("/api/about", lambda _: Answer(pages.about()), since="1.3"),
            gate.route("/api/teamgroups/{code}", self._group),
            *(gate.route(f"/api/{kind}/{{key}}", self._object(kind)) for kind in Kind),
            *(
                gate.route(f"/api/{kind}/{{key}}/{name}", self._list(kind, rows, columns))
                for kind, named in lists.items()
                for name, (rows, columns) in named.items()
            ),
        ]

    def _object(self, kind: Kind) -> Handler:
        def handler(request: Request) -> Answer:
            told = self._pages.page(self._found(kind, request))
            return Answer([told] if self._forms.objects_in_arrays and kind is not Kind.EVENT else told)

        return handler

    def _list(self, kind: Kind, rows: Rows, columns: Columns) -> Handler:
        def handler(request: Request) -> Answer:
            query, found = Query.read(request.query_params, columns), self._found(kind, request)
            if self._forms.endless == "circle":
                query = replace(query, offset=0)
            if self._forms.endless == "line":
                page: list[Row] = [{"message": f"{query.offset}"}] * query.limit
                count = query.offset + query.limit + 1
            else:
                chosen = query.choose(rows(found))
                page, count = chosen[query.offset : query.offset + query.limit], len(chosen)
            links = [
                f'<{request.url.include_query_params(limit=query.limit, offset=offset)}>; rel="{name}"'
                for name, offset in query.offsets(count).items()
            ]
            beyond = not page and (query.offset > 0 or self._forms.empty_is_no_content)
            return Answer(None if beyond else page, {"Link": ", ".join(links), "Num-Records": str(count)})

        return handler

    def _group(self, request: Request) -> Answer:
        group = self._state.groups.get(request.path_params["code"])
        if group is None:
            raise Refused(404, "no such team group")
        told = self._pages.group(group)
        return Answer([told] if self._forms.objects_in_arrays else told)

    def _members(self, kind: Kind) -> Rows:
        return lambda one: [self._pages.page(member) for member in self._state.members(kind, one)]

    def _found(self, kind: Kind, request: Request) -> Fundraiser:
        found = self._state.find(kind, request.path_params["key"])
        if found is None:
            raise Refused(404, f"no such {kind}")
        return found
