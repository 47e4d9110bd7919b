"""Posts, their counters, and followers, in our words. Pure.

https://open.weibo.com/wiki/2/statuses/show , https://open.weibo.com/wiki/2/statuses/count

Counters are approximate and may fall. Ids pass 2**53, where whoever reads JSON numbers as doubles damages them: of a post
only the ids that are text (``idstr``, ``mid``) are read. The rows of counters may have no other id than a number; it is
taken where it is exactly one that was asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connectors.weibo import sheet
from connectors.weibo.fields import counter, moment
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import NotFound, Unreadable
from schema.model.text import MAX_MESSAGE, plain

_ID: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def askable(ids: Sequence[str]) -> list[str]:
    """Those that can be ids of Weibo's, each once: a text of another form makes Weibo refuse the whole batch."""
    return [native for native in dict.fromkeys(ids) if _ID.fullmatch(native)]


def post_of(status: Any, native_id: str, now: datetime) -> Post:
    """A post with its words, and its counters as of ``now``. Raises Unreadable, BadTime, NotFound for one deleted."""
    if not isinstance(status, dict):
        raise Unreadable("status")
    if status.get("deleted") in ("1", 1):  # *assumed*: known of originals within reposts only
        raise NotFound("the post is deleted")
    if native_id not in (status.get("idstr"), status.get("mid")):
        raise Unreadable("idstr")
    return Post(
        native_id=native_id,
        text=plain(status.get("text"), MAX_MESSAGE),
        published_at=moment(status, "created_at"),
        engagement=Engagement(
            as_of=now,
            reposts=counter(status, "reposts_count"),
            comments=counter(status, "comments_count"),
            likes=counter(status, "attitudes_count"),
        ),
    )


def counters_of(rows: Any, asked: Sequence[str], call: str, now: datetime) -> Mapping[str, Engagement]:
    """The counters by post. Deleted and unknown posts have no row."""
    return {
        native: Engagement(now, counter(row, "reposts"), counter(row, "comments"), counter(row, sheet.LIKES[call]))
        for native, row in _rows(rows, asked)
    }


def followers_of(rows: Any, asked: Sequence[str]) -> Mapping[str, int]:
    """How many followers each account has, where that is told."""
    found = {native: counter(row, "followers_count") for native, row in _rows(rows, asked)}
    return {native: count for native, count in found.items() if count is not None}


def _rows(rows: Any, asked: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of what was asked for; another one says nothing to us."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable("list")
    known = frozenset(asked)
    for row in rows:
        native = row.get("idstr") or row.get("mid") or row.get("id")
        if not isinstance(native, str) and type(native) is not int:
            raise Unreadable("id")
        if str(native) in known:
            yield str(native), row
