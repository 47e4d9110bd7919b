"""Calls about posts and their counters.

https://open.weibo.com/wiki/2/statuses/show and C/2/statuses/count/biz-en
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final

from connectors.weibo.emulator import payloads
from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.gate import Call
from connectors.weibo.emulator.society import Post, Society

MOST_IDS: Final = 100
MOST_IDS_COMMERCIAL: Final = 99
"""Its page says fewer than 100."""
LATEST: Final = 5
"""How many of a user's posts are listed."""


@dataclass(frozen=True, slots=True)
class Statuses:
    """Handlers."""

    society: Society
    _forms: "cycle[type[int] | type[str]]" = field(default_factory=lambda: cycle((int, str)))

    async def show(self, call: Call) -> dict[str, Any]:
        """``statuses/show``: 20101 for what is gone, 20112 for what its author hides."""
        return payloads.status(found(self.society, call))

    async def count(self, call: Call) -> list[dict[str, Any]]:
        """``statuses/count``: what is gone, hidden or unknown is left out. Numbers are numbers and text in turn."""
        return [
            {"id": form(post.id), "comments": form(post.comments), "reposts": form(post.reposts), "attitudes": form(post.likes)}
            for post, form in zip(self._visible(call.ids("ids", MOST_IDS)), self._forms, strict=False)
        ]

    async def count_commercial(self, call: Call) -> list[dict[str, Any]]:
        """``statuses/count/biz``: numbers are text, and likes have another name."""
        return [
            {"id": post.id, "comments": str(post.comments), "reposts": str(post.reposts), "likes": str(post.likes)}
            for post in self._visible(call.ids("ids", MOST_IDS_COMMERCIAL))
        ]

    async def user_timeline(self, call: Call) -> dict[str, Any]:
        """``statuses/user_timeline``: since 2014 the latest posts of the token's own user, and nobody else's."""
        if call.parameters.get("uid", call.user.id) != call.user.id:
            raise Refused(21335)
        posts = self.society.posts_of(call.user)
        shown = [payloads.status(post) for post in posts[: min(LATEST, call.number("count", 20, 200))]]
        return {"statuses": shown, "previous_cursor": 0, "next_cursor": 0, "total_number": len(posts)}

    def _visible(self, ids: Sequence[str]) -> list[Post]:
        return [post for each in ids if (post := self.society.posts.get(each)) and post.visible]


def found(society: Society, call: Call) -> Post:
    """The post that ``id`` names. Raises Refused with 20101 or 20112."""
    post = society.posts.get(call.text("id"))
    if post is None or post.deleted:
        raise Refused(20101)
    if post.hidden:
        raise Refused(20112)
    return post
