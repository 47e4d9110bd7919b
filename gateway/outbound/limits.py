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
    body: int = 5 * 1024 * 1024
    download: int = 2 * 1024 * 1024 * 1024
    download_deadline: timedelta = timedelta(minutes=15)
    download_silence: timedelta = timedelta(seconds=10)
    """The longest that a download may bring nothing."""
    message: int = 1024 * 1024
    """One WebSocket message."""
    goodbye: timedelta = timedelta(seconds=1)
    """How long the other side of a WebSocket may take to answer our close."""
