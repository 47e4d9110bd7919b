"""A Redis server of a test's own, of the kind that a gateway finds over TCP: killed, frozen, robbed of its last writes."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.store.embedded import binary

READY_SECONDS: Final = 20.0
SAFE: Final = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
"""As a ledger needs it."""


class RedisServer:
    """Listens on ``port`` on loopback, its data in ``folder``. ``options`` are its own words, in place of the safe ones.

    ``login`` is the name and password of whoever may do everything, where that is not everybody.
    """

    def __init__(self, folder: Path, port: int, *, login: str = "", **options: str) -> None:
        self.folder = folder
        self.port = port
        self.login = f"{login}@" if login else ""
        self.options = SAFE | {name.replace("_", "-"): value for name, value in options.items()}
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """For clients."""
        return f"redis://{self.login}127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Starts it on what it has, and waits until it has read that."""
        self.folder.mkdir(parents=True, exist_ok=True)
        arguments = [part for name, value in self.options.items() for part in (f"--{name}", value)]
        self._process = await asyncio.create_subprocess_exec(
            binary(),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *arguments,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        async with asyncio.timeout(READY_SECONDS):
            while not await self._answers():
                assert self._process.returncode is None, f"the server ended at once with {self._process.returncode}"
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """``kill -9``, if it still runs."""
        if self._process is not None:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(signal.SIGCONT)
                    self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        """It does nothing any more, and nobody is told."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)

    def lose_tail(self, rng: random.Random, most: int) -> int:
        """Cuts 1 to ``most`` bytes off the end of what it wrote last, as a machine does whose power fails. It must not run.
        Gives how many.
        """
        newest = max(self.folder.glob("appendonlydir/*.incr.aof"), key=lambda file: int(file.name.split(".")[-3]))
        size = newest.stat().st_size
        lost = min(size, rng.randint(1, most))
        os.truncate(newest, size - lost)
        return lost

    def lose_all(self) -> None:
        """Deletes all that it had. It must not run."""
        shutil.rmtree(self.folder)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["RedisServer"]:
        """For as long as the context is open, however often it is killed and started meanwhile."""
        await self.start()
        try:
            yield self
        finally:
            await self.kill()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Redis]:
        """Commands past the gateway."""
        async with Redis.from_url(self.url) as redis:
            yield redis

    async def command(self, *words: str | int) -> Any:
        """One of them."""
        async with self.client() as redis:
            return await cast("Any", redis).execute_command(*words)

    async def _answers(self) -> bool:
        try:
            async with self.client() as redis:
                return bool(await redis.ping())
        except (RedisError, OSError):
            return False
