"""Reads posts and followers: counters in batches at the network's pace, words and followers with the calls that are left.

A network may grant few calls a day, so whatever was read is kept at once, and counters come first.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from connectors.contract import ReadsFollowers, ReadsPosts
from gateway.accounts import Account
from gateway.configured import Current
from gateway.read.endorsers import DeclaredPost
from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import ConnectorError, GivingError, NotFound, TryLater

RARELY: Final = 24
"""Followers are read at every so many-th cycle, and so are words again: those of posts that were gone, and of one more."""
COUNTED_AT_ONCE: Final = 100
"""Posts: as many as networks take in one call, so that a single call that is left is of use."""
WORDS_AT_ONCE: Final = 20
log = structlog.get_logger()


class EngagementReader:
    """The posts of one account's network. A post that is gone keeps its last counters, which grow old."""

    def __init__(self, account: Account, current: Current, shelf: PostShelf, history: HistoryShelf) -> None:
        self._account = account
        self._current = current
        self._shelf = shelf
        self._history = history
        self._turn: list[str] = []
        """The posts, those first that are to be counted next."""
        self._cycle = 0
        self._asked: set[str] = set()
        """Posts whose words were asked for since they were to be read again."""
        self._followers_due = True
        self._speakers: list[str] = []

    async def once(self) -> None:
        """One cycle over what is declared now. Raises what counting raises, and LedgerUnavailable; then the last known counters
        grow old.

        Followers and words that cannot be read are left to a later cycle.
        """
        endorsers, platform = self._current.now.directory.endorsers, self._account.platform
        declared = [post for post in endorsers.posts if post.platform == platform]
        posts = await self._known(declared)
        await self._count(posts, declared)
        if self._cycle % RARELY == 0:
            self._followers_due = True
            self._asked = {native for native, post in posts.items() if post.text is not None} - self._one_of(posts)
        self._cycle += 1
        speakers = [native for network, native in endorsers.accounts if network == platform]
        if self._followers_due or speakers != self._speakers:
            self._speakers = speakers
            await self._follow()
        await self._read_words(posts)

    async def _known(self, declared: Sequence[DeclaredPost]) -> dict[str, Post]:
        kept = await self._shelf.posts(self._account.platform)
        posts = [kept.get(post.native_id, Post(post.native_id)) for post in declared]
        return {known.native_id: replace(known, url=post.url or known.url) for known, post in zip(posts, declared, strict=True)}

    async def _count(self, posts: dict[str, Post], declared: Sequence[DeclaredPost]) -> None:
        connector = self._account.connector
        if not isinstance(connector, ReadsPosts):
            return
        waiting = dict.fromkeys(native for native in self._turn if native in posts)
        self._turn = [*(native for native in posts if native not in waiting), *waiting]
        for _ in range(0, len(posts), COUNTED_AT_ONCE):
            batch = self._turn[:COUNTED_AT_ONCE]
            told = await connector.engagement(batch)
            self._turn = [*self._turn[COUNTED_AT_ONCE:], *batch]  # where the next call fails, its posts come first next time
            read = {native: replace(posts[native], engagement=told[native]) for native in batch if native in told}
            posts.update(read)
            await self._shelf.keep(self._account.platform, read, {})
            await self._sample(posts, declared)

    async def _follow(self) -> None:
        connector = self._account.connector
        self._followers_due = False
        if not isinstance(connector, ReadsFollowers) or not self._speakers:
            return
        try:
            followers = await connector.followers(self._speakers)
        except GivingError as error:
            log.warning("followers.unread", account=self._account.name, code=error.code)
            self._followers_due = isinstance(error, TryLater)
        else:
            await self._shelf.keep(self._account.platform, {}, followers)

    async def _read_words(self, posts: dict[str, Post]) -> None:
        connector = self._account.connector
        if not isinstance(connector, ReadsPosts):
            return
        read: dict[str, Post] = {}
        for native in [native for native in posts if native not in self._asked][:WORDS_AT_ONCE]:
            try:
                told = await connector.post(native)
            except (NotFound, ConnectorError) as error:  # one post that cannot be read must not keep the others waiting
                log.info("post.unread", account=self._account.name, post=native, code=error.code)
            except GivingError as error:
                log.warning("posts.unread", account=self._account.name, code=error.code)
                break
            else:
                known = posts[native]
                read[native] = replace(told, url=known.url or told.url, engagement=_newest(known.engagement, told.engagement))
            self._asked.add(native)
        if read:
            await self._shelf.keep(self._account.platform, read, {})

    def _one_of(self, posts: dict[str, Post]) -> set[str]:
        """One of the posts in turn, whose words are read again, as they may have been changed."""
        return {list(posts)[self._cycle // RARELY % len(posts)]} if posts and self._cycle else set()

    async def _sample(self, posts: dict[str, Post], declared: Sequence[DeclaredPost]) -> None:
        for campaign in dict.fromkeys(post.campaign for post in declared):
            own = [posts[post.native_id] for post in declared if post.campaign == campaign]
            counters = [post.engagement for post in own if post.engagement is not None]
            total = Engagement.total(counters)
            if total is not None:
                await self._history.keep_engagement(campaign, replace(total, as_of=max(each.as_of for each in counters)))


def _newest(known: Engagement | None, told: Engagement | None) -> Engagement | None:
    if known is None or told is None:
        return known or told
    return told if told.as_of >= known.as_of else known
