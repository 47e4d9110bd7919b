"""How this Twitch behaves: its numbers, and the forms that its payloads can take.

All of it may be changed while the emulator runs, but for ``retries`` and ``answer_within``. What Twitch does not publish is
marked *assumed*.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Target = Literal["given", "null", "missing"]
Broadcaster = Literal["broadcaster", "broadcaster_user"]


@dataclass(slots=True)
class Habits:
    """Its numbers. Durations pass on the emulator's clock, except ``answer_within``, which a receiver has in real time."""

    # Tokens: https://dev.twitch.tv/docs/authentication/refresh-tokens/
    user_token_life: timedelta = timedelta(hours=4)  # assumed
    app_token_life: timedelta = timedelta(days=60)  # assumed
    rotates_refresh_tokens: bool = False

    # Helix: https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits
    points_per_minute: int = 800

    # Subscriptions: https://dev.twitch.tv/docs/eventsub/manage-subscriptions/
    subscriptions_per_page: int = 100  # assumed

    # Webhooks: https://dev.twitch.tv/docs/eventsub/handling-webhook-events
    allow_http: bool = True
    """Takes callbacks over http too, and reaches one that says ``https`` on this machine over http."""
    answer_within: timedelta = timedelta(seconds=10)  # of the command line tool
    retries: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))  # assumed
    failures_allowed: int = 10  # assumed: failed attempts of one subscription in a row

    # WebSocket: https://dev.twitch.tv/docs/eventsub/handling-websocket-events
    unused_after: timedelta = timedelta(seconds=10)
    reconnect_grace: timedelta = timedelta(seconds=30)
    listed_after_end: timedelta = timedelta(hours=1)


@dataclass(slots=True)
class Forms:
    """The forms that were seen in the wild or that no source settles. As they stand: what the documentation shows."""

    # Names: https://github.com/twitchdev/issues/issues/738 and 838, https://github.com/twitchdev/twitch-cli
    donate_broadcaster: Broadcaster = "broadcaster_user"
    state_broadcaster: Broadcaster = "broadcaster"
    target_amount_in_donations: bool = False
    beta_amounts: bool = False
    """``amount.amount`` where ``amount.value`` belongs: https://github.com/twitchdev/issues/issues/642"""

    # Amounts: https://github.com/twitchdev/issues/issues/696
    blank_progress: bool = False
    """In progress: no currency in either amount, and a goal of 0."""
    blank_start: bool = False
    """In start: no currency in either amount."""
    target: Target = "given"
    extra_decimals: int = 0
    """So many decimals more than the currency has: the same amount, written otherwise."""

    # Fields: https://github.com/twitchdev/twitch-cli/issues/263
    short_charity: bool = False
    """Start and progress come without the charity's description and website."""
    stop_without_charity: bool = False

    # Lists: https://github.com/twitchdev/issues/issues/643 and 697; the order is assumed
    no_campaign_is_404: bool = False
    donations_unlisted: bool = False
    oldest_first: bool = False
    endless: Literal["", "circle", "line"] = ""
    """Each page of a list of donations, which is empty, names another: the same one, or a new one for ever. No page does so."""

    # Ids: https://github.com/twitchdev/issues/issues/838
    uuid_campaign_ids: bool = False
    opaque_donation_ids: bool = False
    shared_donation_ids: bool = False
    """Two donations of one user in one second get one id. Not so by default (assumed)."""

    # Messages
    progress_before_start: bool = False
    """The start event comes only after the first progress event was delivered."""
    pause_sends_stop: bool = True  # assumed
    restamped_resends: bool = False
    """A resend tells the time of its sending. By default the time belongs to the message, as its id does (assumed)."""
