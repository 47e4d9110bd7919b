"""Telling the endpoint: https://developers.tiltify.com/docs/webhooks/receiving-webhooks and the page on retries.

What happened while the endpoint was not active is not told later: *assumed*.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from connectors.testing.emulation import Attempt, DeliveryFaults, Outgoing, Plan, ScaledClock, Sender
from connectors.tiltify.emulator.campaigns import Campaign
from connectors.tiltify.emulator.endpoint import DONATION_UPDATED, FACT_UPDATED, Endpoint
from connectors.tiltify.emulator.faults import PASSING, STALE_BY, Fault
from connectors.tiltify.emulator.gifts import Donation
from connectors.tiltify.emulator.ids import draw_id, draw_key
from connectors.tiltify.emulator.moments import iso
from connectors.tiltify.emulator.payloads import (
    DONATION_ESSENTIALS,
    FACT_ESSENTIALS,
    Json,
    donation_data,
    fact_data,
)
from connectors.tiltify.emulator.signing import signature
from connectors.tiltify.emulator.state import State

RETRIES: Final = tuple(timedelta(seconds=s) for s in (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900))
TIMEOUT: Final = timedelta(seconds=10)
"""*Assumed*."""
USER_AGENT: Final = "Tiltify Outgoing Webhook"
NIL: Final = "00000000-0000-0000-0000-000000000000"
TEST_SOURCE: Final = ("test", NIL)
UNKNOWN_EVENT: Final = "public:direct:confetti_updated"
_ESSENTIALS: Final = {DONATION_UPDATED: DONATION_ESSENTIALS, FACT_UPDATED: FACT_ESSENTIALS}
_LATE: Final = {DONATION_UPDATED: Fault.LATE_DONATION, FACT_UPDATED: Fault.LATE_FACT}

Source: TypeAlias = tuple[str, str]
"""``subscription_source_type`` and ``subscription_source_id``."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event, the same in all of its attempts."""

    id: str
    event_type: str
    data: Json
    generated_at: datetime
    source: Source

    @property
    def event(self) -> str:
        """The last part of the type."""
        return self.event_type.rpartition(":")[2]

    def body(self, attempted_at: datetime) -> bytes:
        """Those of one attempt."""
        meta = {
            "id": self.id,
            "event_type": self.event_type,
            "generated_at": iso(self.generated_at),
            "attempted_at": iso(attempted_at),
            "subscription_source_type": self.source[0],
            "subscription_source_id": self.source[1],
        }
        text = json.dumps({"data": self.data, "meta": meta}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()


class Notices:
    """Sends to what ``callback`` gives, and to nobody while that is None."""

    def __init__(
        self, state: State, endpoint: Endpoint, clock: ScaledClock, seed: int, callback: Callable[[], str | None]
    ) -> None:
        self.faults = DeliveryFaults(Fault, PASSING)
        # mischief has a generator of its own, so that ids do not depend on how many attempts were made
        self.sender = Sender(clock, RETRIES, TIMEOUT, accepts, random.Random(f"{seed}-mischief"))
        self._state = state
        self._endpoint = endpoint
        self._clock = clock
        self._rng = random.Random(f"{seed}-notices")
        self._stranger = draw_key(self._rng)
        self._callback = callback
        self._held: dict[tuple[Source, str], list[tuple[Notice, Plan[Fault]]]] = {}

    def donation_updated(self, donation: Donation) -> None:
        """A donation was made or changed: direct to who subscribed its campaign, indirect to who subscribed what is above."""
        own = self._state.campaigns[donation.campaign]
        for known in self._state.lineage(own):
            relation = "direct" if known is own else "indirect"
            for event_type in self._endpoint.wanted(known.native_id, relation, DONATION_UPDATED):
                data = donation_data(self._state, donation, private=event_type.startswith("private:"))
                self.say(event_type, data, source_of(known))

    def fact_updated(self, campaign: Campaign) -> None:
        """A campaign changed: direct to who subscribed it, indirect to who subscribed what is above."""
        for known in self._state.lineage(campaign):
            relation = "direct" if known is campaign else "indirect"
            for event_type in self._endpoint.wanted(known.native_id, relation, FACT_UPDATED):
                self.say(event_type, fact_data(self._state, campaign), source_of(known))

    def say(self, event_type: str, data: Json, source: Source) -> None:
        """Starts delivering an event, whoever wants to hear it."""
        notice = Notice(draw_id(self._rng), event_type, data, self._clock.now(), source)
        late = _LATE.get(notice.event)
        plan = self.faults.take(without=[fault for fault in _LATE.values() if fault is not late])
        if late is not None and late in plan:
            self._held.setdefault((source, notice.event), []).append((notice, plan))
            return
        self._send(notice, plan, self._held.pop((source, notice.event), []))

    def _send(self, notice: Notice, plan: Plan[Fault], behind: list[tuple[Notice, Plan[Fault]]]) -> None:
        callback = self._callback()
        if callback is None:
            return

        def make(number: int) -> Outgoing | None:
            wanted = self._endpoint.active or notice.source == TEST_SOURCE  # *assumed*: tests need no activation
            return self._outgoing(notice, plan.at(number)) if wanted else None

        def heard(attempt: Attempt) -> None:
            if accepts(attempt):
                while behind:
                    self._send(*behind.pop(0), [])
            elif attempt.given_up:
                self._endpoint.deactivate(self._clock.now())

        for _ in range(2 if Fault.DUPLICATED in plan else 1):
            self.sender.send(callback, make, heard)

    def _outgoing(self, notice: Notice, faults: frozenset[Fault]) -> Outgoing:
        moment = self._clock.now() - (STALE_BY if Fault.STALE in faults else timedelta())
        body, timestamp = _spoiled(notice, faults).body(moment), iso(moment)
        key = self._stranger if Fault.WRONG_SIGNATURE in faults else self._endpoint.signing_key
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "X-Tiltify-Endpoint": NIL if Fault.OTHER_ENDPOINT in faults else self._endpoint.id,
            "X-Tiltify-Timestamp": timestamp,
            "X-Tiltify-Signature": signature(key, timestamp, body),
            "X-Tiltify-Verision": "v5",  # as the documentation prints it
        }
        if Fault.TAMPERED in faults:
            body = body.replace(b'"value":"', b'"value":"9', 1)
        if Fault.RESERIALISED in faults:
            body = json.dumps(json.loads(body)).encode()
        return Outgoing(headers, body)


def accepts(attempt: Attempt) -> bool:
    """Any 2xx counts as delivered."""
    return 200 <= attempt.status < 300


def source_of(campaign: Campaign) -> Source:
    """A subscribed campaign. *Assumed*: the words for the kinds; known is only ``test``."""
    return str(campaign.kind), campaign.id


def _spoiled(notice: Notice, faults: frozenset[Fault]) -> Notice:
    data: Mapping[str, Any] = notice.data
    kept = _ESSENTIALS.get(notice.event, tuple(data))
    if Fault.MISSING_FIELDS in faults:
        data = {name: value for name, value in data.items() if name in kept}
    if Fault.NULL_FIELDS in faults:
        data = {name: value if name in kept else None for name, value in data.items()}
    if Fault.UNKNOWN_FIELDS in faults:
        data = {**data, "unheard_of": {"value": "1e999", "currency": "???"}, "": []}
    event_type = UNKNOWN_EVENT if Fault.UNKNOWN_EVENT in faults else notice.event_type
    return Notice(notice.id, event_type, dict(data), notice.generated_at, notice.source)
