"""GraphiQL, for a gateway in development: its page, and the way there for browsers that open the endpoint itself.

The archive is made by ``graphiql/build.mjs``. https://github.com/graphql/graphiql/tree/main/packages/graphiql
"""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Final

from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http.pages import Pages

ARCHIVE: Final = "graphiql.zip"
PLACE: Final = "/graphiql"

# its editor writes rules of style while it runs, has a font for its signs, and checks documents in workers
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "worker-src 'self'; connect-src {connect}; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)

_SENT: Final = RedirectResponse(f"{PLACE}/", 303, {"cache-control": "no-store", "vary": "Accept"})


@contextmanager
def graphiql(frame_ancestors: Sequence[str] = ()) -> Iterator[list[BaseRoute]]:
    """The routes of the page, while its archive is open. It is unpacked when it is asked for the first time."""
    with (files("gateway.web") / ARCHIVE).open("rb") as file, zipfile.ZipFile(file) as archive:
        made: list[Pages] = []

        async def page(scope: Scope, receive: Receive, send: Send) -> None:
            if not made:  # 6 MB, which most gateways are never asked for
                made.append(Pages(zipfile.Path(archive), frame_ancestors=frame_ancestors, policy=_POLICY))
            await made[0](scope, receive, send)

        yield [Route(PLACE, RedirectResponse(f"{PLACE}/", 307)), Mount(PLACE, page)]


class Browsers:
    """An ASGI app around the endpoint: a browser that opens its address is sent to the page. All others are asked by it."""

    def __init__(self, endpoint: ASGIApp) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await (_SENT if _opens(scope) else self._endpoint)(scope, receive, send)


def _opens(scope: Scope) -> bool:
    """Whether a page is wanted, and nothing is asked."""
    if scope["method"] != "GET" or scope["query_string"]:
        return False
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept").lower()
    return b"text/html" in accepted and b"json" not in accepted and b"event-stream" not in accepted
