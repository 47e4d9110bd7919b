"""The bounds that are no settings, by the names under which ``giving_limit`` tells them: docs/decisions/0039.

Each is read where it is kept, so that none is written twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gateway.http.documents import MAX_PROBLEMS
from gateway.http.requests import MAX_OPERATIONS
from gateway.http.server import DRAIN_SECONDS
from gateway.intake import quarantine
from gateway.live.donations import REPLAYED
from gateway.live.mailbox import FEED_RATE, IN_ONE_MESSAGE, MAX_RATE
from gateway.live.sse import RECONNECT_WITHIN_MS
from gateway.outbound.limits import Limits as Outbound
from gateway.read.endorsements import MAX_POSTS
from gateway.read.follower import STEP_SECONDS
from gateway.store.ledger import LISTED, LOGGED
from gateway.upkeep.retention import FACES
from schema.api.pagination import MAX_PAGE
from schema.api.query import MAX_NODES
from schema.api.subscription import MAX_FOLLOWED
from schema.model.cuts import MOST
from schema.model.money import MAX_DONATION, MAX_TOTAL
from schema.model.page import MAX_SEARCH
from schema.model.text import MAX_MESSAGE, MAX_NAME

_SAID_BY_THE_SCHEMA: Final = {
    "page_rows": MAX_PAGE,
    "node_ids": MAX_NODES,
    "followed_totals": MAX_FOLLOWED,
    "search_characters": MAX_SEARCH,
    "total_messages_per_second": MAX_RATE,
    "feed_messages_per_second": FEED_RATE,
    "message_donations": IN_ONE_MESSAGE,
    "replayed_entries": REPLAYED,
    "history_intervals": MOST,
    "endorsement_posts": MAX_POSTS,
    "donor_message_characters": MAX_MESSAGE,
    "donor_name_characters": MAX_NAME,
}
_OF_THE_PROTOCOL: Final = {"operations_per_request": MAX_OPERATIONS, "validation_errors": MAX_PROBLEMS}
_OF_THE_LEDGER: Final = {
    "donation_minor_units": MAX_DONATION,
    "total_minor_units": MAX_TOTAL,
    "log_entries": LOGGED,
    "listed_donations": LISTED,
    "face_seconds": FACES.total_seconds(),
    "quarantine_seconds": quarantine.KEPT.total_seconds(),
    "quarantine_entries": quarantine.MOST,
    "quarantine_bytes": quarantine.MOST_BYTES,
}
_OF_THE_PROCESS: Final = {
    "step_seconds": STEP_SECONDS,
    "drain_seconds": DRAIN_SECONDS,
    "reconnect_seconds": RECONNECT_WITHIN_MS / 1_000,
}
_SIZES: Final = frozenset({"body", "download", "message"})


def _towards_networks() -> Iterator[tuple[str, float]]:
    usual = Outbound()
    for name in (each.name for each in fields(usual)):
        value = getattr(usual, name)
        if isinstance(value, timedelta):
            yield f"upstream_{name}_seconds", value.total_seconds()
        else:
            yield f"upstream_{name}_bytes" if name in _SIZES else f"upstream_{name}", value


FIXED: Final[Mapping[str, float]] = MappingProxyType(
    {**_SAID_BY_THE_SCHEMA, **_OF_THE_PROTOCOL, **_OF_THE_LEDGER, **_OF_THE_PROCESS, **dict(_towards_networks())}
)
