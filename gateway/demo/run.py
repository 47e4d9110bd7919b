"""Puts the demo together: two networks' understudies, a gateway of its own, people giving, and the books beside it."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console
from rich.live import Live
from rich.table import Table

from connectors.twitch.emulator import TwitchEmulator
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.app import running
from gateway.demo.books import Line, compare
from gateway.demo.fundraiser import Fundraiser
from gateway.http.server import DrainingServer, configuration
from gateway.observe import set_up_logs
from gateway.serving import listening
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid

LOOK_SECONDS: Final = 2.0
PLAIN_LOOK_SECONDS: Final = 15.0
SETTLE_SECONDS: Final = 30.0


async def run(*, seconds: float | None, seed: int, console: Console) -> bool:
    """Runs until Ctrl-C, or for ``seconds``; whether gateway and books agreed at the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    with _folder() as folder, (folder / "demo.log").open("w") as log:
        set_up_logs(pretty=False, stream=log)
        wechat, twitch = WeChatPayEmulator(seed=seed), TwitchEmulator(seed=seed)
        fundraiser = Fundraiser(wechat, twitch, seed)
        async with wechat.serve(), twitch.serve():
            with listening(os.environ.get("GIVING_HOST", "127.0.0.1"), _port()) as listener:
                address = f"http://127.0.0.1:{listener.getsockname()[1]}"
                settings = _settings(folder, address, {"lunch": wechat.account(), "reef": twitch.account()})
                wechat.callback = f"{address}/webhooks/wechat_pay/lunch"
                async with running(settings) as gateway:
                    server = DrainingServer(configuration(gateway.asgi), gateway.drain, grace_seconds=0.2, takes_signals=False)
                    async with _served(server, listener), aiohttp.ClientSession() as session:
                        await _ready(session, address)
                        for line in ("ready", f"  live page  {address}/", f"  GraphQL    {address}/graphql"):
                            console.print(line, highlight=False)
                        console.print(f"  log        {folder / 'demo.log'}", highlight=False)
                        console.print(
                            "Donations flow, with duplicates, reordering, losses and refunds on purpose. Ctrl-C ends it."
                        )
                        return await _show(fundraiser, session, address, stop, console)


async def _show(
    fundraiser: Fundraiser, session: aiohttp.ClientSession, address: str, stop: asyncio.Event, console: Console
) -> bool:
    giving = asyncio.create_task(fundraiser.run())
    graphql = f"{address}/graphql"
    try:
        with _board(console) as board:
            while not stop.is_set():
                board(await compare(session, graphql, fundraiser.networks))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_SECONDS if console.is_terminal else PLAIN_LOOK_SECONDS)
    finally:
        giving.cancel()
    console.print("Waiting for the last deliveries ...")
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(fundraiser.settle(), SETTLE_SECONDS)
    lines = await compare(session, graphql, fundraiser.networks)
    for _ in range(50):  # the last change becomes visible with the next step
        if all(line.agrees for line in lines):
            break
        await asyncio.sleep(0.1)
        lines = await compare(session, graphql, fundraiser.networks)
    agreed = bool(lines) and all(line.agrees for line in lines)
    console.print(_table(lines, settled=True))
    console.print("The books agree." if agreed else "THE BOOKS DO NOT AGREE.")
    return agreed


@contextlib.contextmanager
def _board(console: Console) -> Any:
    if not console.is_terminal:
        yield lambda lines: console.print(_table(lines, settled=False))
        return
    with Live(console=console, auto_refresh=False) as live:
        yield lambda lines: live.update(_table(lines, settled=False), refresh=True)


def _table(lines: list[Line], *, settled: bool) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("network")
    table.add_column("campaign")
    table.add_column("gateway shows", justify="right")
    table.add_column("network's books", justify="right")
    table.add_column("")
    for line in lines:
        verdict = "agrees" if line.agrees else "DIFFERS" if settled else "under way"
        table.add_row(line.network, line.title, line.shown or "-", line.book or "-", f"{verdict}  {line.freshness}")
    return table


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or int(text) > 65_535:
        raise SettingsInvalid([f"PORT: {text!r} is no port; it is a number from 0 to 65535"])
    return int(text)


def _settings(folder: Path, address: str, accounts: dict[str, dict[str, Any]]) -> Settings:
    values = tomllib.loads((files("gateway.demo") / "giving.toml").read_text("utf-8"))
    for name, keys in accounts.items():
        values["accounts"][name] |= keys
    # set last, as variables win over values: those of a real gateway must not lead the demo's donations into its ledger
    own = {"data_dir": folder, "public_url": address, "ledger_url": None, "cache_url": None, "profile": "development"}
    return Settings.of(values).model_copy(update=own)


@contextlib.contextmanager
def _folder() -> Any:
    """A folder of its own for each run: the emulators' books begin at zero, so the ledger must as well."""
    parent = Path(os.environ.get("GIVING_DATA_DIR", "var"))
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _served(server: DrainingServer, listener: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.leave()
        await task


async def _ready(session: aiohttp.ClientSession, address: str) -> None:
    while True:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"{address}/readyz") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.05)
