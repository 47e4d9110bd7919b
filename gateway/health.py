"""What balancers and operators ask: is it alive, may it be sent to."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Probes:
    """``/livez`` touches nothing; ``/readyz`` looks at Redis, the loaded catalogue and whether the process is leaving.

    ``problems`` are what is wrong with the ledger's server; ``left_alone`` names accounts whose networks are not asked for the
    time being.
    """

    def __init__(
        self,
        ready: Callable[[], bool],
        answers: Callable[[], Awaitable[bool]],
        problems: Callable[[], list[str]],
        left_alone: Callable[[], list[str]],
    ) -> None:
        self._ready = ready
        self._answers = answers
        self._problems = problems
        self._left_alone = left_alone
        self.draining = False

    async def livez(self, _: Request) -> Response:
        """200 while the event loop turns."""
        return JSONResponse({"alive": True})

    async def readyz(self, _: Request) -> Response:
        """200 once campaigns are listed and Redis answers as the server it must be; else 503 with the reasons, as while the
        process is leaving.

        A network that fails is told and makes no difference: all that is known is served.
        """
        problems = self._problems()
        checks = {"staying": not self.draining, "campaigns_listed": self._ready(), "ledger_answers": await self._answers()}
        checks["ledger_suitable"] = not problems
        more = {"ledger_problems": problems, "networks_left_alone": self._left_alone()}
        return JSONResponse(checks | more, 200 if all(checks.values()) else 503)
