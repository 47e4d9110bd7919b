"""The servers beside the gateway, each a program in ``peers/`` that answers from a file of rows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.peer import Program, node, python, started
from benchmarks.query.server import Place, Start


class Peer:
    """A running one."""

    def __init__(self, program: Program, path: str) -> None:
        self.place = Place(program.port, path, program.pid)
        self.move = program.tell


@asynccontextmanager
async def _started(command: Sequence[str], path: str, file: Path, core: int) -> AsyncIterator[Peer]:
    async with started([*command, str(file)], core) as program:
        yield Peer(program, path)


MERCURIUS: Final[Start] = partial(_started, node("benchmarks/query/peers/mercurius.mjs"), "/graphql")
UNCACHED_YOGA: Final[Start] = partial(_started, node("benchmarks/query/peers/yoga.mjs"), "/graphql")
CACHED_YOGA: Final[Start] = partial(_started, node("benchmarks/query/peers/yoga-cached.mjs"), "/graphql")
APOLLO: Final[Start] = partial(_started, node("benchmarks/query/peers/apollo.mjs"), "/")
STRAWBERRY: Final[Start] = partial(_started, python("benchmarks.query.peers.bare"), "/graphql")
BARE_ASGI: Final[Start] = partial(_started, python("benchmarks.query.peers.fixed"), "/graphql")
