"""The configured fundraisers of one DonorDrive program, asked one after the other. Nothing is pushed.

https://github.com/DonorDrive/PublicAPI
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.contract import Connector, ListsCampaigns, ListsDonations, ReadsCampaigns, ReadsMilestones
from connectors.donordrive import mapping, sheet
from connectors.donordrive.api import Api
from connectors.donordrive.mapping import Fields, Program
from connectors.donordrive.settings import Account, Fundraiser
from connectors.donordrive.sheet import Kind
from connectors.ports import Ports
from connectors.spec import Settings
from schema.model.campaign import Milestone
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import CampaignState, Movement
from schema.model.time import micros


class DonorDrive:
    """What one host can be asked. States are dated by the moment of asking, as the host dates none."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._api = Api(account, ports.http)
        self._clock = ports.clock
        self._told: tuple[Program, datetime] | None = None

    async def campaign(self, native_id: str) -> CampaignState:
        """A participant, a team or an event of this host, configured or not. Raises NotFound."""
        fundraiser = self._fundraiser(native_id)
        state = await self._state(fundraiser, await self._program())
        if state.native_id != native_id:
            raise UpstreamGarbled("the host tells of another fundraiser than was asked for")
        return state

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The configured ones. One that is not there or cannot be read hides no other.

        Raises after the last of them what cannot be read, or else NotFound with the places of all that are not there.
        """
        program = await self._program()
        missing: list[str] = []
        garbled: UpstreamGarbled | None = None
        for place, fundraiser in enumerate(self._account.fundraisers, 1):
            try:
                state = await self._state(fundraiser, program)
            except NotFound:
                missing.append(f"entry {place} of fundraisers")
            except UpstreamGarbled as error:
                garbled = garbled or error
            else:
                yield state
        if garbled is not None:
            raise garbled
        if missing:
            raise NotFound(f"{self._account.host} does not know {', '.join(missing)}")

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """Those that the host lists, newest first, down to the first that is older than the second of ``since``.

        One that cannot be read hides no other: it is raised after the last of them. Raises NotFound.
        """
        fundraiser, program, version = self._fundraiser(campaign), await self._program(), micros(self._clock.now())
        # whole seconds, because ".93" may stand for 93 milliseconds
        earliest = None if since is None else since.replace(microsecond=0)
        garbled: UpstreamGarbled | None = None
        async for row in self._api.rows(f"{fundraiser.path}/donations", {"orderBy": sheet.NEWEST_FIRST}):
            try:
                state = mapping.donation(row, fundraiser, program, version=version)
            except UpstreamGarbled as error:
                garbled = garbled or error
                continue
            if state is None:
                continue
            if earliest is not None and state.donated_at < earliest:
                break
            yield state
        if garbled is not None:
            raise garbled

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """What a participant or a team promises, lowest first; events promise nothing. Raises NotFound."""
        fundraiser = self._fundraiser(native_id)
        if fundraiser.kind is Kind.EVENT:
            return ()
        currency = (await self._program()).currency
        found = [mapping.milestone(row, currency) async for row in self._api.rows(f"{fundraiser.path}/milestones")]
        return sorted((one for one in found if one is not None), key=lambda one: one.amount.minor)

    def _fundraiser(self, native_id: str) -> Fundraiser:
        host, _, path = native_id.partition("/")
        found = Fundraiser.of(path)
        if host != self._account.host or found is None or not sheet.NUMBER.fullmatch(found.id):
            raise NotFound("this host has no fundraiser of that id")
        return found

    async def _state(self, fundraiser: Fundraiser, program: Program) -> CampaignState:
        version = micros(self._clock.now())
        fields = await self._api.object(fundraiser.path, having=sheet.ID[fundraiser.kind])
        return mapping.campaign(fields, fundraiser.kind, program, version=version)

    async def _program(self) -> Program:
        """What the host told of itself within the last day."""
        now = self._clock.now()
        if self._told is None or now - self._told[1] >= sheet.ABOUT_KEPT:
            self._told = mapping.program(await self._about(), self._account.host, self._account.currency), now
        return self._told[0]

    async def _about(self) -> Fields:
        try:
            return await self._api.object("about", having=sheet.ABOUT_ID)
        except NotFound as error:
            if self._account.currency is not None:  # all that cannot be done without
                return {}
            raise UpstreamGarbled(
                f"{self._account.host} does not tell its currency at /api/about: base_url must be the host of a DonorDrive "
                "program, and currency must be configured where the program is older than that"
            ) from error


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account. Raises SettingsInvalid with all problems at once."""
    return DonorDrive(Account.of(settings), ports)


_: tuple[type[ReadsCampaigns], type[ListsCampaigns], type[ListsDonations], type[ReadsMilestones]] = (
    DonorDrive,
    DonorDrive,
    DonorDrive,
    DonorDrive,
)
