"""A gateway in a process of its own, which can be killed and started again, and two networks' understudies."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

import aiohttp

from connectors.testing.emulation import Emulator
from connectors.twitch.emulator import TwitchEmulator
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.money import Currency, Money

LUNCH: Final = "免费午餐 A warm lunch at school"
HOSTILE: Final = "<script>window.hacked = 1</script> \u202egnp.river \u2066<img src=x onerror=alert(1)>"
CAMPAIGNS: Final = (("school-lunch", LUNCH), ("clean-river", HOSTILE))


class World:
    """``wechat`` and ``twitch`` are where people give; ``address`` is where the board is. Its data outlive a kill."""

    def __init__(self, folder: Path) -> None:
        self.wechat = WeChatPayEmulator(seed=1)
        self.twitch = TwitchEmulator(seed=1)
        self.address = f"http://127.0.0.1:{_free_port()}"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Starts everything, and ends it with the context."""
        async with self.wechat.serve(), self.twitch.serve():
            self.wechat.callback = f"{self.address}/webhooks/wechat_pay/lunch"
            self.twitch.start_campaign(goal=500_000, currency="EUR")
            (self._folder / "giving.toml").write_text("\n".join(self.configuration()), "utf-8")
            await self.start()
            try:
                yield self
            finally:
                await self.kill()

    async def start(self) -> None:
        """Starts the gateway and waits until it is ready."""
        environment = {
            **os.environ,
            "GIVING_DATA_DIR": str(self._folder / "var"),
            "GIVING_PORT": self.address.rpartition(":")[2],
            "GIVING_PUBLIC_URL": self.address,
            "GIVING_ECB_RATES": "false",  # nothing outside of this machine is asked
        }
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(self._folder / "giving.toml")]
        with (self._folder / "gateway.log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=log, stdout=log)
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while not await _is_ready(session, f"{self.address}/readyz"):
                if self._process.returncode is not None:
                    raise RuntimeError((self._folder / "gateway.log").read_text("utf-8"))
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """Ends the gateway as a power cut does."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    def raised(self, emulator: Emulator, book: str) -> str:
        """What that network's own book says was raised, in major units, such as "1234.50"."""
        known = emulator.books[book]
        return str(Money(known.raised, Currency.of(known.currency))).partition(" ")[0]

    def configuration(self) -> list[str]:
        """The lines of ``giving.toml``."""
        lines = [*account("lunch", "wechat_pay", self.wechat.account()), *account("reef", "twitch", self.twitch.account())]
        lines += ["[[charities]]", 'id = "free-lunch"', 'name = "免费午餐 Free Lunch Fund"']
        for name, title in CAMPAIGNS:
            lines += [
                "[[campaigns]]",
                'platform = "wechat_pay"',
                f'id = "{name}"',
                f"title = {_text(title)}",
                'currency = "CNY"',
            ]
            lines += ['charity = "free-lunch"', 'goal = "50000"']
            lines += [f"match = [{', '.join([*self.rules(name), _rule(name)])}]"]
        return lines

    def rules(self, campaign: str) -> list[str]:
        """Rules of a campaign that come before the one for all its gifts."""
        return []


def account(name: str, connector: str, keys: Mapping[str, Any]) -> list[str]:
    """The lines of an account."""
    lines = [f"[accounts.{name}]", f'connector = "{connector}"']
    lines += [f"{key} = {_text(value)}" for key, value in keys.items() if not isinstance(value, dict)]
    for key, table in keys.items():
        if isinstance(table, dict):
            lines += [f"[accounts.{name}.{key}]", *(f"{_text(each)} = {_text(value)}" for each, value in table.items())]
    return lines


def _rule(campaign: str) -> str:
    return f'{{ account = "lunch", attach = "campaign={campaign}*" }}'


def _text(value: object) -> str:
    return json.dumps(value)  # a text or a list of texts in JSON is one in TOML


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with session.get(url) as answer:
            return answer.status == 200
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
