"""The one channel ``changes``: every process hears every change of every campaign.

Redis delivers at most once. So a listener is told ``lost`` before the first message and after every reconnect, and must
then read again what it knows; correctness comes from that read, speed from the messages.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from gateway.store import keys
from schema.model.errors import BadUserInput, LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.time import from_micros
from schema.model.total import Place

RETRY_SECONDS: Final = 0.5
PING_SECONDS: Final = 5.0
"""After how long without a message the server is asked whether it is there, and how long it may take to say so, or to let
somebody listen."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TotalMoved:
    """The newest state of a campaign's total, as its script published it. Blank figures are None."""

    campaign: CampaignId
    place: Place
    raised: int | None
    refunded: int | None
    count: int | None
    at: datetime
    sources: int
    donors: int | None
    kind: str
    """"received", "late", "changed", or "" when no donation is behind it."""
    entity: bytes
    """The donation behind it, or empty."""


@dataclass(frozen=True, slots=True)
class DoubtChanged:
    """A network states so much less of a campaign that it is not believed yet, or no longer does.

    ``stated_at`` is when the figure that is held was last stated, None when there is no doubt any more.
    """

    campaign: CampaignId
    stated_at: datetime | None


@dataclass(frozen=True, slots=True)
class WordsChanged:
    """A campaign's description was read again."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class PostsChanged:
    """Posts, their counters or followers on a network were read again."""

    platform: str


@dataclass(frozen=True, slots=True)
class MilestonesChanged:
    """Other milestones of a campaign are known."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """An account was heard of, or fell silent."""

    account: str


@dataclass(frozen=True, slots=True)
class RatesChanged:
    """Other reference rates are known."""


Change = TotalMoved | DoubtChanged | WordsChanged | PostsChanged | MilestonesChanged | HealthChanged | RatesChanged


def parse(message: bytes) -> Change | None:
    """What a message says, or None for one of another version of this software."""
    kind, _, rest = message.partition(b"\n")
    try:
        if kind == b"total":
            campaign, place, raised, refunded, count, at, sources, donors, news, tail = rest.split(b"\n", 9)
            return TotalMoved(
                CampaignId.parse(campaign.decode()),
                Place.parse(place.decode()),
                _figure(raised),
                _figure(refunded),
                _figure(count),
                datetime.fromtimestamp(int(at), UTC),
                int(sources),
                _figure(donors),
                news.decode(),
                tail[:16],
            )
        if kind == b"doubt":
            campaign, _, stated = rest.partition(b"\n")
            return DoubtChanged(CampaignId.parse(campaign.decode()), from_micros(int(stated)) if stated else None)
        if kind == b"words":
            return WordsChanged(CampaignId.parse(rest.decode()))
        if kind == b"posts":
            return PostsChanged(rest.decode())
        if kind == b"milestones":
            return MilestonesChanged(CampaignId.parse(rest.decode()))
        if kind == b"health":
            return HealthChanged(rest.decode())
        if kind == b"rates":
            return RatesChanged()
    except (ValueError, OverflowError, OSError, BadUserInput):  # a moment may lie beyond any calendar
        return None
    return None


def _figure(text: bytes) -> int | None:
    return int(text) if text else None


async def _message(channel: PubSub, seconds: float) -> Any:
    """The next one, or None where none came in time. Raises TimeoutError, an OSError, where the client connected anew by
    itself, as it does when a line breaks, and was not answered: for that it knows no limit.
    """
    async with asyncio.timeout(2 * seconds):
        return await channel.get_message(timeout=seconds)


async def _hear_all(channel: PubSub, hear: Callable[[Change], None], ping_seconds: float) -> None:
    """Hears until the connection breaks, also by falling silent: a line that was cut without a word looks like a quiet one."""
    asked = False
    while True:
        message = await _message(channel, ping_seconds)
        if message is None:
            if asked:
                raise ConnectionError("the server no longer answers")
            await channel.ping()
            asked = True
            continue
        asked = False
        change = parse(message["data"]) if message["type"] == "message" else None
        if change is not None:
            hear(change)


async def listen(
    client: Redis,
    hear: Callable[[Change], None],
    lost: Callable[[], Awaitable[None]],
    silent: Callable[[], None],
    *,
    ping_seconds: float = PING_SECONDS,
) -> None:
    """Hears changes for ever. ``lost`` is awaited after each (re)connect, while messages already queue up behind it;
    ``silent`` is called when the connection broke. ``client`` must have no socket timeout.
    """
    while True:
        try:
            async with contextlib.aclosing(client.pubsub(ignore_subscribe_messages=False)) as channel:
                # the client itself has no timeout, and what takes a connection may never answer on it
                async with asyncio.timeout(ping_seconds):
                    await channel.subscribe(keys.CHANNEL)
                confirmed = await _message(channel, ping_seconds)
                if confirmed is None or confirmed["type"] != "subscribe":
                    continue
                await lost()
                await _hear_all(channel, hear, ping_seconds)
        except (RedisError, OSError) as error:
            log.warning("bus.lost", error=type(error).__name__)
        except LedgerUnavailable:
            log.warning("bus.unread")
        silent()
        await asyncio.sleep(RETRY_SECONDS)
