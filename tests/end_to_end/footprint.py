"""What a running gateway takes of its machine at a moment, read from outside."""

import asyncio
import contextlib
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final, Self

from gateway.store.connection import MAX_CONNECTIONS
from tests.end_to_end.visitor import Visitor

MIB: Final = 1 << 20
POOLED: Final = 2 * MAX_CONNECTIONS + 3
"""Sockets of this machine's own kind: two clients of Redis keep as many connections as they once needed, one hears, and the
event loop has a pair."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """``resident`` is in bytes. ``files`` are those that are open, but for ``ledger``: the connections to Redis."""

    files: int
    ledger: int
    tasks: int
    sockets: int
    viewers: int
    operations: int
    resident: int

    @classmethod
    async def of(cls, visitor: Visitor) -> Self:
        """Now."""
        files, ledger = opened(visitor.gateway.pid)
        return cls(
            files=files,
            ledger=ledger,
            tasks=int(await visitor.count("giving_tasks")),
            sockets=int(await visitor.count("giving_live_sockets")),
            viewers=int(await visitor.count("giving_live_viewers")),
            operations=int(await visitor.count("giving_live_operations")),
            resident=resident(visitor.gateway.pid),
        )

    @classmethod
    async def usual(cls, visitor: Visitor) -> Self:
        """The most within a second: what the gateway does by itself comes and goes."""
        seen = []
        for _ in range(10):
            seen.append(await cls.of(visitor))
            await asyncio.sleep(0.1)
        return cls(*(max(figures) for figures in zip(*map(astuple, seen), strict=True)))

    def within(self, other: Self) -> bool:
        """Whether it takes no more than the other, memory apart; of connections to Redis no more than are ever kept."""
        mine = (self.files, self.tasks, self.sockets, self.viewers, self.operations)
        theirs = (other.files, other.tasks, other.sockets, other.viewers, other.operations)
        return self.ledger <= POOLED and all(one <= another for one, another in zip(mine, theirs, strict=True))


def opened(pid: int) -> tuple[int, int]:
    """Files of a process that are open, and sockets of this machine's own kind, as those to a private Redis are:
    https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
    """
    local = {f"socket:[{line.split()[6]}]" for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]}
    links = list[str]()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.append(str(each.readlink()))
    ledger = sum(link in local for link in links)
    return len(links) - ledger, ledger


def resident(pid: int) -> int:
    """Bytes of memory of a process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    [size] = [line.split()[1] for line in status if line.startswith("VmRSS:")]
    return 1_024 * int(size)
