"""What stands around every call: outages, the pause between calls, versions, and the headers of answers.

https://github.com/DonorDrive/PublicAPI (status codes, response headers, versioning)
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.donordrive.emulator.habits import Habits
from connectors.donordrive.emulator.refusals import Refused
from connectors.donordrive.emulator.state import State
from connectors.donordrive.emulator.writing import Row, json_text
from connectors.testing.emulation import Outage

VERSIONS: Final = ("1.0", "1.1", "1.2", "1.3")
"""The first is what is used where none is asked for."""
CACHED: Final = "max-age=15"
"""*Assumed*: that there is such a header is documented, what it says is not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered. ``told`` None: there is nothing, with status 204."""

    told: Row | list[Row] | None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Handler: TypeAlias = Callable[[Request], Answer]


class Gate:
    """Lets calls through to their handlers."""

    def __init__(self, state: State, habits: Habits, outage: Outage) -> None:
        self._state = state
        self._habits = habits
        self._outage = outage
        self._called: dict[str, datetime] = {}

    def route(self, path: str, handler: Handler, since: str = VERSIONS[0]) -> Route:
        """An address, which is there from a version on; before it is 404, *assumed*."""

        async def endpoint(request: Request) -> Response:
            failing = await self._outage.meet()
            if failing is not None:
                return failing
            try:
                self._slow_down(request)
                version = _version(request, since)
                answer = handler(request)
            except Refused as refused:
                told = {"status": refused.status, "message": refused.message}
                return Response(json_text(told), refused.status, media_type="application/json")
            return self._told(request, answer, version)

        return Route(path, endpoint, methods=["GET"])

    def _slow_down(self, request: Request) -> None:
        """Raises Refused where an address calls again too early. What was refused does not count as a call, *assumed*."""
        address, now = request.client.host if request.client else "", self._state.now()
        before = self._called.get(address)
        if before is not None and now - before < self._habits.pause:
            raise Refused(429, "slow down")
        self._called[address] = now

    def _told(self, request: Request, answer: Answer, version: str) -> Response:
        headers = {"API-Version": version, **answer.headers}
        if answer.told is None:
            return Response(b"", 204, headers)
        body = json_text(answer.told).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers |= {
            "ETag": tag,
            "Cache-Control": CACHED,
            "Last-Modified": format_datetime(self._state.changed_at.replace(microsecond=0), usegmt=True),
        }
        if tag in _tags(request):
            return Response(b"", 304, headers)
        return Response(body, 200, headers, media_type="application/json")


def _version(request: Request, since: str) -> str:
    version = request.query_params.get("version", VERSIONS[0])
    if version not in VERSIONS:
        raise Refused(412, f"the versions are {', '.join(VERSIONS)}")
    if version < since:
        raise Refused(404, f"there since version {since}")
    return version


def _tags(request: Request) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
