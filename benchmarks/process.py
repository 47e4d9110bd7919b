"""What the operating system says of a process, and where its processes may run."""

import os
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.world import TICKS, cpu_seconds

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU: of the server, of what works with it on another core, and of whatever else runs on its own core."""

    server: float
    beside: float
    others: float

    def __sub__(self, before: "Spent") -> "Spent":
        others = max(0.0, self.others - before.others)
        return Spent(self.server - before.server, self.beside - before.beside, others)


def spent(server: int, beside: Iterable[int], core: int) -> Spent:
    """Up to now; this process is among those beside the server, which runs on ``core``."""
    own = cpu_seconds(server)
    busy = busy_seconds(core, Path("/proc/stat").read_text("ascii"))
    return Spent(own, time.process_time() + sum(cpu_seconds(each) for each in beside), busy - own)


def resident(pid: int) -> int:
    """Bytes of it that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE


def busy_seconds(core: int, text: str) -> float:
    """For how long a core was not idle, by ``/proc/stat``, whose text is given."""
    [counted] = [line.split()[1:9] for line in text.splitlines() if line.startswith(f"cpu{core} ")]
    _, _, _, idle, waiting, *_ = ticks = [int(each) for each in counted]
    return (sum(ticks) - idle - waiting) / TICKS


def two_cores() -> tuple[int, int]:
    """One for servers, one for everything else. Raises RuntimeError where there are not two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise RuntimeError("two cores are needed: one for the server, and one for those who ask it")
    return cores[0], cores[1]


def pin(pid: int, core: int) -> None:
    """Moves a running process, with all its threads."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def allow_many_sockets() -> None:
    """As many as this user may have, for this process and what it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
