"""The viewers of one running operation: how they join, and that from then on all are told the same.

Who joins is first told what it lacks, together with all who stand at the same place. What all are told meanwhile is kept for
them, so that nothing is missing between the two and nothing comes twice.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final

from gateway.live.crowd import Crowd
from gateway.live.frame import Frame, Viewer
from schema.api.following import Following
from schema.api.ports import Message

FRESH_SECONDS: Final = 1.0
"""For so long what some were told who joined is told to others who do, while nothing else happens."""
KEPT_BYTES: Final = 256 * 1024
"""So much of it: who joins after more begins with others anew."""


class _Group:
    """Viewers who join at the same place, by a task of the group's own: each of them may leave at any time.

    ``told`` is what they were, ``states`` by what each was about, ``kept`` what all others were told meanwhile. ``turns``: when
    what they were told was true. ``seal``: where the feed stood when all of them had joined.
    """

    def __init__(self) -> None:
        self.viewers = Crowd()
        self.told: list[Frame] = []
        self.states: dict[Hashable, object] = {}
        self.turns: dict[Hashable, int] = {}
        self.kept: list[tuple[Message[object], Frame]] = []
        self.seal: tuple[Hashable, int] | None = None
        self.task: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        """Until others may not join it any more. It refers to all of the audience."""
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether too much was told for others to be told it later."""
        return self._bytes > KEPT_BYTES

    async def tell(self, frame: Frame) -> None:
        """The next frame for all of them. Who joins meanwhile is told what was ``told``, with this."""
        self._bytes += len(frame.result.body)
        if self.is_full:
            self.told.clear()
        else:
            self.told.append(frame)
        if frame.about is not None:
            self.states[frame.about] = frame.state
        await self.viewers.tell(frame)

    def begin(self, about: Hashable, turn: int) -> None:
        """They are about to be told something that is true now: what was kept about the same is older."""
        if about is not None:
            self.turns[about] = turn
            self.kept = [kept for kept in self.kept if kept[0].about != about]

    def keep(self, message: Message[object], frame: Frame, turn: int) -> None:
        """For when they have been told where it goes on, unless they know better by then."""
        about = message.about
        if about is not None:
            if self.turns.get(about, 0) >= turn:
                return
            self.kept = [kept for kept in self.kept if kept[0].about != about or (message.follows and not kept[0].follows)]
        self.kept.append((message, frame))

    def knows(self, message: Message[object]) -> bool:
        """Whether it would tell them nothing new."""
        return message.follows and message.about is not None and self.states.get(message.about, self) == message.state


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
        self._viewers = Crowd()
        self._joining: set[_Group] = set()
        self._groups: dict[str | None, _Group] = {}
        """The latest for each place, while others may still join it."""
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
        for group in [*self._groups.values()]:
            if not self._is_open(group):
                self._close(group)
        for joining in self._joining:
            joining.keep(message, frame, turn)
        return await self._viewers.tell(frame, self._knowing(frame))

    async def join(self, viewer: Viewer, after: str | None) -> None:
        """Returns when it is one of all. Raises what the feed raises, and then it is not."""
        group = self._groups.get(after)
        if group is None or not self._is_open(group):
            if group is not None:
                self._close(group)
            group = self._groups[after] = _Group()
            self._joining.add(group)
            group.task = self._begin(self._bring(group, after))
        group.viewers.add([viewer])
        for frame in group.told:
            viewer.take(frame)
            if viewer not in group.viewers:  # it could not take that, and comes again from where it is
                return
        if group in self._joining and group.task is not None:
            await asyncio.shield(group.task)
        else:
            self._admit([viewer], group)

    def leave(self, viewer: Viewer) -> None:
        """Tells it nothing more."""
        self._viewers.drop(viewer)
        for known in self._known.values():
            for _, viewers in known:
                viewers.discard(viewer)
        for group in self._joining | {*self._groups.values()}:
            group.viewers.drop(viewer)
            if not group.viewers:
                self._close(group)
                self._joining.discard(group)  # a task that has not begun would not do so, and all would be kept for nobody
                if group.task is not None:
                    group.task.cancel()
                    group.task = None

    def _is_open(self, group: _Group) -> bool:
        """Whether all that was told in it is what one who joins now has to be told."""
        return not group.is_full and (group in self._joining or group.seal == self._seal())

    def _close(self, group: _Group) -> None:
        self._groups = {after: each for after, each in self._groups.items() if each is not group}
        if group.timer is not None:
            group.timer.cancel()
            group.timer = None

    def _seal(self) -> tuple[Hashable, int]:
        return self.source.place, self._told

    async def _bring(self, group: _Group, after: str | None) -> None:
        """Brings a group to where all are."""
        try:
            await self._quiet()
            group.kept.clear()  # it begins behind that
            async with aclosing(self.source.join(after)) as messages:
                async for message in messages:
                    await self._tell(group, message)
                    await asyncio.sleep(0)  # one with much to say must not keep all others waiting
            await self._quiet()  # what is being executed is older than what they were told, or is for them too
            while group.kept:
                message, frame = group.kept.pop(0)
                if message.again is None:
                    await group.tell(frame)
                elif (newest := message.again()) and not group.knows(newest):  # they may have been told something newer
                    await self._tell(group, newest)
        except BaseException:
            self._close(group)  # others may be joining there by now, after all of these have left
            raise
        finally:
            self._joining.discard(group)
            group.task = None  # its error refers to the group: it would stay until Python looks for such circles
        group.seal = self._seal()
        self._admit(group.viewers, group)
        if any(each is group for each in self._groups.values()):
            group.timer = asyncio.get_running_loop().call_later(FRESH_SECONDS, self._close, group)

    async def _tell(self, group: _Group, message: Message[object]) -> None:
        group.begin(message.about, self._next())
        await group.tell(await self._execute(message))

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
        self._viewers.add(viewers)

    def _knowing(self, frame: Frame) -> set[Viewer]:
        """Those to whom it would tell nothing new. What comes next about the same is new to them as to all."""
        known = self._known.pop(frame.about, ())
        return next((viewers for state, viewers in known if state == frame.state and frame.follows), set())
