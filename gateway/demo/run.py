"""Puts the demo together: the networks' understudies, a gateway of its own, people giving, and the books beside it."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console

from connectors.testing.emulation import ScaledClock
from gateway.app import Gateway, running
from gateway.demo.books import Comparison, compare
from gateway.demo.calendar import moved, shift
from gateway.demo.fundraiser import Fundraiser
from gateway.demo.networks import Networks
from gateway.demo.outages import Outages
from gateway.demo.table import board, table
from gateway.http.server import DrainingServer, configuration
from gateway.intake.imports import Imports
from gateway.observe import set_up_logs
from gateway.serving import listening
from gateway.settings import Settings
from gateway.upkeep.polls import Polls
from gateway.upkeep.replay import relisted
from schema.model.errors import SettingsInvalid

LOOK_SECONDS: Final = 2.0
PLAIN_LOOK_SECONDS: Final = 15.0
EXPORT_SECONDS: Final = 5.0
SETTLE_SECONDS: Final = 30.0
ANSWERS: Final = 300
"""How often it looks whether the last answers have come, five times a second."""


async def run(*, seconds: float | None, seed: int, speed: float, console: Console) -> bool:
    """Runs until Ctrl-C, or for ``seconds``; whether gateway and books agreed at the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def leave() -> None:
        if stop.is_set() and task is not None:
            task.cancel()  # asked twice: nothing more is waited for
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    with _Folder() as own, (own.path / "demo.log").open("w") as log:
        folder = own.path
        set_up_logs(pretty=False, stream=log)
        clock = ScaledClock(datetime.now(UTC).replace(microsecond=0), speed=speed)
        networks = Networks.of(clock, seed)
        async with networks.serve():
            with listening(os.environ.get("GIVING_HOST", "127.0.0.1"), _port()) as listener:
                address = f"http://127.0.0.1:{listener.getsockname()[1]}"
                networks.call_back(address)
                settings = _settings(folder, address, networks, speed)
                fundraiser = Fundraiser(networks, settings.seasons[0].phases[1].starts_at, seed)
                await fundraiser.before()
                async with running(settings, clock=clock) as gateway:
                    asgi, refused = gateway.asgi, gateway.refused
                    config = configuration(asgi, repeats=asgi, limits=settings.limits, refused=refused)
                    server = DrainingServer(config, gateway.drain, grace_seconds=0.2, takes_signals=False)
                    outages = Outages(networks.paying)
                    async with _served(server, listener), outages.serve() as door, aiohttp.ClientSession() as session:
                        await _ready(session, address)
                        for line in ("ready", f"  live page  {address}/", f"  GraphQL    {address}/graphql"):
                            console.print(line, highlight=False)
                        console.print(f"  GraphiQL   {address}/graphiql/", highlight=False)
                        console.print(f"  networks   {door}/", highlight=False)
                        console.print(f"  log        {folder / 'demo.log'}", highlight=False)
                        console.print(
                            "One charity first, in a minute many. Donations flow, with duplicates, reordering, losses and "
                            "refunds on purpose. Ctrl-C ends it."
                        )
                        console.print(
                            f"Kill a network and see its figures turn STALE: curl -X POST {door}/twitch/kill (and /start)",
                            highlight=False,
                        )
                        demo = _Demo(networks, outages, fundraiser, gateway, settings, session, f"{address}/graphql", folder)
                        agreed = await demo.show(stop, console)
                        own.stays = not agreed
                        if own.stays:
                            console.print(f"What happened is in {folder}, which stays.", highlight=False)
                        return agreed


class _Demo:
    """People giving, a partner handing over exports, and the books beside what viewers see."""

    def __init__(
        self,
        networks: Networks,
        outages: Outages,
        fundraiser: Fundraiser,
        gateway: Gateway,
        settings: Settings,
        session: aiohttp.ClientSession,
        graphql: str,
        folder: Path,
    ) -> None:
        self._networks = networks
        self._outages = outages
        self._fundraiser = fundraiser
        self._base = gateway.base
        self._account = gateway.base.accounts["gongyi"]
        self._imports = Imports(gateway.base.ingest, gateway.base.book, gateway.base.archive, folder / "imports")
        self._export = folder / "gongyi-export.csv"
        self._slug = settings.seasons[0].slug
        self._names = {endorser.id: endorser.name for endorser in settings.endorsers}
        self._session = session
        self._graphql = graphql

    async def show(self, stop: asyncio.Event, console: Console) -> bool:
        """Until it is stopped; then everything under way arrives, and the books are compared for good."""
        work = [asyncio.create_task(each) for each in (self._give(), self._hand_over())]
        try:
            with board(console) as draw:
                while not stop.is_set():
                    draw(await self._compare())
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), LOOK_SECONDS if console.is_terminal else PLAIN_LOOK_SECONDS)
        finally:
            for task in work:
                task.cancel()
            faults = [each for each in await asyncio.gather(*work, return_exceptions=True) if isinstance(each, Exception)]
        for fault in faults:
            raise fault
        if down := await self._outages.end():
            console.print(f"Starting {', '.join(down)} again, as what was not delivered is to come.")
        console.print("Waiting for the last deliveries and answers, a minute at most. Ctrl-C again ends it at once.")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._fundraiser.settle(), SETTLE_SECONDS)
        await self._import()
        await self._ask()
        found = await self._compare()
        for _ in range(ANSWERS):  # bills may still be read, and calls to DonorDrive wait 15 s for their turn each
            if found.agrees:
                break
            await asyncio.sleep(0.2)
            found = await self._compare()
        console.print(table(found, settled=True, width=console.width))
        console.print("The books agree." if found.agrees else "THE BOOKS DO NOT AGREE.")
        return found.agrees

    async def _give(self) -> None:
        await self._fundraiser.since()
        await self._fundraiser.run()

    async def _hand_over(self) -> None:
        while True:
            if self._networks.is_up("gongyi"):
                await self._import()
            await asyncio.sleep(EXPORT_SECONDS)

    async def _import(self) -> None:
        self._export.write_bytes(self._networks.gongyi.export_csv())
        await self._imports.read(self._account, self._export)

    async def _ask(self) -> None:
        """Asks JustGiving once more, whose next turn may be a minute away. DonorDrive's comes within half of one."""
        account = self._base.accounts["runners"]
        await relisted(account, Polls(account, self._base.ingest, self._base.book))

    async def _compare(self) -> Comparison:
        return await compare(self._session, self._graphql, self._slug, self._networks.paying, self._names)


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or int(text) > 65_535:
        raise SettingsInvalid([f"PORT: {text!r} is no port; it is a number from 0 to 65535"])
    return int(text)


def _settings(folder: Path, address: str, networks: Networks, speed: float) -> Settings:
    values: dict[str, Any] = tomllib.loads((files("gateway.demo") / "giving.toml").read_text("utf-8"))
    values = moved(values, shift(values, networks.twitch.clock.now(), speed))
    networks.complete(values)
    # set last, as variables win over values: those of a real gateway must not lead the demo's donations into its ledger
    own = {
        "data_dir": folder,
        "public_url": address,
        "ledger_url": None,
        "ledger_replicas": 0,
        "cache_url": None,
        "profile": "development",
        "ecb_rates": True,
        "ecb_url": values["ecb_url"],
    }
    return Settings.of(values).model_copy(update=own)


class _Folder:
    """A folder of its own for each run: the emulators' books begin at zero, so the ledger must as well. It is gone with the
    run, unless something is in it that somebody will want to see.
    """

    def __init__(self) -> None:
        parent = Path(os.environ.get("GIVING_DATA_DIR", "var"))
        parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
        self.stays = False

    def __enter__(self) -> "_Folder":
        return self

    def __exit__(self, *_: object) -> None:
        if not self.stays:
            shutil.rmtree(self.path, ignore_errors=True)


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
