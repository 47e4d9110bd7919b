"""The emulator as tests and the demo see it."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from connectors.testing.emulation import DeliveryFaults, Emulator, Outage, ScaledClock, Sender
from connectors.tiltify.emulator import samples
from connectors.tiltify.emulator.api import Api
from connectors.tiltify.emulator.campaigns import Campaign, Kind, Milestone
from connectors.tiltify.emulator.control import control
from connectors.tiltify.emulator.endpoint import DONATION_UPDATED, EVENT_TYPES, FACT_UPDATED, Endpoint
from connectors.tiltify.emulator.errors import Refused
from connectors.tiltify.emulator.faults import Fault
from connectors.tiltify.emulator.gate import Gate
from connectors.tiltify.emulator.gifts import Donation, Match, MatchType
from connectors.tiltify.emulator.habits import Forms
from connectors.tiltify.emulator.notices import TEST_SOURCE, Notices, source_of
from connectors.tiltify.emulator.oauth import OAuth
from connectors.tiltify.emulator.private import Private
from connectors.tiltify.emulator.state import State

Which: TypeAlias = Campaign | str | None
"""A campaign or its native id; None is the first one."""
Gift: TypeAlias = Donation | str
"""A donation or its id."""
ANONYMOUS: Final = "Anonymous"
"""The name of whoever wants none, or was moderated."""


class TiltifyEmulator(Emulator):
    """Tiltify with one app, its webhook endpoint, one fundraiser and their team. All amounts are in minor units.

    ``books`` are by native id, which is the kind and the UUID, as ``campaign/UUID``; a parent's book includes its members'
    money. Deliveries go to ``callback``, the endpoint's address in the dashboard, once the endpoint is activated and a campaign
    subscribed. What tells something is a coroutine: its deliveries are under way when it returns. What cannot be raises
    ValueError or LookupError and changes nothing. Ids and keys come from ``seed``.

    Switches: ``faults`` (deliveries), ``forms`` (lists), ``outage`` (API), ``token_outage`` and ``tokens`` (OAuth),
    ``sender.mischief``.
    """

    key = "tiltify"

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1) -> None:
        super().__init__(clock=clock, seed=seed)
        self.state = State(self.books, self.rng, self.clock.now)
        self.endpoint = Endpoint(random.Random(f"{seed}-endpoint"), self.clock.now())
        self.forms = Forms()
        self.outage = Outage()
        self.token_outage = Outage()
        self.oauth = OAuth(random.Random(f"{seed}-oauth"), self.clock.now, self.token_outage)
        self.tokens = self.oauth.tokens
        self.notices = Notices(self.state, self.endpoint, self.clock, seed, lambda: self.callback)
        gate = Gate(self.oauth, self.outage)
        self._app = Starlette(
            routes=[
                *self.oauth.routes(),
                *Api(self.state, gate, self.forms).routes(),
                *Private(self.state, self.endpoint, gate, lambda: self.callback).routes(),
                Route("/api/{rest:path}", gate.endpoint(_nothing)),
                control(self),
            ]
        )

    @property
    def app(self) -> Starlette:
        """The API, the token endpoint, and the control door under ``/control``."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers webhooks; its ``mischief`` duplicates, reorders and loses them."""
        return self.notices.sender

    @property
    def faults(self) -> DeliveryFaults[Fault]:
        """The faults of deliveries. What is held back stays so until its next one, also when all is cleared."""
        return self.notices.faults

    def account(self) -> dict[str, Any]:
        """The settings of the app, for all campaigns so far."""
        return {
            "client_id": self.oauth.client_id,
            "client_secret": self.oauth.client_secret,
            "campaigns": list(self.books),
            "signing_key": self.endpoint.signing_key,
            "endpoint_id": self.endpoint.id,
            "base_url": self.url,
        }

    # -------------------------------------------------------------------------------------------------------- campaigns

    def add_campaign(
        self,
        title: str,
        *,
        currency: str = "GBP",
        goal_minor: int | None = None,
        team: Campaign | str | None = None,
        event: Campaign | str | None = None,
        cause: str | None = None,
        published: bool = True,
    ) -> Campaign:
        """A campaign, by itself or in support of a team campaign, an event, or both. ``cause`` is a charity's name."""
        above = [self._of(kind, named) for kind, named in ((Kind.TEAM_CAMPAIGN, team), (Kind.EVENT, event)) if named]
        return self.state.add(Kind.CAMPAIGN, title, currency, goal_minor, above, cause, out=published)

    def add_team_campaign(
        self, title: str, *, currency: str = "GBP", goal_minor: int | None = None, event: Campaign | str | None = None
    ) -> Campaign:
        """A team campaign, by itself or in support of an event."""
        above = [self._of(Kind.EVENT, event)] if event else []
        return self.state.add(Kind.TEAM_CAMPAIGN, title, currency, goal_minor, above, None, out=True)

    def add_event(
        self, title: str, *, currency: str = "GBP", goal_minor: int | None = None, cause: str | None = None
    ) -> Campaign:
        """A fundraising event."""
        return self.state.add(Kind.EVENT, title, currency, goal_minor, [], cause, out=True)

    async def publish(self, *, campaign: Which = None) -> None:
        """An unpublished campaign can be given to, and subscribed."""
        known = self._campaign(campaign)
        known.published_at = known.updated_at = self.clock.now()
        await self._tell_of(known)

    async def retire(self, *, campaign: Which = None) -> None:
        """A campaign has ended."""
        known = self._campaign(campaign)
        known.retired_at = known.updated_at = self.clock.now()
        await self._tell_of(known)

    async def raise_goal(self, minor: int, *, campaign: Which = None) -> None:
        """A goal is raised; the original one stays."""
        known = self._campaign(campaign)
        if minor <= (known.goal or 0):
            raise ValueError("a goal can only be raised")
        known.goal, known.updated_at = minor, self.clock.now()
        known.original_goal = known.original_goal or minor
        await self._tell_of(known)

    async def move_total(self, minor: int, *, campaign: Which = None) -> None:
        """A total is corrected, up or down, without a donation. *Assumed*: that this is told as ``fact_updated``."""
        known = self._campaign(campaign)
        self.state.move(known, minor)
        await self._tell_of(*self.state.lineage(known))

    def add_milestone(self, title: str, minor: int, *, campaign: Which = None, active: bool = True) -> Milestone:
        """A milestone of a campaign or team campaign. Nothing is told."""
        return self.state.promise(self._campaign(campaign), title, minor, active=active)

    # -------------------------------------------------------------------------------------------------------- donations

    async def donate(
        self,
        minor: int,
        *,
        campaign: Which = None,
        donor_name: str = "Sample Donor",
        comment: str | None = None,
        sustained: bool = False,
        completed: bool = True,
    ) -> Donation:
        """Somebody gives: it is listed and told, and counts once it is completed."""
        donation = self.state.donate(self._campaign(campaign), minor, donor_name, comment, sustained=sustained)
        if completed:
            await self.complete(donation)
        else:
            self.notices.donation_updated(donation)  # *assumed*: that these are told
            await asyncio.sleep(0)
        return donation

    async def complete(self, donation: Gift) -> None:
        """The payment of a donation has come."""
        known = self._donation(donation)
        self.state.complete(known)
        self.notices.donation_updated(known)
        await self._tell_of(*self.state.lineage(self.state.campaigns[known.campaign]))

    async def moderate(self, donation: Gift, *, donor_name: str = ANONYMOUS, comment: str | None = None) -> None:
        """The words of an old donation change: the same donation is told again as another event."""
        known = self._donation(donation)
        known.donor_name, known.comment = donor_name, comment
        self.notices.donation_updated(known)
        await asyncio.sleep(0)

    def refund(self, donation: Gift) -> None:
        """A donation is given back: totals fall, it is listed no more, and nobody is told."""
        self.state.take_back(self._donation(donation))

    def add_match(
        self,
        pledged_minor: int,
        *,
        campaign: Which = None,
        matched_by: str = "Sample Sponsor",
        match_type: MatchType = "amount",
    ) -> Match:
        """From now on a sponsor matches what others give to a campaign. Nothing is told, and no total moves (*assumed*)."""
        return self.state.match(self._campaign(campaign), matched_by, match_type, pledged_minor)

    async def end_match(self, match: Match | str) -> Donation | None:
        """A match ends: the sponsor's own donation comes, like any other; None where nothing is due."""
        known = match if isinstance(match, Match) else self.state.matches[match]
        if not known.active:
            raise ValueError("the match has ended already")
        campaign, gift = self.state.campaigns[known.campaign], None
        if known.due:
            gift = self.state.donate(campaign, known.due, known.matched_by, "Donation match", sustained=False)
            known.donation_id = gift.id
        known.completed_at = known.updated_at = self.clock.now()
        if gift:
            await self.complete(gift)
        return gift

    # --------------------------------------------------------------------------------------------- dashboard and faults

    def activate(self) -> None:
        """The endpoint is activated in the dashboard."""
        self.endpoint.activate(self.clock.now())

    def deactivate(self) -> None:
        """The endpoint is deactivated: nothing is delivered any more."""
        self.endpoint.deactivate(self.clock.now())

    def subscribe(self, event_types: Sequence[str], *, campaign: Which = None) -> None:
        """A campaign is subscribed in the dashboard."""
        if unknown := set(event_types) - EVENT_TYPES:
            raise ValueError(f"no such event types: {', '.join(sorted(unknown))}")
        self.endpoint.subscribe(self._campaign(campaign).native_id, event_types, self.clock.now())

    def rotate_key(self) -> str:
        """Signs with a new key from now on, also what is tried again. Gives the new key."""
        return self.endpoint.rotate_key()

    async def send_test(self, *, fact: bool = False) -> None:
        """The button in the dashboard: a made-up donation, or campaign, under the source ``test``."""
        event, data = (FACT_UPDATED, samples.FACT) if fact else (DONATION_UPDATED, samples.DONATION)
        self.notices.say(f"public:direct:{event}", data, TEST_SOURCE)
        await asyncio.sleep(0)

    async def say(self, event_type: str, data: dict[str, Any], *, campaign: Which = None) -> None:
        """Sends anything as an event about a campaign, signed, whoever subscribed to what."""
        self.notices.say(event_type, data, source_of(self._campaign(campaign)))
        await asyncio.sleep(0)

    def expire_tokens(self) -> None:
        """No access token is good any more."""
        self.oauth.expire()

    # ------------------------------------------------------------------------------------------------------------ parts

    async def _tell_of(self, *campaigns: Campaign) -> None:
        for known in campaigns:
            self.notices.fact_updated(known)
        await asyncio.sleep(0)  # lets what was started begin, also when much is told in a row

    def _campaign(self, which: Which) -> Campaign:
        if isinstance(which, Campaign):
            return which
        found = which or next(iter(self.books), None)
        if found not in self.state.campaigns:
            raise LookupError("there is no such campaign")
        return self.state.campaigns[found]

    def _of(self, kind: Kind, which: Campaign | str) -> Campaign:
        known = self._campaign(which)
        if known.kind is not kind:
            raise ValueError(f"{known.native_id} is no {kind}")
        return known

    def _donation(self, gift: Gift) -> Donation:
        found = self.state.donations.get(gift if isinstance(gift, str) else gift.id)
        if found is None:
            raise LookupError("there is no such donation")
        return found


async def _nothing(_: Request) -> Any:
    raise Refused(404)
