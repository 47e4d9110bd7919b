"""A gateway in a process of its own, with a private Redis, and the WeChat Pay emulator's keys."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from connectors.wechat_pay.emulator import WeChatPayEmulator

TICKS = os.sysconf("SC_CLK_TCK")
LUNCH: Final = "school-lunch"
"""The native id of the campaign that there is unless others are wanted."""
READY_SECONDS: Final = 180
"""In which a gateway with a hundred thousand campaigns is ready."""


@dataclass(frozen=True, slots=True)
class World:
    """``address`` of the gateway, where its data is, and the pids of it and of its Redis."""

    address: str
    folder: Path
    wechat: WeChatPayEmulator
    gateway: int
    redis: int

    @property
    def graphql(self) -> str:
        """The public endpoint."""
        return f"{self.address}/graphql"

    @property
    def webhook(self) -> str:
        """Where notifications go."""
        return f"{self.address}/webhooks/wechat_pay/lunch"


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pinned(core: int | None) -> Callable[[], None] | None:
    """For ``preexec_fn``: what starts stays on that core, with all its threads and children."""
    return None if core is None else partial(os.sched_setaffinity, 0, {core})


@asynccontextmanager
async def world(
    campaigns: Sequence[str] = (LUNCH,),
    *,
    core: int | None = None,
    fill: Callable[[Path], Awaitable[None]] | None = None,
    **settings: str,
) -> AsyncIterator[World]:
    """Starts it, and ends it with the context. Gateway and Redis run on one ``core``, or anywhere, by more
    ``settings``. ``fill`` has the folder of its data before it starts.

    A payment is for a campaign when its attach text is ``campaign=`` and that native id; none begins with another one.
    """
    wechat = WeChatPayEmulator(seed=1)
    with TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        config = Path(folder) / "giving.toml"
        config.write_text(_configuration(wechat, campaigns), "utf-8")
        environment = {**os.environ, "GIVING_DATA_DIR": folder, "GIVING_PORT": str(port), "GIVING_ECB_RATES": "false"}
        environment |= {f"GIVING_{name.upper()}": value for name, value in settings.items()}
        if fill is not None:
            await fill(Path(folder))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway",
            "serve",
            "--config",
            str(config),
            env=environment,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=pinned(core),
        )
        try:
            address = f"http://127.0.0.1:{port}"
            await _ready(address)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
            yield World(address, Path(folder), wechat, process.pid, int(children[0]))
        finally:
            process.terminate()
            await process.wait()


def _configuration(wechat: WeChatPayEmulator, campaigns: Sequence[str]) -> str:
    # JSON texts are TOML basic strings
    account = wechat.account()
    account["base_url"] = "http://127.0.0.1:9"  # nothing is asked in these runs
    keys = account.pop("verification_keys")
    lines = ['[accounts.lunch]\nconnector = "wechat_pay"']
    lines += [f"{name} = {json.dumps(value)}" for name, value in account.items()]
    lines += ["[accounts.lunch.verification_keys]", *(f"{json.dumps(name)} = {json.dumps(pem)}" for name, pem in keys.items())]
    for native in campaigns:
        lines.append(f'[[campaigns]]\nplatform = "wechat_pay"\nid = "{native}"\ntitle = "School lunch"\ncurrency = "CNY"')
        lines.append(
            f'goal = "50000.00"\nurl = "https://lunch.example/{native}"\ndonate_url = "https://lunch.example/{native}/give"'
        )
        lines.append(f'match = [{{ account = "lunch", attach = "campaign={native}*" }}]')
    return "\n".join(lines)


async def _ready(address: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(READY_SECONDS):
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
