"""Servers beside the gateway. Each is a program in ``peers/`` that moves its totals at a line of its input."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from benchmarks.fanout.document import peer_argument
from benchmarks.fanout.server import Place, Start
from benchmarks.peer import Program, node, python, started
from schema.api.ids import campaign_id
from schema.model.ids import CampaignId


class Peer:
    """A running one."""

    def __init__(self, program: Program, path: str, ids: Sequence[str]) -> None:
        self.place = Place(program.port, path, tuple(ids), program.pid)
        self.move = program.tell


@asynccontextmanager
async def _started(command: Sequence[str], path: str, totals: int, core: int, _: int) -> AsyncIterator[Peer]:
    ids = [campaign_id(CampaignId("wechat_pay", f"lunch-{number:02}")) for number in range(totals)]
    async with started([*command, peer_argument(ids)], core) as program:
        yield Peer(program, path, ids)


MERCURIUS: Final[Start] = partial(_started, node("benchmarks/fanout/peers/mercurius.mjs"), "/graphql")
YOGA: Final[Start] = partial(_started, node("benchmarks/fanout/peers/yoga.mjs"), "/graphql")
STRAWBERRY: Final[Start] = partial(_started, python("benchmarks.fanout.peers.bare"), "/")
