"""What balancers and operators ask: is it alive, may it be sent to."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Probes:
    """``/livez`` touches nothing; ``/readyz`` looks at Redis, the loaded catalogue and whether the process is leaving."""

    def __init__(self, ready: Callable[[], bool], answers: Callable[[], Awaitable[bool]]) -> None:
        self._ready = ready
        self._answers = answers
        self.draining = False

    async def livez(self, _: Request) -> Response:
        """200 while the event loop turns."""
        return JSONResponse({"alive": True})

    async def readyz(self, _: Request) -> Response:
        """200 once campaigns are listed and Redis answers; 503 with the reasons before, and while the process is leaving."""
        checks = {"staying": not self.draining, "campaigns_listed": self._ready(), "ledger_answers": await self._answers()}
        return JSONResponse(checks, 200 if all(checks.values()) else 503)
