"""JustGiving, asked over REST: there is no push. An account is an application id with the pages, teams and campaigns to follow.

https://developer.justgiving.com/apidocs/documentation
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.contract import Connector, ListsCampaigns, ListsDonations, ReadsCampaigns
from connectors.justgiving import campaigns, mapping, names, sheet, teams
from connectors.justgiving.api import Api
from connectors.justgiving.fields import Words
from connectors.justgiving.names import Kind
from connectors.justgiving.settings import Account, read
from connectors.paging import paged
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Movement


class JustGiving:
    """What can be asked with one application id."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._clock = account, ports.clock
        self._api = Api(account, ports)
        self._pages: dict[str, tuple[str | None, tuple[str, ...]]] = {}  # of each, as last told: what it is called, its teams
        self._codes: dict[str, str] = {}  # of each team, once known: what raises money keeps its currency

    async def campaign(self, native_id: str) -> CampaignState:
        """A page, team or campaign as it is now, also one that is not in the settings. Raises NotFound."""
        kind, name = self._asked(native_id)
        state = await self._state(kind, name)
        known = self._account.campaigns.get(state.native_id)
        if known is None or known.within is None:
            return state
        _, teams = self._pages.get(state.native_id, (None, ()))
        return replace(state, part_of=(*teams, known.within))

    async def _state(self, kind: Kind, name: str) -> CampaignState:
        """As the network tells it."""
        asked_at = self._clock.now()
        if kind is Kind.TEAM:
            return await self._team(name, asked_at)
        if kind is Kind.CAMPAIGN:
            answer = await self._api.campaign(name)
            with readable():
                return campaigns.campaign(answer, name, asked_at=asked_at)
        answer = await self._api.page(name)
        with readable():
            state, called = mapping.page(answer, name, asked_at=asked_at), mapping.named(answer)
        _, before = self._pages.get(state.native_id, (None, ()))
        self._pages[state.native_id] = called, before if state.part_of is None else state.part_of
        return state

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """Those of the settings. One that JustGiving does not know, or whose answer is garbled, hides no other.

        Raises after the last of them what was garbled, or else NotFound with the places of all that it does not know.
        """
        missing: list[str] = []
        garbled: UpstreamGarbled | None = None
        for native_id, followed in self._account.campaigns.items():
            try:
                state = await self.campaign(native_id)
            except NotFound:
                missing.append(followed.place)
            except UpstreamGarbled as error:
                garbled = garbled or error
            else:
                yield state
        if garbled is not None:
            raise garbled
        if missing:
            raise NotFound(f"JustGiving does not know {', '.join(missing)}")

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """Those of a page, newest first, page after page until one has a donation older than ``since``.

        So the newest 50 are always read, as amounts and names may be corrected. Teams and campaigns list none themselves, and
        what JustGiving does not know has none. A donation that cannot be read hides no other: it is raised after the last.
        """
        garbled: UpstreamGarbled | None = None
        before: set[str] = set()

        async def fetch(cursor: str | None) -> tuple[Sequence[DonationState], str | None]:
            nonlocal garbled, before
            number, asked_at = int(cursor or "1"), self._clock.now()
            answer = await self._api.donations(name, number)
            with readable():
                listed = mapping.donations(answer, candidates, asked_at=asked_at)
                if mapping.named(answer) not in (None, called):  # no donation tells whose it is
                    raise UpstreamGarbled("the list is of another page than was asked for")
            found = {donation.native_id for donation in listed.donations}
            if found and found == before:  # the number that is asked for always grows, so it never repeats
                raise UpstreamGarbled("a page of the list repeats")
            before, garbled = found, garbled or listed.garbled
            older = since is not None and any(donation.donated_at < since for donation in listed.donations)
            return listed.donations, str(number + 1) if number < listed.pages and not older else None

        try:
            kind, name = self._asked(campaign)
            if kind is not Kind.PAGE:
                return
            page = names.native(kind, name)
            called, teams = await self._page(page)
            candidates = (page, *teams)
            async for donation in paged(fetch):
                yield donation
        except NotFound:
            return
        if garbled is not None:
            raise garbled

    def _asked(self, native_id: str) -> tuple[Kind, str]:
        """What it is, and its short name as the settings write it."""
        kind, name = names.parsed(native_id)
        known = self._account.campaigns.get(names.native(kind, name))
        return kind, name if known is None else known.name

    async def _page(self, native_id: str) -> tuple[str | None, tuple[str, ...]]:
        if native_id not in self._pages:
            await self.campaign(native_id)
        return self._pages[native_id]

    async def _team(self, name: str, asked_at: datetime) -> CampaignState:
        answer = await self._api.team(name)
        with readable():
            members = teams.members(answer)
        if name not in self._codes and (code := await self._code_by(members[: sheet.MEMBERS], answer)):
            self._codes[name] = code
        with readable():
            return teams.team(answer, name, code=self._codes.get(name), asked_at=asked_at)

    async def _code_by(self, members: list[str], answer: Words) -> str | None:
        for member in members:
            try:
                page = await self._api.page(member)
            except NotFound:
                continue
            with readable():
                if code := teams.code_by(page, answer):
                    return code
        return None


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account. Raises SettingsInvalid with all problems."""
    return JustGiving(read(settings), ports)


_reads: type[ReadsCampaigns] = JustGiving
_lists: type[ListsCampaigns] = JustGiving
_donations: type[ListsDonations] = JustGiving
