"""Lists of what was made of a post, in pages.

https://open.weibo.com/wiki/2/statuses/repost_timeline and 2/statuses/repost_timeline/ids/en
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from connectors.weibo.emulator import payloads
from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.faults import ApiFaults
from connectors.weibo.emulator.gate import Call
from connectors.weibo.emulator.society import Comment, Post, Society
from connectors.weibo.emulator.statuses import found

DEFAULT_COUNT: Final = 20
MOST: Final = 200

Item = TypeVar("Item", Post, Comment)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """What is listed, and where the next page starts: the ``max_id`` of it, inclusive; 0 at the end."""

    items: Sequence[Item]
    next_cursor: int

    def told(self, name: str, items: Sequence[Any], total: int) -> dict[str, Any]:
        """The answer."""
        return {name: items, "previous_cursor": 0, "next_cursor": self.next_cursor, "total_number": total}


@dataclass(frozen=True, slots=True)
class Timelines:
    """Handlers. ``total_number`` is the post's counter, which no list ever reaches: most of it is never listed."""

    society: Society
    faults: ApiFaults

    async def reposts(self, call: Call) -> dict[str, Any]:
        """``statuses/repost_timeline``."""
        post = found(self.society, call)
        page = _page(call, self.society.reposts_of(post))
        return page.told("reposts", [payloads.status(each) for each in page.items], post.reposts)

    async def repost_ids(self, call: Call) -> dict[str, Any]:
        """``statuses/repost_timeline/ids``."""
        post = found(self.society, call)
        page = _page(call, [] if self.faults.empty_lists else self.society.reposts_of(post))
        return page.told("statuses", [each.id for each in page.items], post.reposts)

    async def comments(self, call: Call) -> dict[str, Any]:
        """``comments/show``."""
        post = found(self.society, call)
        page = _page(call, self.society.comments_on(post))
        return page.told("comments", [payloads.comment(each) for each in page.items], post.comments)


def _page(call: Call, newest_first: Sequence[Item]) -> Page[Item]:
    """A page is cut first and loses what is gone afterwards, so it may be short, or empty, with others behind it."""
    since, upto = call.number("since_id", 0), call.number("max_id", 0)
    count, page = call.number("count", DEFAULT_COUNT, MOST), call.number("page", 1)
    followed = call.number("filter_by_author", 0, 2) == 1  # the token's user follows nobody
    if not count or not page:
        raise Refused(10017, "count" if page else "page")
    meant = [item for item in newest_first if int(item.id) > since and (not upto or int(item.id) <= upto) and not followed]
    start = (page - 1) * count
    rest = meant[start + count :]
    return Page([item for item in meant[start : start + count] if item.visible], int(rest[0].id) if rest else 0)
