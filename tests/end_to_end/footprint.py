"""What a running gateway takes of its machine at a moment, read from outside."""

import asyncio
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final, Self

from tests.end_to_end.visitor import Visitor

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Footprint:
    """``resident`` is in bytes."""

    files: int
    tasks: int
    sockets: int
    viewers: int
    operations: int
    resident: int

    @classmethod
    async def of(cls, visitor: Visitor) -> Self:
        """Now."""
        return cls(
            files=len(list(Path(f"/proc/{visitor.gateway.pid}/fd").iterdir())),
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
        """Whether it takes no more than the other, memory apart."""
        mine = (self.files, self.tasks, self.sockets, self.viewers, self.operations)
        theirs = (other.files, other.tasks, other.sockets, other.viewers, other.operations)
        return all(one <= another for one, another in zip(mine, theirs, strict=True))


def resident(pid: int) -> int:
    """Bytes of memory of a process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    [size] = [line.split()[1] for line in status if line.startswith("VmRSS:")]
    return 1_024 * int(size)
