"""Results as Server-Sent Events, one connection an operation ("distinct connections").

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. Lines end in LF: some clients cannot read CRLF. An event's
``id`` is the position in a feed, which a browser sends back as ``Last-Event-ID`` when it connects again.
"""

import secrets
from typing import Final

from gateway.http.responses import EVENTS
from gateway.http.results import Result
from gateway.live.streams import Form
from schema.api.scalars import MAX_POSITION

RECONNECT_WITHIN_MS: Final = 10_000
"""Over how long those come back that are sent away when the process drains."""

_COMMENT: Final = b":\n\n"


def last_event_id(header: str | None) -> str | None:
    """Where a stream goes on, if anywhere. What is longer than any position is cut, as neither proves anything."""
    return header[:MAX_POSITION] if header else None


def _event(result: Result) -> bytes:
    place = f"id: {result.position}\n" if result.position else ""
    return b"event: next\n%bdata: %b\n\n" % (place.encode(), result.body)


def _away(_: str) -> bytes:
    return b"retry: %d\n\n" % secrets.randbelow(RECONNECT_WITHIN_MS)


FORM: Final = Form(
    content_type=f"{EVENTS}; charset=utf-8",
    opening=_COMMENT,  # so that the reader knows at once that it is connected
    ping=_COMMENT,
    result=_event,
    complete=b"event: complete\ndata:\n\n",
    away=_away,
)
