"""Every bound of the outward ports in one value, so that a test or an operator sets one and leaves the rest."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes, after decoding."""

    attempts: int = 3
    connect: timedelta = timedelta(seconds=2)
    """Finding the address, connecting and TLS, also waiting for a free connection."""
    deadline: timedelta = timedelta(seconds=5)
    """One ``send`` with its attempts and pauses, and the opening of a WebSocket. No pause is ever longer."""
    first_pause: timedelta = timedelta(milliseconds=200)
    """Upper end of the first pause; it doubles with each attempt up to ``longest_pause``."""
    longest_pause: timedelta = timedelta(seconds=2)
    longest_wait: timedelta = timedelta(minutes=15)
    """A network that asks for more patience than this is asked again after this."""
    window: timedelta = timedelta(seconds=30)
    """In which an account's calls, failures and retries are counted."""
    retries: int = 3
    """How often an account may always try again in a ``window``; beyond that for ``retry_percent`` of its calls."""
    retry_percent: int = 20
    breaker_calls: int = 20
    """An account's breaker opens when of so many attempts in a ``window`` or more ``breaker_percent`` failed."""
    breaker_percent: int = 50
    breaker_rest: timedelta = timedelta(seconds=30)
    """How long a network is left alone then, before the probes."""
    probes: int = 3
    """So many attempts at once try whether it is back; when each of them was answered, it is."""
    places: int = 10
    """Attempts of one account at once. Others wait within their deadline."""
    hosts: int = 1_000
    """For which a process remembers when they were asked on a budget whose calls have to be apart."""
    body: int = 5 * 1024 * 1024
    download: int = 2 * 1024 * 1024 * 1024
    download_deadline: timedelta = timedelta(minutes=15)
    download_silence: timedelta = timedelta(seconds=10)
    """The longest that a download may bring nothing."""
    message: int = 1024 * 1024
    """One WebSocket message."""
    goodbye: timedelta = timedelta(seconds=1)
    """How long the other side of a WebSocket may take to answer our close."""
