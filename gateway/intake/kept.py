"""A delivery as it is kept, in quarantine and in the archive: whole, so that its connector can read it again."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.contract import Delivery
from connectors.http import Headers


def packed(delivery: Delivery) -> dict[str, Any]:
    """The delivery as values of JSON."""
    return {
        "method": delivery.method,
        "query": delivery.query,
        "headers": dict(delivery.headers),
        "body": base64.b64encode(delivery.body).decode(),
        "received_at": delivery.received_at.timestamp(),
    }


def unpacked(said: Mapping[str, Any]) -> Delivery:
    """The reverse of ``packed``; other values beside do no harm."""
    return Delivery(
        said["method"],
        said["query"],
        Headers(said["headers"]),
        base64.b64decode(said["body"]),
        datetime.fromtimestamp(said["received_at"], UTC),
    )
