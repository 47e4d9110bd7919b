"""The one layer of retries: few attempts, full jitter, one total deadline, and a network's own wish to be left alone.

The loop is our own and not stamina's: there the clock, the chance and the sleep cannot be passed in (only a switch for the
whole process turns the waiting off in tests), and its hooks count in the global registry and log what the error quotes,
which may be an address with a token in it.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from connectors.http import Headers
from gateway.outbound.limits import Limits
from schema.model.errors import GivingError, UpstreamUnavailable

Answer = TypeVar("Answer")

_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)


class AttemptFailed(Exception):
    """One attempt gave no usable answer.

    ``outcome`` is one word for a counter, ``error`` is what the caller gets if it was the last one, ``again`` says whether
    another one could help and would do no harm, ``sent`` whether the network was asked.
    """

    def __init__(self, outcome: str, error: GivingError, *, again: bool, sent: bool = True) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.error = error
        self.again = again
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Patience:
    """Tries again. ``monotonic`` gives seconds, ``sleep`` takes them."""

    limits: Limits = field(default_factory=Limits)
    rng: random.Random = field(default_factory=random.SystemRandom)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(
        self, attempt: Callable[[float], Awaitable[Answer]], deadline: timedelta, more: Callable[[], bool] = lambda: True
    ) -> Answer:
        """What ``attempt`` gives; it is told how many seconds are left, keeps to them, and raises AttemptFailed. After one
        that was sent, ``more`` says whether there may be another.

        A pause that no longer fits is not begun: the error is raised at once, with ``retry_after`` as the network asked.
        """
        ends = self.monotonic() + deadline.total_seconds()
        number = 0
        while True:
            number += 1
            try:
                return await attempt(ends - self.monotonic())
            except AttemptFailed as error:
                failure = error
            try:
                pause = self._pause(number, failure.error)
                room = min(ends - self.monotonic(), self.limits.deadline.total_seconds())
                if not failure.again or number >= self.limits.attempts or pause >= room:
                    raise failure.error
                if failure.sent and not more():
                    raise failure.error
            finally:
                del failure  # its traceback holds this frame: else whatever was read would stay until cycles are looked for
            await self.sleep(pause)

    def _pause(self, number: int, error: GivingError) -> float:
        asked = error.retry_after if isinstance(error, UpstreamUnavailable) else None
        top = min(self.limits.first_pause * 2 ** (number - 1), self.limits.longest_pause)
        # the jitter also comes on top of what was asked: else everyone is back in the same moment
        return (asked or timedelta()).total_seconds() + self.rng.uniform(0, top.total_seconds())


def asked_wait(headers: Headers, now: datetime, longest: timedelta) -> timedelta | None:
    """How long an answer asks to wait, at most ``longest``; None when it does not say so, or not in a known form.

    ``Retry-After`` in seconds or as a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), else
    ``Ratelimit-Reset`` in Unix seconds (https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits).
    """
    said = headers.get("retry-after", "").strip()
    if not said:
        reset = headers.get("ratelimit-reset", "").strip()
        if not _DIGITS.fullmatch(reset):
            return None
        seconds = int(reset[:12]) - now.timestamp()
    elif _DIGITS.fullmatch(said):
        seconds = int(said[:12])
    else:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    return timedelta(seconds=min(max(seconds, 0), longest.total_seconds()))
