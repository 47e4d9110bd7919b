"""A feed as a subscription's resolver gives it out: each message as the type that clients see."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Self, TypeVar

from schema.api.ports import Feed, Message

Told = TypeVar("Told")
Shown_co = TypeVar("Shown_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Following(Generic[Shown_co]):
    """``schema.api.ports.Feed`` of what clients see. ``after`` is where the one who asked goes on.

    Iterated, it is what one viewer gets, alone.
    """

    _feed: Feed[Any]
    _show: Callable[[Any], Shown_co]
    after: str | None = None

    def __enter__(self) -> Self:
        self._feed.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._feed.__exit__(*error)

    @property
    def place(self) -> Hashable:
        """See ``Feed``, here and below."""
        return self._feed.place

    async def seek(self) -> None:
        """Looks for what nobody has seen."""
        await self._feed.seek()

    async def reach(self, after: str) -> None:
        """Waits until this process knows of a position."""
        await self._feed.reach(after)

    def join(self, after: str | None) -> AsyncGenerator[Message[Shown_co], None]:
        """One viewer's first messages."""
        return self._shown(self._feed.join(after))

    def live(self) -> AsyncGenerator[Message[Shown_co], None]:
        """What all are told."""
        return self._shown(self._feed.live())

    async def __aiter__(self) -> AsyncIterator[Shown_co]:
        seen: dict[Hashable, object] = {}
        await self.seek()
        if self.after is not None:
            await self.reach(self.after)
        with self:
            for messages in (self.join(self.after), self.live()):
                async for message in messages:
                    if message.about is None or seen.get(message.about, self) != message.state or not message.follows:
                        yield message.told
                    seen[message.about] = message.state

    async def _shown(self, messages: AsyncGenerator[Message[Any], None]) -> AsyncGenerator[Message[Shown_co], None]:
        # whoever leaves closes this generator, and so the feed behind it, at once and not when memory is cleaned up
        try:
            async for message in messages:
                yield self._shown_once(message)
        finally:
            await messages.aclose()

    def _shown_once(self, message: Message[Any]) -> Message[Shown_co]:
        again = message.again and partial(self._shown_again, message.again)
        return replace(message, told=self._show(message.told), again=again)

    def _shown_again(self, ask: Callable[[], Message[Any] | None]) -> Message[Shown_co] | None:
        newest = ask()
        return newest and self._shown_once(newest)
