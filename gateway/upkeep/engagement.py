"""Reads posts and followers: counters in batches at the network's pace, words and followers rarely."""

from collections import defaultdict
from dataclasses import replace
from typing import Final

import structlog

from connectors.contract import ReadsFollowers, ReadsPosts
from gateway.accounts import Account
from gateway.read.directory import Directory
from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import NotFound
from schema.model.ids import CampaignId

RARELY: Final = 24
"""Words and followers are read at every so many-th cycle: a day's budget would not carry them each time."""
WORDS_AT_ONCE: Final = 20
log = structlog.get_logger()


class EngagementReader:
    """The posts of one account's network. A post that is gone keeps its last counters, which grow old."""

    def __init__(self, account: Account, directory: Directory, shelf: PostShelf, history: HistoryShelf) -> None:
        self._account = account
        self._shelf = shelf
        self._history = history
        platform = account.platform
        self._campaigns: defaultdict[CampaignId, list[str]] = defaultdict(list)
        for post in directory.endorsers.posts:
            if post.platform == platform:
                self._campaigns[post.campaign].append(post.native_id)
        self._declared = {
            post.native_id: Post(post.native_id, url=post.url)
            for post in directory.endorsers.posts
            if post.platform == platform
        }
        self._speakers = [native for network, native in directory.endorsers.accounts if network == platform]
        self._cycle = 0
        self._gone: set[str] = set()

    async def once(self) -> None:
        """One cycle. Raises what the connector or the ledger raises; then the last known counters grow old."""
        rarely = self._cycle % RARELY == 0
        known = await self._shelf.posts(self._account.platform)
        posts = {native: known.get(native, post) for native, post in self._declared.items()}
        counted = await self._count(posts)
        if rarely:
            self._gone.clear()
        posts = await self._read_words(counted, rarely=rarely)
        await self._shelf.keep(self._account.platform, posts, await self._followers() if rarely else {})
        await self._sample(posts)
        self._cycle += 1

    async def _count(self, posts: dict[str, Post]) -> dict[str, Post]:
        connector = self._account.connector
        if not isinstance(connector, ReadsPosts) or not posts:
            return posts
        read = await connector.engagement(list(posts))
        return {native: replace(post, engagement=read.get(native, post.engagement)) for native, post in posts.items()}

    async def _read_words(self, posts: dict[str, Post], *, rarely: bool) -> dict[str, Post]:
        connector = self._account.connector
        if not isinstance(connector, ReadsPosts):
            return posts
        unread = [native for native, post in posts.items() if post.text is None and native not in self._gone]
        wanted = unread if not rarely else [*unread, *(native for native in posts if native not in unread)]
        found = dict(posts)
        for native in wanted[:WORDS_AT_ONCE]:
            try:
                told = await connector.post(native)
            except NotFound:  # it is asked for again with the next full round: hidden posts come back
                self._gone.add(native)
                log.info("post.gone", account=self._account.name, post=native)
                continue
            post = found[native]
            found[native] = replace(told, url=post.url or told.url, engagement=_newest(post.engagement, told.engagement))
        return found

    async def _followers(self) -> dict[str, int]:
        connector = self._account.connector
        if not isinstance(connector, ReadsFollowers) or not self._speakers:
            return {}
        return dict(await connector.followers(self._speakers))

    async def _sample(self, posts: dict[str, Post]) -> None:
        for campaign, natives in self._campaigns.items():
            counters = [read for native in natives if (read := posts[native].engagement) is not None]
            total = Engagement.total(counters)
            if total is not None:
                await self._history.keep_engagement(campaign, replace(total, as_of=max(each.as_of for each in counters)))


def _newest(known: Engagement | None, told: Engagement | None) -> Engagement | None:
    if known is None or told is None:
        return known or told
    return told if told.as_of >= known.as_of else known
