"""The gateway as an operator runs it: a process of its own, which is the only one that is ever ended from here."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp

ROOT: Final = Path(__file__).resolve().parents[2]
READY_SECONDS: Final = 30.0


def environment(**more: str) -> dict[str, str]:
    """This process' environment without anything that would configure a gateway."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIVING_") and name != "PORT"}
    return {**kept, **more}


class GatewayProcess:
    """``python -m gateway serve`` on a configuration, or without a file. What it writes goes to ``log``, over all restarts.

    Whoever runs another ``program`` says so before the start.
    """

    def __init__(self, configuration: Path | None, port: int, log: Path, **variables: str) -> None:
        self.configuration = configuration
        self.variables = variables
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.program = "gateway"
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """Its process id, also when it has ended."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Starts it and waits until it is ready."""
        await self.begin()
        await self.ready()

    async def begin(self) -> None:
        """Starts it."""
        named = () if self.configuration is None else ("--config", str(self.configuration))
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", self.program, "serve", *named),
                cwd=ROOT,
                env=environment(**self.variables),
                stdout=log,
                stderr=log,
            )

    async def ready(self) -> None:
        """Waits until it is ready."""
        assert self._process is not None
        async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
            while await self._probe(session) != 200:
                assert self._process.returncode is None, f"it ended at once: {self.log.read_text()}"
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """``kill -9``, if it still runs."""
        if self._process is not None:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
            await self._process.wait()

    def reload(self) -> None:
        """SIGHUP. Returns at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def catches(self, number: signal.Signals) -> bool:
        """Whether it has said what is to be done on a signal, as far as the system knows."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
        return bool(int(caught, 16) >> (number - 1) & 1)

    def events(self) -> list[dict[str, Any]]:
        """What it has written to its log, line by line."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def reloads(self) -> list[dict[str, Any]]:
        """What the log says of them."""
        return [line for line in self.events() if line["event"].startswith("reload.")]

    def terminate(self) -> None:
        """SIGTERM. Returns at once."""
        assert self._process is not None
        self._process.terminate()

    async def ended(self, seconds: float) -> int:
        """Waits for its end, so long at most, and gives its exit code."""
        assert self._process is not None
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    def server(self) -> int:
        """The process id of its private Redis server, which is its only child."""
        children = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == self.pid]
        assert len(children) == 1, f"one child was expected, not {children}"
        return children[0]

    async def _probe(self, session: aiohttp.ClientSession) -> int:
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status
        except (aiohttp.ClientError, OSError):
            return 0


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stops a process for as long as the context is open."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def is_running(pid: int) -> bool:
    """Whether a process still does anything; one that only waits to be collected by its parent does not."""
    state, _ = _stat(Path(f"/proc/{pid}"))
    return state not in ("", "Z", "X")


def _parent(process: Path) -> int:
    return _stat(process)[1]


def _stat(process: Path) -> tuple[str, int]:
    try:
        # the name, in brackets, may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return "", 0
    return state, int(parent)
