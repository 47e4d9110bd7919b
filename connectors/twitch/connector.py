"""Twitch charity campaigns of one broadcaster: asked over REST, pushed over a webhook or a socket.

https://dev.twitch.tv/docs/api/reference/#get-charity-campaign , https://dev.twitch.tv/docs/eventsub/
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from connectors.contract import (
    Connector,
    Delivery,
    KeepsFeed,
    ListensToFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    Receipt,
    ReceivesDeliveries,
)
from connectors.ports import Ports
from connectors.spec import Settings
from connectors.twitch import mapping, subscriptions, webhook
from connectors.twitch.feed import Feed
from connectors.twitch.helix import Helix
from connectors.twitch.settings import Account, read_account
from schema.model.campaign import CampaignStatus
from schema.model.errors import NotFound, Unreadable
from schema.model.facts import CampaignState, Fact, Movement
from schema.model.time import micros
from schema.model.total import AmountSource

LAG: Final = timedelta(seconds=10)
"""How far the lists may be behind the events; a state that was asked for is dated this much back (*assumed*)."""
PAGE: Final = "100"


class Twitch:
    """What can be asked. Twitch tells only the campaign that is running now, and nothing of it once it has ended."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._helix = Helix(account, ports)
        self._clock = ports.clock
        self._sockets = ports.sockets

    async def campaign(self, native_id: str) -> CampaignState:
        """The campaign, while it is running. Raises NotFound otherwise, also for one that is only paused."""
        async for running in self.campaigns():
            if running.native_id == native_id:
                return running
        raise NotFound("this campaign is not running now")

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The running one, or none. Which one ended is not told: only the ``stop`` event names it."""
        version = micros(self._clock.now() - LAG)
        async for row in self._helix.rows("/charity/campaigns", {"broadcaster_id": self._account.broadcaster}, grant="user"):
            yield mapping.campaign(row, version=version, status=CampaignStatus.ACTIVE, source=AmountSource.PLATFORM_API)

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """All donations that Twitch lists for the running campaign, whatever ``since`` says: rows have neither time nor order.

        A row that cannot be read does not hide the others: it is raised after the last of them, as Unreadable.
        """
        asked_at = self._clock.now()
        unreadable: Unreadable | None = None
        query = {"broadcaster_id": self._account.broadcaster, "first": PAGE}
        async for row in self._helix.rows("/charity/donations", query, grant="user"):
            if row.get("campaign_id") != campaign:
                continue
            try:
                yield mapping.donation(row, otherwise_at=asked_at, source=AmountSource.PLATFORM_API)
            except Unreadable as error:
                unreadable = unreadable or error
        if unreadable is not None:
            raise unreadable


class TwitchWebhook(Twitch):
    """Twitch pushes to our address."""

    def receive(self, delivery: Delivery) -> Receipt:
        """Verifies, then reads. Raises DeliveryRejected or Unreadable."""
        return webhook.receive(delivery, secret=self._account.eventsub_secret, broadcaster=self._account.broadcaster)

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """Makes Twitch push all four topics to ``callback``. Subscriptions are the broadcaster's, whatever the campaigns:
        one that has yet to start is heard of in no other way.
        """
        account = self._account
        await subscriptions.keep(
            self._helix, broadcaster=account.broadcaster, callback=callback, secret=account.eventsub_secret
        )


class TwitchSocket(Twitch):
    """Twitch pushes over a socket that we open."""

    async def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """Facts as they come, of whatever campaign runs. After FeedStarted come the running one and its donations.

        Ends by an error; closed earlier, it closes its sockets before it returns.
        """
        feed = Feed(
            self._sockets,
            self._account.socket_url,
            self._account.broadcaster,
            subscribe=self._subscribe,
            repair=self._standing,
        )
        async with aclosing(feed.facts()) as facts:  # so that the sockets close with this, not some time later
            async for fact in facts:
                yield fact

    async def _subscribe(self, session: str) -> None:
        await subscriptions.attach(self._helix, broadcaster=self._account.broadcaster, session=session)

    async def _standing(self) -> AsyncIterator[Fact]:
        async for running in self.campaigns():
            yield running
            async for movement in self.donations(running.native_id):
                yield movement


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account: its transport decides what it can do. Raises SettingsInvalid with all problems."""
    account = read_account(settings)
    return TwitchWebhook(account, ports) if account.transport == "webhook" else TwitchSocket(account, ports)


_asks: tuple[type[ReadsCampaigns], type[ListsCampaigns], type[ListsDonations]] = (Twitch, Twitch, Twitch)
_pushes: tuple[type[ReceivesDeliveries], type[KeepsFeed], type[ListensToFeed]] = (TwitchWebhook, TwitchWebhook, TwitchSocket)
