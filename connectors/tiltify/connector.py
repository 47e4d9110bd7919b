"""Tiltify, for one app: campaigns asked over REST, and pushed over a webhook where there is an endpoint.

https://developers.tiltify.com/api-reference/public
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.contract import (
    Connector,
    Delivery,
    KeepsFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsMilestones,
    Receipt,
    ReceivesDeliveries,
)
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from connectors.tiltify import mapping, sheet, webhook
from connectors.tiltify.api import Api
from connectors.tiltify.fields import Native, uuid_or_none
from connectors.tiltify.parents import Parents
from connectors.tiltify.settings import Account, Push
from connectors.tiltify.subscriptions import Subscriptions
from schema.model.campaign import Milestone
from schema.model.charity import Charity
from schema.model.errors import NotFound, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import CampaignState, Movement
from schema.model.time import micros, rfc3339
from schema.model.total import AmountSource

INCLUSIVE: Final = timedelta(seconds=1)
"""Whether ``completed_after`` takes in its own moment is not told."""


class Tiltify:
    """What can be asked. Answers carry no number that grows with a total, so they are dated by when they were asked for."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._campaigns = account.campaigns
        self._api = Api(account, ports)
        self._clock = ports.clock
        self._parents = Parents(self._api, ports.clock, account.campaigns)
        self._charities: dict[str, Charity] = {}

    async def campaign(self, native_id: str) -> CampaignState:
        """The campaign as Tiltify states it now. Raises NotFound."""
        return await self._state(_native(native_id))

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The configured ones. One that Tiltify does not know, or that cannot be read, hides no other.

        Raises after the last of them what cannot be read, or else NotFound with the places of all that Tiltify does not know.
        """
        missing: list[str] = []
        problem: UpstreamGarbled | None = None
        await self._parents.refresh()
        for place, native in enumerate(self._campaigns.values(), 1):
            try:
                state = await self._state(native)
            except NotFound:
                missing.append(f"entry {place}")
            except UpstreamGarbled as error:
                problem = problem or error
            else:
                yield state
        if problem is not None:
            raise problem
        if missing:
            raise NotFound(f"Tiltify does not know {', '.join(missing)} of campaigns: is its kind right, and its UUID?")

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """All donations that Tiltify lists, or those completed at or after ``since``. Raises NotFound.

        A row that cannot be read does not hide the others: it is raised after the last of them.
        """
        native, asked_at = _native(campaign), self._clock.now()
        problem: UpstreamGarbled | None = None
        try:
            matches = await self._matches(native)
        except UpstreamGarbled as error:
            matches, problem = frozenset[str](), error
        query = {} if since is None else {"completed_after": rfc3339(since - INCLUSIVE)}
        async for words in self._api.rows(f"{native.path}/donations", query):
            try:
                with readable():
                    movement = mapping.donation(
                        words,
                        version=micros(asked_at - sheet.LAG),
                        told_at=asked_at,
                        source=AmountSource.PLATFORM_API,
                        told_of=native,
                        matches=matches,
                    )
            except UpstreamGarbled as error:
                problem = problem or error
            else:
                yield movement
        if problem is not None:
            raise problem

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """Those that are switched on, lowest first; none of a fundraising event, which has no such thing. Raises NotFound."""
        native = _native(native_id)
        if native.kind not in sheet.WITH_MILESTONES:
            return ()
        found = []
        async for words in self._api.rows(f"{native.path}/milestones"):
            with readable():
                found.append(mapping.milestone(words))
        return sorted((one for one in found if one is not None), key=lambda one: one.amount.minor)

    async def _state(self, native: Native) -> CampaignState:
        version = micros(self._clock.now() - sheet.LAG)
        words = await self._api.one(native.path)
        with readable():
            state = mapping.campaign(words, native, version=version, source=AmountSource.PLATFORM_API)
            cause = uuid_or_none(words, "cause_id")
        told = [Native.parse(parent) for parent in state.part_of or ()]
        above = {parent for parent in (*told, *self._parents.of(native)) if parent is not None}
        if above:
            state = replace(state, part_of=tuple(str(one) for one in sorted(above, key=lambda one: (one.distance, one.uuid))))
        return state if cause is None else replace(state, charity=await self._charity(cause))

    async def _charity(self, cause: str) -> Charity | None:
        """The charity, asked for once. Where it cannot be had now it is not said: a total must not wait for a name."""
        if cause not in self._charities:
            try:
                words = await self._api.one(f"/api/public/causes/{cause}")
                with readable():
                    found = mapping.charity(words)
            except (NotFound, UpstreamGarbled, UpstreamUnavailable):
                return None
            if found is None:
                return None
            self._charities[cause] = found
        return self._charities[cause]

    async def _matches(self, native: Native) -> frozenset[str]:
        """The donations by which sponsors have paid. A match that is running has none, and is not money."""
        found: set[str | None] = set()
        if native.kind in sheet.WITH_MATCHES:
            try:
                async for words in self._api.rows(f"{native.path}/donation_matches"):
                    with readable():
                        found.add(uuid_or_none(words, "donation_id"))
            except NotFound:
                pass
        return frozenset(donation for donation in found if donation is not None)


class TiltifyWebhook(Tiltify):
    """Tiltify pushes to our address, which somebody has entered in its dashboard."""

    def __init__(self, account: Account, push: Push, ports: Ports) -> None:
        super().__init__(account, ports)
        self._keys = push.keys
        self._subscriptions = Subscriptions(self._api, push.endpoint, account.campaigns.values())

    def receive(self, delivery: Delivery) -> Receipt:
        """Verifies, then reads. Raises DeliveryRejected or Unreadable."""
        return webhook.receive(delivery, keys=self._keys, campaigns=self._campaigns)

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """Makes Tiltify push everything about the configured campaigns to the endpoint, see ``Subscriptions.keep``.

        The address of an endpoint can be set in the dashboard only, so ``callback`` is what must stand there.
        """
        await self._subscriptions.keep()


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account: its endpoint decides what it can do. Raises SettingsInvalid with all problems."""
    account = Account.of(settings)
    return Tiltify(account, ports) if account.push is None else TiltifyWebhook(account, account.push, ports)


def _native(text: str) -> Native:
    native = Native.parse(text)
    if native is None:
        raise NotFound("Tiltify has nothing of such an id")
    return native


_asks: tuple[type[ReadsCampaigns], type[ListsCampaigns], type[ListsDonations], type[ReadsMilestones]] = (
    Tiltify,
    Tiltify,
    Tiltify,
    Tiltify,
)
_pushes: tuple[type[ReceivesDeliveries], type[KeepsFeed]] = (TiltifyWebhook, TiltifyWebhook)
