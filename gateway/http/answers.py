"""Answers to queries, kept as bytes while they hold: equal queries are executed once, however many ask.

Nothing is kept of what is asked for once. An answer is kept when others wait for it, or when the same was asked for before,
no longer ago than such an answer holds.

An answer goes with the step that moves anything it is made of, which is the step that wakes whoever follows that. So what is
kept is never older than a message of a feed that this process has told, and neither is what those get who ask later.
"""

import asyncio
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from sys import getsizeof
from typing import Any, Final, NamedTuple, Protocol

from gateway.http.limits import Limits
from gateway.http.recent import Recent
from gateway.http.requests import Key
from gateway.http.results import Result
from gateway.read.follower import Step
from gateway.read.notes import LISTED, Notes, Tag, moved

SHARE: Final = 8
"""An answer of more than this part of all the room is not kept: it would take the place of too many others."""
AGES: Final = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0)
"""Seconds by which the ages of answers are counted."""
_OVERHEAD: Final = 1_000
"""Bytes that an answer takes beside its texts; each of its tags takes so many more:"""
_TAG: Final = 300
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


class Asked(NamedTuple):
    """A query that is to be executed. ``outside``: whoever asks may keep the answer, too."""

    key: Key
    notes: Notes
    outside: bool = False


class Ground(Protocol):
    """What answers stand on, with the clock that dates it."""

    def now(self) -> datetime: ...

    @property
    def connected(self) -> bool:
        """Whether it is told what changes."""
        ...

    def turns_at(self, notes: Notes) -> datetime | None:
        """When what they name may first have become another by time alone, since they were begun."""
        ...


@dataclass(slots=True, eq=False)
class _Kept:
    """It holds ``until`` a moment. ``turns_at``: nobody may show it from then on, here or elsewhere."""

    key: Key
    result: Result
    tags: Collection[Tag]
    size: int
    whole: timedelta
    """How long it may be shown elsewhere where it does not turn."""
    made: datetime
    until: datetime
    turns_at: datetime
    asked: datetime
    """When it was asked for last."""

    def result_at(self, now: datetime) -> Result:
        """As it may be shown elsewhere: for less where it turns sooner."""
        left = self.turns_at - now
        return self.result if left >= self.whole else replace(self.result, max_age=_seconds(left))


@dataclass(slots=True, eq=False)
class _Making:
    """An answer that is being made."""

    notes: Notes
    overtaken: bool = False
    awaited: asyncio.Future[Result | None] | None = None
    """By others, where there are any; it gives None where whoever makes it has left."""

    def landed(self) -> asyncio.Future[Result | None]:
        """Gives it."""
        if self.awaited is None:
            self.awaited = asyncio.get_running_loop().create_future()
        return self.awaited


@dataclass(slots=True)
class Served:
    """What was counted. ``ages`` are of answers that were kept: how many were at most as old as each of AGES, and older."""

    kept: int = 0
    shared: int = 0
    """Made for somebody else who had asked for the same just before."""
    made: int = 0
    repeated: int = 0
    """Of those that were kept: given to a request that was not read once more."""
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    age_seconds: float = 0.0


class Answers:
    """Of one process, for one schema; ``on_step`` is to be told each step, before anybody who follows what it moves.

    At most ``kept_answer_bytes`` of ``limits`` are kept, the least lately used given up first. ``noted`` gives a context like
    another one whose reads are noted, and ``recent`` says what is asked for again.
    """

    def __init__(self, limits: Limits, ground: Ground, noted: Callable[[Any, Notes], Any], recent: Recent) -> None:
        self.noted = noted
        self.served = Served()
        self.bytes = 0
        self._limits = limits
        self._ground = ground
        self._recent = recent
        self._connected = False
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._by_tag: dict[Tag, set[_Kept]] = {}
        self._making: dict[Key, _Making] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def notes(self) -> Notes:
        """For an answer that is begun now."""
        return Notes(self._ground.now())

    def find(self, key: Key) -> Result | None:
        """One that holds at this moment."""
        if self._ground.connected is not self._connected:
            self._connected = self._ground.connected
            self.forget()
        kept = self._kept.get(key)
        if kept is None:
            return None
        now = self._ground.now()
        if not kept.made <= now < kept.until:  # a clock may be put back
            self._drop(kept)
            return None
        self._kept.move_to_end(key)
        kept.asked = now
        age = (now - kept.made).total_seconds()
        self.served.kept += 1
        self.served.age_seconds += age
        self.served.ages[bisect_left(AGES, age)] += 1
        return kept.result_at(now)

    async def answer(self, asked: Asked, make: Callable[[], Awaitable[Result]]) -> Result:
        """The answer, made once for all who wait for it; where there is an error in it each one makes his own.

        Who waits and is not answered within an operation's time gets TimeoutError.
        """
        if (found := self.find(asked.key)) is not None:
            return found
        making = self._making.get(asked.key)
        if making is None or not making.notes.began <= self._ground.now() < making.notes.began + LISTED:
            return await self._make(asked, make)
        async with asyncio.timeout(self._limits.operation_seconds):
            result = await asyncio.shield(making.landed())
            if result is None:
                return await self.answer(asked, make)
            if result.errors:
                self.served.made += 1
                return await make()
            self.served.shared += 1
            return result

    def on_step(self, step: Step) -> None:
        """Gives up what has moved."""
        if step.reset or step.configured:
            self.forget()
            return
        for tags in moved(step):
            few, many = sorted((tags, self._by_tag), key=len)
            for tag in [tag for tag in few if tag in many]:
                for kept in [*self._by_tag.get(tag, ())]:
                    self._drop(kept)
            for key, making in [*self._making.items()]:
                if not making.notes.tags.isdisjoint(tags):
                    self._overtake(key)

    def forget(self) -> None:
        """Gives up all of them."""
        self._kept.clear()
        self._by_tag.clear()
        self.bytes = 0
        for key in [*self._making]:
            self._overtake(key)

    async def _make(self, asked: Asked, make: Callable[[], Awaitable[Result]]) -> Result:
        key = asked.key
        self._overtake(key)
        making = self._making[key] = _Making(asked.notes)
        result = None
        self.served.made += 1
        try:
            result = await make()
            if not result.errors and not making.overtaken:
                result = self._lasting(asked, making, result)
            return result
        finally:
            if making.awaited is not None:
                making.awaited.set_result(result)
            if self._making.get(key) is making:
                del self._making[key]

    def _overtake(self, key: Key) -> None:
        """Whoever asks from now on waits for a newer one than is being made."""
        if (making := self._making.pop(key, None)) is not None:
            making.overtaken = True

    def _lasting(self, asked: Asked, making: _Making, result: Result) -> Result:
        """The result, kept if others wait for it, or asked for it just before, and dated for whoever keeps it outside."""
        key, notes, outside = asked
        again = self._recent.again(key, notes.began, notes.life) or making.awaited is not None
        if not again and not outside:
            return result
        now, turns_at = self._ground.now(), self._ground.turns_at(notes) or _NEVER
        until = min(notes.began + notes.life, turns_at)
        kept = self._keep(key, notes, result, until, turns_at) if again and now < until else None
        return kept.result_at(now) if kept else replace(result, max_age=_seconds(notes.max_age, turns_at - now))

    def _keep(self, key: Key, notes: Notes, result: Result, until: datetime, turns_at: datetime) -> _Kept | None:
        """None where it is too large."""
        body = bytes(memoryview(result.body))  # orjson leaves up to as much again, and 4 kB at least, behind what it writes
        size = len(body) + getsizeof(key.query) + len(key.variables) + _OVERHEAD + _TAG * len(notes.tags)
        if size > self._limits.kept_answer_bytes // SHARE:
            return None
        result = replace(result, body=body, max_age=_seconds(notes.max_age), kept_as=key)
        tags, began = frozenset(notes.tags), notes.began
        kept = self._kept[key] = _Kept(key, result, tags, size, notes.max_age, began, until, turns_at, began)
        self.bytes += size
        for tag in kept.tags:
            self._by_tag.setdefault(tag, set()).add(kept)
        while self.bytes > self._limits.kept_answer_bytes:
            self._drop(next(iter(self._kept.values())))
        return kept

    def _drop(self, kept: _Kept) -> None:
        del self._kept[kept.key]
        self._recent.note(kept.key, kept.asked)
        self.bytes -= kept.size
        for tag in kept.tags:
            others = self._by_tag[tag]
            others.discard(kept)
            if not others:
                del self._by_tag[tag]


def _seconds(*lengths: timedelta) -> int:
    """Whole ones of the shortest."""
    return max(min(lengths) // _SECOND, 0)
