"""The post on its way: deliveries pass through here, or are kept as they are, to be sent by whoever plays."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import aiohttp
from multidict import CIMultiDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.testing.emulation import Outgoing
from connectors.testing.emulation.serving import serve
from tests.faults.fault import Stage, expect
from tests.faults.sim import Sim

MERCHANTS: Final = ("wechat_pay", "weibo", "alipay")
PUSHERS: Final = (*MERCHANTS, "twitch", "tiltify")
"""Networks that deliver. The last two are asked first, and that waits ten seconds for their lists to be complete."""
STARTING: Final = {
    "wechat_pay": ("keys", "reconcile"),
    "alipay": ("reconcile",),
    "twitch": ("feed", "poll", "catch_up"),
    "tiltify": ("feed", "poll", "catch_up"),
}
"""What a gateway does at its start, by network, which writes something or lets deliveries begin."""
STATED: Final = re.compile(rb"(?:said|min|hour|day):\{(?:twitch|tiltify):")
"""Keys with what networks that are asked stated of their totals, and when."""
ASKED_WITHIN: Final = 3.0
TAKEN: Final = (200, 204)
CONNECTIONS: Final = 4
_OF_THE_LINE: Final = frozenset({"host", "content-length", "connection", "accept", "accept-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery as it came: ``key`` is the network's."""

    key: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def saying(self, outgoing: Outgoing) -> "Letter":
        """Something else on the same way."""
        return replace(self, headers=tuple(outgoing.headers.items()), body=outgoing.body)


@dataclass(repr=False)
class Post:
    """Stands between the networks and the gateway. While ``keeping``, networks hear that all is well, and nothing arrives."""

    sim: Sim
    keeping: bool = False
    kept: list[Letter] = field(default_factory=list)
    url: str = ""

    async def take(self, request: Request) -> Response:
        """One delivery."""
        headers = tuple((name, value) for name, value in request.headers.items() if name not in _OF_THE_LINE)
        query = f"?{request.url.query}" if request.url.query else ""
        letter = Letter(request.path_params["key"], request.url.path + query, headers, await request.body())
        if self.keeping:
            self.kept.append(letter)
            return Response(b"success", media_type="text/plain")
        status, body, kind = await self.sent(letter)
        return Response(body, status, {"content-type": kind} if kind else None)

    async def sent(self, letter: Letter) -> tuple[int, bytes, str]:
        """What the gateway answers to a letter: status, body, and the body's kind. 503 where it does not answer at all."""
        try:
            reply = await self.sim.post(letter.path, list(letter.headers), letter.body)
        except (aiohttp.ClientError, OSError):
            return 503, b"", ""
        return reply.status, reply.body, reply.content_type

    async def status(self, letter: Letter) -> int:
        """The status alone."""
        return (await self.sent(letter))[0]

    async def written_in(self, gifts: int, *names: str, back: float = 0.0) -> list[Letter]:
        """What the networks write of so many gifts, which the gateway is not told yet."""
        self.keeping = True
        try:
            await self.sim.give(gifts, *names, back=back)
            await self.sim.settle()
        finally:
            self.keeping = False
        letters, self.kept = self.kept, []
        return letters

    async def over_connections(self, letters: Sequence[Letter], most: int = CONNECTIONS) -> list[int]:
        """Sends letters over so many connections at once, each in turn; gives the statuses."""
        told = await asyncio.gather(*(self._one_connection(letters[n::most]) for n in range(most)))
        return [status for statuses in told for status in statuses]

    async def _one_connection(self, letters: Iterable[Letter]) -> list[int]:
        statuses = []
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            for letter in letters:
                headers = CIMultiDict(letter.headers)
                async with session.post(self.sim.url + letter.path, data=letter.body, headers=headers) as answer:
                    statuses.append(answer.status)
        return statuses


@asynccontextmanager
async def opened(sim: Sim) -> AsyncIterator[Post]:
    """The post of networks whose gateway is not started yet: it starts it, and waits until it is settled."""
    post = Post(sim)
    app = Starlette(routes=[Route("/webhooks/{key}/{account}", post.take, methods=["GET", "POST"])])
    async with serve(app) as post.url:
        sim.settings["public_url"] = post.url
        for player in sim.players.values():
            player.emulator.callback = f"{post.url}/webhooks/{player.key}/{player.key}"
        await sim.start()
        await calm(sim)
        yield post


async def calm(sim: Sim) -> None:
    """Waits until the gateway has done what it does at its start."""
    for key in sim.players:
        for job in STARTING.get(key, ()):
            await sim.reach("giving_jobs_total", 1, account=key, job=job, outcome="done")
    await sim.settle()


@asynccontextmanager
async def nothing_written(sim: Sim, what: str) -> AsyncIterator[None]:
    """Raises Broken where anything was written meanwhile. That a network that is asked says its total again is none."""
    asked = await _asked(sim)  # first, so that none can write and end in between
    before = await sim.written()
    yield
    after = await sim.written()
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if changed and all(map(STATED.match, changed)):
        with suppress(TimeoutError):
            async with asyncio.timeout(ASKED_WITHIN):
                while await _asked(sim) == asked:  # the one that asked may not have ended yet
                    await asyncio.sleep(0.05)
                changed = []
    expect(not changed, f"{what} wrote {', '.join(map(repr, changed))}")


async def _asked(sim: Sim) -> float:
    return await sim.count("giving_jobs_total", job="poll")


def pushers(stage: Stage) -> tuple[str, ...]:
    """Networks that deliver; quickly, those that need not be waited for."""
    return MERCHANTS if stage.quick else PUSHERS


def all_taken(statuses: Iterable[int]) -> None:
    """Raises Broken unless each delivery was acknowledged."""
    found = sorted(set(statuses) - set(TAKEN))
    expect(not found, f"deliveries were answered {found}, not 2xx")


def each_one(letters: Sequence[Letter], rng: random.Random) -> list[Letter]:
    """One letter of each network, drawn from these."""
    return [rng.choice([letter for letter in letters if letter.key == key]) for key in dict.fromkeys(x.key for x in letters)]
