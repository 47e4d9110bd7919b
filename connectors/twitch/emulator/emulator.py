"""The emulator as one object: its parts, its campaigns, and who gives.

Facts and their sources: the parts' own modules. What Twitch leaves open is in ``habits``, marked *assumed*.
"""

import asyncio
import random
from typing import Any, Final

from starlette.applications import Starlette

from connectors.testing.emulation import Book, DeliveryFaults, Emulator, Outage, ScaledClock, Sender
from connectors.twitch.emulator.control import control
from connectors.twitch.emulator.errands import Errands
from connectors.twitch.emulator.eventsub import EventSub
from connectors.twitch.emulator.faults import Fault, Trouble
from connectors.twitch.emulator.gate import Gate
from connectors.twitch.emulator.habits import Forms, Habits
from connectors.twitch.emulator.helix import Helix
from connectors.twitch.emulator.messages import Mail, Message
from connectors.twitch.emulator.oauth import OAuth
from connectors.twitch.emulator.payloads import DONATE, PROGRESS, START, STOP, donate_event, state_event
from connectors.twitch.emulator.sockets import Sockets
from connectors.twitch.emulator.state import Broadcaster, Campaign, Charity, Donation, State
from connectors.twitch.emulator.subscriptions import AUTHORIZATION_REVOKED, Method, Subscriptions
from connectors.twitch.emulator.webhooks import Webhooks, accepted
from schema.model.money import MAX_DONATION, Currency


class TwitchEmulator(Emulator):
    """Twitch, as far as charity campaigns go.

    ``callback`` is not used: every subscription names its own. Switches: ``habits`` (numbers), ``forms`` (payloads),
    ``faults`` (webhooks), ``outage`` (Helix), ``token_outage``, ``trouble``, ``sender.mischief`` (shares), and the methods of
    ``mail`` and ``sockets``. Of an amount all here is in minor units.
    """

    key = "twitch"

    def __init__(
        self,
        *,
        transport: Method = "webhook",
        habits: Habits | None = None,
        clock: ScaledClock | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.transport = transport
        self.habits = habits or Habits()
        self.forms = Forms()
        self.faults = DeliveryFaults(Fault, passing=Fault)
        self.outage, self.token_outage, self.trouble = Outage(), Outage(), Trouble()
        self.state = State(self.clock, self.rng)
        # Mischief has a generator of its own, so that ids do not depend on how many attempts were made.
        self._sender = Sender(self.clock, self.habits.retries, self.habits.answer_within, accepted, random.Random(seed + 1))
        self.errands: Final = Errands()
        self._late_starts: dict[str, list[Message]] = {}
        self.oauth = OAuth(self.state, self.habits, self.token_outage)
        self.subscriptions = Subscriptions(self.state, self.habits)
        self.mail = Mail(self.state, self.subscriptions, self.trouble, self._sender)
        self.webhooks = Webhooks(self.state, self.habits, self.forms, self.faults, self.mail, self._sender, self.errands)
        self.sockets = Sockets(self.state, self.habits, self.trouble, self.subscriptions, self._sender, self.errands)
        self.mail.ways = {"webhook": self.webhooks.send, "websocket": self.sockets.send}
        gate = Gate(self.state, self.oauth, self.habits, self.outage, self.trouble)
        self._eventsub_secret = self.state.text(32)
        self._app = Starlette(
            routes=[
                *self.oauth.routes,
                *Helix(self.state, gate, self.forms).routes,
                *EventSub(self.state, self.habits, gate, self.subscriptions, self.webhooks, self.sockets).routes,
                *self.sockets.routes,
                control(self),
            ]
        )
        self.broadcaster: Final = self.add_broadcaster("Sample_Channel", "900100200")
        """The one that is meant where none is named."""

    @property
    def app(self) -> Starlette:
        """OAuth, Helix, EventSub, the socket and the control door."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers over webhook; its mischief also applies to sockets."""
        return self._sender

    def account(self, broadcaster_id: str | None = None) -> dict[str, Any]:
        """Settings of a connector for one broadcaster."""
        return {
            "client_id": self.oauth.client_id,
            "client_secret": self.oauth.client_secret,
            "refresh_token": self._broadcaster(broadcaster_id).refresh_token,
            "broadcaster_id": self._broadcaster(broadcaster_id).id,
            "eventsub_secret": self._eventsub_secret,
            "transport": self.transport,
            "base_url": f"{self.url}/helix",
            "auth_url": f"{self.url}/oauth2",
            "socket_url": f"{self.url.replace('http', 'ws', 1)}/ws",
        }

    # ------------------------------------------------------------------------------------------------------ campaigns

    def start_campaign(
        self,
        goal: int | None = 150_000,
        currency: str = "USD",
        *,
        charity: Charity | None = None,
        broadcaster_id: str | None = None,
    ) -> Campaign:
        """A campaign starts at 0. A broadcaster has one at a time."""
        broadcaster = self._broadcaster(broadcaster_id)
        if self.state.current(broadcaster.id):
            raise ValueError("the broadcaster has a campaign already: stop it first")
        decimals = Currency.of(currency).exponent
        campaign_id = self.state.uuid() if self.forms.uuid_campaign_ids else self.state.text(27)
        book = self.books[campaign_id] = Book(currency)
        campaign = Campaign(campaign_id, broadcaster, charity or Charity(), goal, decimals, book, self.clock.now())
        self.state.campaigns[campaign_id] = campaign
        self._begin(campaign)
        return campaign

    def pause(self, broadcaster_id: str | None = None) -> Campaign:
        """Helix forgets the campaign, and knows it again when it is resumed."""
        campaign = self._running(broadcaster_id)
        campaign.status = "paused"
        if self.forms.pause_sends_stop:
            self._publish(STOP, campaign)
        return campaign

    def resume(self, broadcaster_id: str | None = None) -> Campaign:
        """A paused campaign starts again, where it stood."""
        campaign = self.state.current(self._broadcaster(broadcaster_id).id)
        if campaign is None or campaign.status != "paused":
            raise ValueError("the broadcaster has no paused campaign")
        campaign.status = "running"
        self._begin(campaign)
        return campaign

    def stop(self, broadcaster_id: str | None = None) -> Campaign:
        """A campaign ends, and Helix forgets it for good. The book stays."""
        campaign = self.state.current(self._broadcaster(broadcaster_id).id)
        if campaign is None:
            raise ValueError("the broadcaster has no campaign")
        campaign.status = "stopped"
        self._publish(STOP, campaign)
        return campaign

    def raise_goal(self, goal: int, broadcaster_id: str | None = None) -> Campaign:
        """A goal can be raised and never lowered."""
        campaign = self._running(broadcaster_id)
        if goal <= (campaign.goal or 0):
            raise ValueError("a goal can only be raised")
        campaign.goal = goal
        self._publish(PROGRESS, campaign)
        return campaign

    def move_total(self, by: int, broadcaster_id: str | None = None) -> Campaign:
        """The total moves by so many minor units, up or down, and no donation is listed for it."""
        campaign = self._running(broadcaster_id)
        campaign.book.raised += by
        self._publish(PROGRESS, campaign)
        return campaign

    async def donate(
        self,
        value_minor: int,
        currency: str | None = None,
        *,
        user_name: str | None = None,
        user_id: str | None = None,
        broadcaster_id: str | None = None,
    ) -> Donation:
        """A viewer gives to the running campaign: an entry in the list, a raised total, a donate and a progress event.

        ``currency`` can only be the campaign's: what Twitch does with another one is not known.
        """
        campaign = self._running(broadcaster_id)
        if type(value_minor) is not int or not 0 < value_minor <= MAX_DONATION:
            raise ValueError("a donation is a positive number of minor units")
        if currency not in (None, campaign.book.currency):
            raise ValueError(f"the campaign is in {campaign.book.currency}")
        viewer, at = self.state.viewer(user_id, user_name), self.clock.now()
        if self.forms.opaque_donation_ids:
            donation_id = self.state.uuid()
        else:
            donation_id = self.state.donation_id(campaign, viewer.id, at, shared=self.forms.shared_donation_ids)
        donation = Donation(
            donation_id, campaign.id, viewer.id, viewer.login, viewer.name, value_minor, campaign.book.currency, at
        )
        campaign.add(donation)
        self.mail.publish(DONATE, campaign.broadcaster.id, donate_event(campaign, donation, self.forms))
        self._publish(PROGRESS, campaign)
        await asyncio.sleep(0)  # lets what was started begin, also when many donate in a row
        return donation

    def _begin(self, campaign: Campaign) -> None:
        event = state_event(START, campaign, self.forms, self.state.stamp())
        messages = self.mail.address(START, campaign.broadcaster.id, event)
        if self.forms.progress_before_start:
            self._late_starts[campaign.id] = messages
        else:
            self.mail.send(messages)

    def _publish(self, topic: str, campaign: Campaign) -> None:
        event = state_event(topic, campaign, self.forms, self.state.stamp())
        self.mail.publish(topic, campaign.broadcaster.id, event)
        if topic == PROGRESS and campaign.id in self._late_starts:
            self.errands.spawn(self._start_late(self._late_starts.pop(campaign.id)))

    async def _start_late(self, messages: list[Message]) -> None:
        await self._sender.settle()
        self.mail.send(messages)

    def _running(self, broadcaster_id: str | None) -> Campaign:
        campaign = self.state.running(self._broadcaster(broadcaster_id).id)
        if campaign is None:
            raise ValueError("the broadcaster has no running campaign")
        return campaign

    # ------------------------------------------------------------------------------------------- broadcasters, consent

    def add_broadcaster(self, name: str, broadcaster_id: str | None = None) -> Broadcaster:
        """One more channel that has granted the scope to the app."""
        broadcaster_id = broadcaster_id or str(self.rng.randrange(900_200_000, 900_900_000))
        broadcaster = Broadcaster(broadcaster_id, name.lower(), name, self.state.text(50).lower())
        self.state.broadcasters[broadcaster_id] = broadcaster
        return broadcaster

    def revoke_tokens(self) -> None:
        """Makes all access tokens invalid at once. Refresh tokens stay good."""
        self.oauth.revoke()

    def revoke_consent(self, broadcaster_id: str | None = None) -> None:
        """A broadcaster disconnects the app: no tokens, no refreshing, and all subscriptions end and say so."""
        broadcaster = self._broadcaster(broadcaster_id)
        broadcaster.consent = frozenset()
        self.oauth.revoke(broadcaster)
        self.revoke_subscriptions(AUTHORIZATION_REVOKED, broadcaster.id)

    def revoke_subscriptions(self, status: str = AUTHORIZATION_REVOKED, broadcaster_id: str | None = None) -> None:
        """Ends the subscriptions to a broadcaster's campaigns with a status, and says so."""
        broadcaster = self._broadcaster(broadcaster_id)
        for subscription in self.subscriptions.alive(broadcaster.id):
            self.mail.revoke(subscription, status)

    def _broadcaster(self, broadcaster_id: str | None) -> Broadcaster:
        return self.state.broadcasters[broadcaster_id] if broadcaster_id else self.broadcaster

    # ------------------------------------------------------------------------------------------------------------- end

    async def settle(self) -> None:
        """Waits until every challenge and every delivery over webhook is done with."""
        await self.errands.settle()
        await self._sender.settle()

    async def close(self) -> None:
        """Ends what is under way, and closes the sockets."""
        await self.errands.close()
        await self.sockets.close()
        await super().close()
