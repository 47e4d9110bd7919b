"""The viewers of one running operation: how they join, and that from then on all are told the same.

Who joins is first told what it lacks, together with all who stand at the same place. What all are told meanwhile is kept for
them, so that nothing is missing between the two and nothing comes twice.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final

from gateway.live.frame import Frame, Viewer
from schema.api.following import Following
from schema.api.ports import Message

AT_ONCE: Final = 128
"""So many are told before whatever else waits has its turn: each write to a socket takes 10 us, and a webhook must not wait for
thousands of them."""
FRESH_SECONDS: Final = 1.0
"""For so long what some were told who joined is told to others who do, while nothing else happens."""


class _Group:
    """Viewers who join at the same place, by a task of the group's own: each of them may leave at any time.

    ``told`` is what they were, ``states`` by what each was about, ``kept`` what all others were told meanwhile. ``turns``: when
    what they were told was true. ``seal``: where the feed stood when all of them had joined.
    """

    def __init__(self) -> None:
        self.viewers: dict[Viewer, None] = {}
        self.told: list[Frame] = []
        self.states: dict[Hashable, object] = {}
        self.turns: dict[Hashable, int] = {}
        self.kept: list[Frame] = []
        self.seal: tuple[Hashable, int] | None = None
        self.at = 0.0
        self.task: asyncio.Task[None] | None = None

    def tell(self, frame: Frame) -> None:
        """The next frame for all of them."""
        self.told.append(frame)
        if frame.about is not None:
            self.states[frame.about] = frame.state
        for viewer in [*self.viewers]:  # one may leave as it is told
            viewer.take(frame)

    def begin(self, about: Hashable, turn: int) -> None:
        """They are about to be told something that is true now: what was kept about the same is older."""
        if about is not None:
            self.turns[about] = turn
            self.kept = [each for each in self.kept if each.about != about]

    def keep(self, frame: Frame, turn: int) -> None:
        """For when they have been told where it goes on, unless they know better by then."""
        if frame.about is None or self.turns.get(frame.about, 0) < turn:
            self.kept.append(frame)

    def knows(self, frame: Frame) -> bool:
        """Whether it would tell them nothing new."""
        return frame.follows and frame.about is not None and self.states.get(frame.about, self) == frame.state


class Audience:
    """``execute`` makes the frame of a message, ``begin`` a task."""

    def __init__(
        self,
        source: Following[object],
        execute: Callable[[Message[object]], Awaitable[Frame]],
        begin: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self.source = source
        self._execute = execute
        self._begin = begin
        self._viewers: dict[Viewer, None] = {}
        self._telling: dict[Viewer, None] = {}
        """Who is told the newest message, in turns; not who has left since, even if it is here again, with a newer state."""
        self._joining: list[_Group] = []
        self._groups: dict[str | None, _Group] = {}
        """The latest for each place."""
        self._known: defaultdict[Hashable, list[tuple[object, set[Viewer]]]] = defaultdict(list)
        """Who joined, and was told nothing since, by what each knows about what."""
        self._told = 0
        self._turn = 0
        """What is read from the feed is numbered, as it may take a while until it can be told."""
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._viewers)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(self._viewers)

    async def tell(self, message: Message[object]) -> int:
        """Tells all of them; gives how many that were."""
        turn = self._next()
        self._idle.clear()  # who joins from here on begins behind this message
        try:
            frame = await self._execute(message)
        finally:
            self._idle.set()
        self._told += 1
        self._tidy()
        for joining in self._joining:
            joining.keep(frame, turn)
        knowing = self._knowing(frame)
        telling = self._telling = {viewer: None for viewer in self._viewers if viewer not in knowing}
        for number, viewer in enumerate([*telling], 1):
            if viewer in telling:
                viewer.take(frame)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return len(telling)

    async def join(self, viewer: Viewer, after: str | None) -> None:
        """Returns when it is one of all. Raises what the feed raises, and then it is not."""
        group = self._groups.get(after)
        if group is None or not self._is_fresh(group):
            self._tidy()
            group = self._groups[after] = _Group()
            group.task = self._begin(self._bring(group, after))
        for frame in group.told:
            viewer.take(frame)
        group.viewers[viewer] = None
        if group.seal is None and group.task is not None:
            await asyncio.shield(group.task)
        else:
            self._admit([viewer], group)

    def leave(self, viewer: Viewer) -> None:
        """Tells it nothing more."""
        self._viewers.pop(viewer, None)
        self._telling.pop(viewer, None)
        for known in self._known.values():
            for _, viewers in known:
                viewers.discard(viewer)
        for after, group in [*self._groups.items()]:
            group.viewers.pop(viewer, None)
            if not group.viewers:
                del self._groups[after]
                if group.task is not None:
                    group.task.cancel()

    def _is_fresh(self, group: _Group) -> bool:
        if group.seal is None:
            return True
        return group.seal == self._seal() and asyncio.get_running_loop().time() - group.at < FRESH_SECONDS

    def _tidy(self) -> None:
        self._groups = {after: group for after, group in self._groups.items() if self._is_fresh(group)}

    def _seal(self) -> tuple[Hashable, int]:
        return self.source.place, self._told

    async def _bring(self, group: _Group, after: str | None) -> None:
        """Brings a group to where all are."""
        await self._quiet()
        self._joining.append(group)
        try:
            async with aclosing(self.source.join(after)) as messages:
                async for message in messages:
                    group.begin(message.about, self._next())
                    group.tell(await self._execute(message))
                    await asyncio.sleep(0)  # one with much to say must not keep all others waiting
            await self._quiet()  # what is being executed is older than what they were told, or is for them too
        except BaseException:
            if self._groups.get(after) is group:  # others may be joining there by now, after all of these have left
                del self._groups[after]
            raise
        finally:
            self._joining.remove(group)
        for frame in group.kept:
            if not group.knows(frame):
                group.tell(frame)
        group.kept.clear()
        group.seal, group.at = self._seal(), asyncio.get_running_loop().time()
        self._admit(group.viewers, group)

    async def _quiet(self) -> None:
        """Returns when nothing is being executed for all."""
        while not self._idle.is_set():  # the next may have begun before this one runs
            await self._idle.wait()

    def _next(self) -> int:
        self._turn += 1
        return self._turn

    def _admit(self, viewers: Iterable[Viewer], group: _Group) -> None:
        for about, state in group.states.items():
            for known, knowing in self._known[about]:
                if known == state:
                    knowing.update(viewers)
                    break
            else:
                self._known[about].append((state, set(viewers)))
        self._viewers.update(dict.fromkeys(viewers))

    def _knowing(self, frame: Frame) -> set[Viewer]:
        """Those to whom it would tell nothing new. What comes next about the same is new to them as to all."""
        known = self._known.pop(frame.about, ())
        return next((viewers for state, viewers in known if state == frame.state and frame.follows), set())
