"""Networks of the demo that somebody kills and starts again, so that it is seen what becomes of their figures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Emulator, serve


class Outages:
    """A door on loopback: ``POST /KEY/kill`` and ``POST /KEY/start`` for one network; ``GET /`` tells of each whether it is up.

    Each answers when it is done, and asked twice does nothing more. A network that is not there is 404, with those that are.
    """

    def __init__(self, networks: Sequence[Emulator]) -> None:
        self._networks = {emulator.key: emulator for emulator in networks}
        self.app = Starlette(
            routes=[
                Route("/", self._tell),
                Route("/{key}/kill", self._kill, methods=["POST"]),
                Route("/{key}/start", self._start, methods=["POST"]),
            ]
        )

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Opens the door; gives its address."""
        async with serve(self.app) as address:
            yield address

    async def end(self) -> list[str]:
        """Starts all that were killed, and names them."""
        down = [key for key, emulator in self._networks.items() if not emulator.is_up]
        for key in down:
            await self._networks[key].start()
        return down

    async def _kill(self, request: Request) -> Response:
        return await self._done(request, Emulator.kill)

    async def _start(self, request: Request) -> Response:
        return await self._done(request, Emulator.start)

    async def _done(self, request: Request, deed: Callable[[Emulator], Awaitable[None]]) -> Response:
        emulator = self._networks.get(request.path_params["key"])
        if emulator is None:
            return JSONResponse({"problem": f"there are the networks {', '.join(self._networks)}"}, 404)
        await deed(emulator)
        return await self._tell(request)

    async def _tell(self, _: Request) -> Response:
        return JSONResponse({key: "up" if emulator.is_up else "down" for key, emulator in self._networks.items()})
