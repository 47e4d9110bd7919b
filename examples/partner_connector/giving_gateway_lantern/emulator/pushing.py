"""How Lantern delivers: https://lantern.example/developers/webhooks"""

import hashlib
import hmac
import json
import random
from datetime import timedelta
from typing import Final

from connectors.testing.emulation import Attempt, Outgoing, ScaledClock, Sender

from giving_gateway_lantern.emulator.state import Json

RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
TIMEOUT: Final = timedelta(seconds=10)


class Pushing:
    """Signs deliveries and sends them. Each attempt is signed anew, as its time is signed, too."""

    def __init__(self, clock: ScaledClock, rng: random.Random) -> None:
        self.sender = Sender(clock, RETRIES, TIMEOUT, _accepted, rng)
        self._clock = clock
        self._rng = rng
        self.renew()

    def renew(self) -> None:
        """From now on signatures are made with a new secret."""
        self.secret = f"ls_{self._rng.randbytes(16).hex()}"

    def push(self, callback: str, message: Json) -> None:
        """Begins to deliver a message."""
        body = json.dumps(message).encode()
        self.sender.send(callback, lambda _attempt: self._signed(body))

    def _signed(self, body: bytes) -> Outgoing:
        seconds = int(self._clock.now().timestamp())
        digest = hmac.new(self.secret.encode(), b"%d.%b" % (seconds, body), hashlib.sha256).hexdigest()
        return Outgoing({"Content-Type": "application/json", "Lantern-Signature": f"t={seconds},v1={digest}"}, body)


def _accepted(attempt: Attempt) -> bool:
    return 200 <= attempt.status < 300
