"""Results as the parts of one answer, as Apollo's clients follow subscriptions over HTTP.

https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol. Clients take a part only when
they see the boundary behind it, so each is sent with that; what closes the answer completes it.
"""

from typing import Any, Final

import orjson

from gateway.http.results import Result
from gateway.live.streams import Form

_BOUNDARY: Final = b"--graphql"
_CLOSING: Final = b"--\r\n"


def _part(body: bytes) -> bytes:
    return b"\r\ncontent-type: application/json\r\n\r\n" + body + b"\r\n" + _BOUNDARY


def _errors(*errors: dict[str, Any]) -> bytes:
    """What ends a subscription otherwise than by its last result."""
    return _part(orjson.dumps({"payload": None, "errors": errors}))


def _result(result: Result) -> bytes:
    return _part(b'{"payload":' + result.body + b"}") if result.executed else _errors(*result.errors)


def _away(request_id: str) -> bytes:
    """A subscription that is only completed would not be followed again."""
    extensions = {"code": "RESTARTING", "requestId": request_id}
    return _errors({"message": "The gateway restarts. Come back.", "extensions": extensions}) + _CLOSING


FORM: Final = Form(
    content_type="multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
    opening=_BOUNDARY,
    ping=_part(b"{}"),
    result=_result,
    complete=_CLOSING,
    away=_away,
)
