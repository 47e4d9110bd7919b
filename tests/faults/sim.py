"""The simulator: networks with books in this process, the gateway in its own, a Redis beside it, and failing lines between."""

import asyncio
import contextlib
import random
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Emulator
from schema.model.money import Currency
from tests.end_to_end import configuration
from tests.end_to_end.commands import command
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import Visitor
from tests.faults.fault import Broken, Stage, expect
from tests.faults.link import Link
from tests.faults.players import PLAYERS, Player
from tests.faults.redis_server import RedisServer

TOTALS: Final = """
{ campaigns(first: 100) { nodes { externalId platform { key } total { raised { amount } donationCount freshness } } } }
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Totals beside books: gifts that viewers do not see, and gifts that they see twice. Where the number of gifts is right
    or unknown, and the money is not, that is one gift. ``says`` names the campaigns.
    """

    lost: int = 0
    doubled: int = 0
    says: tuple[str, ...] = ()

    @property
    def is_even(self) -> bool:
        """Whether viewers see what the networks know."""
        return not self.says


@dataclass(repr=False)
class Sim(Visitor):
    """``players`` by their keys, which are also the accounts' names. ``server`` is the ledger's own where it is not the
    gateway's private one, behind ``wire``; ``ingress`` is what networks reach the gateway by, ``egress`` what it reaches each
    network by. Links carry faithfully until they are told otherwise.
    """

    folder: Path
    seed: int
    rng: random.Random
    players: Mapping[str, Player]
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    port: int
    ingress: Link
    egress: Mapping[str, Link]
    server: RedisServer | None = None
    wire: Link | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    """Further settings of the gateway."""

    @property
    def networks(self) -> Sequence[Emulator]:
        """Those that have books."""
        return [player.emulator for player in self.players.values()]

    # ---------------------------------------------------------------------------------------------------------- process

    def configure(self) -> Path:
        """Writes ``giving.toml`` as things are now."""
        accounts = {name: self._through(name, player.account()) for name, player in self.players.items()}
        more: dict[str, Any] = {"public_url": self.ingress.url, **self.settings}
        if self.wire is not None:
            more["ledger_url"] = f"redis://127.0.0.1:{self.wire.near}"
            more["data_key_file"] = more["pepper_file"] = str(self.data_key())
        lines = configuration.basics(self.folder, self.port, accounts, **more)
        for name, player in self.players.items():
            for campaign, rule in player.declared.items():
                lines += ["[[campaigns]]", f'platform = "{player.key}"', f'id = "{campaign}"', 'title = "A campaign"']
                lines += ['currency = "CNY"', *([f'match = [{{ account = "{name}", {rule} }}]'] if rule else [])]
        path = self.folder / "giving.toml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    async def start(self) -> None:
        """Starts the gateway as things are now, and waits until it is ready."""
        self.configure()
        await self.gateway.start()

    async def restart(self) -> None:
        """``kill -9`` and start, on the same data."""
        await self.gateway.kill()
        await self.gateway.start()

    async def hand_over(self) -> None:
        """Files of networks that tell nothing else are imported beside the gateway."""
        player = self.players.get("tencent_gongyi")
        if player is not None:
            file = self.folder / "gongyi.csv"
            file.write_bytes(player.emulator.export_csv())  # type: ignore[attr-defined]
            ended = await command("import", player.key, str(file), "--config", str(self.folder / "giving.toml"))
            expect(ended.code == 0, f"the import failed: {ended}")

    async def reconcile(self, *arguments: str) -> None:
        """The operator's command; that it found nothing out of order is not asked for."""
        ended = await command("reconcile", "--config", str(self.folder / "giving.toml"), "--json", *arguments)
        expect(ended.code in (0, 1), f"reconcile failed: {ended}")

    def data_key(self) -> Path:
        """What seals what is kept; the same over all starts."""
        path = self.folder / "data.key"
        if not path.exists():
            path.write_bytes(b64encode(self.rng.randbytes(32)))
            path.chmod(0o600)
        return path

    def _through(self, name: str, account: dict[str, Any]) -> dict[str, Any]:
        """The account, asking its network through its link."""
        if not self.players[name].by_link:
            return account
        near, far = self.egress[name].url, self.players[name].emulator.url
        return {key: value.replace(far, near) if isinstance(value, str) else value for key, value in account.items()}

    # ------------------------------------------------------------------------------------------------------------ money

    async def give(self, gifts: int, *names: str, back: float = 0.0) -> None:
        """So many gifts at the networks named, at any where none is; ``back`` is the share that is followed by a refund."""
        chosen = [self.players[name] for name in names or self.players]
        for _ in range(gifts):
            player = self.rng.choice(chosen)
            await player.give(self.rng)
            if self.rng.random() < back:
                await player.give_back(self.rng)

    async def balance(self) -> Balance:
        """Totals beside books, now. Raises where the gateway does not answer."""
        nodes = (await self.query(TOTALS))["campaigns"]["nodes"]
        seen = {(node["platform"]["key"], node["externalId"]): node["total"] for node in nodes}
        lost = doubled = 0
        says: list[str] = []
        for player in self.players.values():
            for native, book in player.books.items():
                total = seen.pop((player.key, native), None)
                minor, count = _read(total, book.currency)
                if (minor, count if player.counted else None) == (book.raised, book.count if player.counted else None):
                    continue
                gap = book.count - (count or 0) if player.counted else 0
                lost += max(gap, 0) or int(minor < book.raised)
                doubled += max(-gap, 0) or int(minor > book.raised)
                says.append(f"{player.key}:{native} shows {minor} of {count} gifts, its book {book.raised} of {book.count}")
        for (platform, native), total in seen.items():
            if total is not None and _read(total, "CNY")[0]:
                doubled += 1
                says.append(f"{platform}:{native} shows {total['raised']['amount']}, and no network knows of it")
        return Balance(lost, doubled, tuple(says))

    async def even(self, within: float | None = None) -> tuple[Balance, float]:
        """Waits until totals are the books and no delivery is under way; gives what is left of the difference when the time is
        over, and how many seconds it took. ``within`` is seconds, those of the slowest network played where none are given.
        """
        within = within or max(player.heals_within for player in self.players.values())
        began = asyncio.get_running_loop().time()
        found = Balance(says=("nothing was read",))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                for network in self.networks:
                    await (network.settle() if hasattr(network, "settle") else network.sender.settle())
                while not found.is_even:
                    with contextlib.suppress(aiohttp.ClientError, OSError, AssertionError):
                        found = await self.balance()
                    await asyncio.sleep(0 if found.is_even else 0.1)
        if found.says == ("nothing was read",):
            raise Broken(f"within {within:.0f} s the deliveries were not taken, or the gateway gave no totals")
        return found, asyncio.get_running_loop().time() - began


def _read(total: Any, currency: str) -> tuple[int, int | None]:
    """Minor units and the number of gifts."""
    if total is None or total["raised"] is None:
        return 0, 0
    exponent = Currency.of(currency).exponent
    whole, _, part = total["raised"]["amount"].partition(".")
    return int(whole + part.ljust(exponent, "0")), total["donationCount"]


@asynccontextmanager
async def simulated(
    stage: Stage,
    *names: str,
    own_redis: bool = False,
    settings: Mapping[str, Any] = MappingProxyType({}),
    redis_options: Mapping[str, str] = MappingProxyType({}),
    started: bool = True,
) -> AsyncIterator[Sim]:
    """Networks by their keys (all eight where none is named), links to all of them, and a gateway, started unless told not to.

    ``own_redis`` puts the ledger on a server that is the bench's, over TCP and through ``Sim.wire``.
    """
    rng = stage.rng
    players = {name: PLAYERS[name](stage.seed % 10_000) for name in names or PLAYERS}
    port = configuration.free_port(rng)
    gateway = GatewayProcess(stage.folder / "giving.toml", port, stage.folder / "gateway.log")
    async with AsyncExitStack() as stack:
        egress: dict[str, Link] = {}
        for name, player in players.items():
            address = await stack.enter_async_context(player.emulator.serve())
            egress[name] = await stack.enter_async_context(Link(int(address.rpartition(":")[2]), rng).open())
        ingress = await stack.enter_async_context(Link(port, rng).open())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        server, wire = None, None
        if own_redis:
            server = RedisServer(stage.folder / "redis", configuration.free_port(rng), **redis_options)
            await stack.enter_async_context(server.running())
            wire = await stack.enter_async_context(Link(server.port, rng).open())
        for name, player in players.items():
            player.emulator.callback = f"{ingress.url}/webhooks/{player.key}/{name}"
        places = (session, gateway, port, ingress, egress, server, wire)
        sim = Sim(stage.folder, stage.seed, rng, players, *places, dict(settings))
        stack.push_async_callback(gateway.kill)
        if started:
            await sim.start()
        yield sim
