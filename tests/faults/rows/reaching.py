"""Who makes whom ask whom: rows 35 and 36."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.http import HttpRequest
from connectors.testing.emulation.serving import serve
from gateway.outbound.reach import public_socket
from schema.model.errors import UpstreamGarbled
from tests.end_to_end.commands import command
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.merchants import noon
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import redirected
from tests.faults.players import PLAYERS
from tests.faults.sim import Sim, simulated
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import world

# -------------------------------------------------------------------------------------------------------------- stampede

CROWD: Final = 500
LOOKS: Final = 5
"""How often a crowd comes, until no scheduled work falls into its time."""
NEVER_SEEN: Final = ("campaign/00000000-0000-4000-8000-000000000000", "page/nobody-runs", "no-such-campaign")
ONE: Final = "query ($id: ID!) { campaign(id: $id) { total { raised { amount } } donations(first: 2) { totalCount } } }"
NODE: Final = "query ($id: ID!) { node(id: $id) { id } }"
FOLLOWED: Final = "subscription ($id: ID!) { campaignTotal(id: $id) { campaign { total { raised { amount } } } } }"


async def stampede(stage: Stage) -> Told:
    """Five hundred ask two gateways for campaigns that nobody has seen, and for known ones; many leave before the answer."""
    # DonorDrive is asked every 15 s at most, and so takes a minute to be even
    names = [name for name in PLAYERS if name != "donordrive" or not stage.quick]
    async with simulated(stage, *names, own_redis=True, started=False) as sim:
        await sim.give(24)
        await sim.start()
        await sim.hand_over()
        await sim.even()
        return await _stampeded(sim, stage)


async def _stampeded(sim: Sim, stage: Stage) -> Told:
    async with beside(sim) as second:
        known = [node["id"] for node in (await sim.campaigns()).values()]
        strange = [node_id(key, native) for key in sim.players for native in NEVER_SEEN]
        tries = 0
        for ids in (strange, known):
            stage.say("known campaigns" if ids is known else "campaigns never seen")
            asked_for = await _none_asked(sim, second, ids, stage)
            tries += asked_for
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "no call to any network")


def node_id(key: str, native: str) -> str:
    """The global id of a campaign."""
    return base64.urlsafe_b64encode(f"Campaign\n{key}\n{native}".encode()).decode().rstrip("=")


@asynccontextmanager
async def beside(sim: Sim) -> AsyncIterator[GatewayProcess]:
    """A second gateway on the same ledger."""
    port = sim.port + 1
    variables = {"GIVING_PORT": str(port), "GIVING_DATA_DIR": str(sim.folder / "second")}
    gateway = GatewayProcess(sim.folder / "giving.toml", port, sim.folder / "second.log", **variables)
    gateway.program = sim.gateway.program
    try:
        await gateway.start()
        yield gateway
    finally:
        await gateway.kill()


async def _none_asked(sim: Sim, second: GatewayProcess, ids: list[str], stage: Stage) -> int:
    """A crowd comes, and nothing leaves for any network meanwhile. Gives how many requests were made, also by earlier ones."""
    size, tries = stage.times(CROWD, 200), 0
    for _ in range(LOOKS):
        before = await _work(sim, second)
        tries += await crowd((sim.url, second.url), ids, size, stage)
        after = await _work(sim, second)
        if after[0] == before[0]:
            sent = {name: after[1][name] - before[1][name] for name in before[1] if after[1][name] != before[1][name]}
            expect(not sent, f"a crowd made the gateways ask {sent} (bytes by network)")
            return tries
    expect(False, "scheduled work fell into every crowd's time")
    return tries


async def _work(sim: Sim, second: GatewayProcess) -> tuple[list[str], dict[str, int]]:
    """The scheduled work that both have done so far, and the bytes that went to and fro between them and each network."""
    jobs = []
    for url in (sim.url, second.url):
        async with sim.session.get(f"{url}/metrics") as told:
            jobs += [line for line in (await told.text()).splitlines() if line.startswith("giving_jobs_total")]
    return jobs, {name: link.carried for name, link in sim.egress.items()}


async def crowd(urls: tuple[str, ...], ids: list[str], size: int, stage: Stage) -> int:
    """So many ask for these in three ways, and one in five leaves at once. Gives how many they were."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int) -> int:
            document = (ONE, NODE, FOLLOWED)[number % 3]
            words = {"query": document, "variables": {"id": ids[number % len(ids)]}}
            headers = {"Accept": "text/event-stream"} if document is FOLLOWED else {}
            leaves = stage.rng.uniform(0.001, 0.05) if stage.rng.random() < 0.2 else 20.0
            try:
                async with asyncio.timeout(leaves):
                    async with session.post(f"{urls[number % 2]}/graphql", json=words, headers=headers) as told:
                        first = await told.content.readany()
                        expect(told.status in (200, 400) and first, f"a stranger's question is answered {told.status}")
            except TimeoutError:
                expect(leaves < 20, "a question was not answered within 20 s")
            return 1

        return sum(await asyncio.gather(*(one(number) for number in range(size))))


# ------------------------------------------------------------------------------------------------------------------ reach

HERE: Final = ("127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]")
"""This machine, in many ways."""
PRIVATE: Final = ("169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]", "192.168.0.1", "[fd00::1]", "100.64.0.1")


async def forged_addresses(stage: Stage) -> Told:
    """Networks tell, signed, that their bills lie on our own machines; a redirect leads there; a name changes its address."""
    tries = 0
    days = ("--since", f"{noon(2):%Y-%m-%d}", "--until", f"{noon(2):%Y-%m-%d}")
    names = ("wechat_pay", "alipay")[: stage.times(2, 1)]
    async with simulated(stage, *names) as sim, listening() as (port, visits):
        for player in sim.players.values():
            network: Any = player.emulator
            dated = {"paid_at" if player.key == "wechat_pay" else "at": noon(2)}
            # Alipay's bill does not tell what a payment was for
            told = player.key == "alipay"
            await network.pay(1_200, attach="campaign=school-lunch", book="school-lunch", notify=told, **dated)
        hosts = [f"{host}:{port}" for host in HERE] + list(PRIVATE)
        for host in stage.rng.sample(hosts, stage.times(len(hosts), 2)):
            for name, player in sim.players.items():
                stage.say(f"{name} at {host}")
                async with serve(_At(player.emulator.app, host)) as url, redirected(sim.egress[name], url):
                    ended = await command("reconcile", name, *days, "--config", str(sim.folder / "giving.toml"), "--json")
                    expect(ended.code == 1, f"a bill at {host} was read: {ended.out}")
                    tries += 1
        tries += await _at_the_port(port, visits)
        expect(not visits, f"{len(visits)} connections came where none may lead")
        await sim.reconcile(*days)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says) or "no connection")


class _At:
    """A network that believes to be somewhere else, and gives addresses there."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, self._host if name == b"host" else value) for name, value in scope["headers"]]
        await self._app({**scope, "headers": headers}, receive, send)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[str]]]:
    """A port of this machine, over IPv4 and where there is one over IPv6, and who came."""
    visits: list[str] = []

    def came(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(str(writer.get_extra_info("sockname")))
        writer.close()

    async with AsyncExitStack() as stack:
        server = await asyncio.start_server(came, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await stack.enter_async_context(server)
        with contextlib.suppress(OSError):
            await stack.enter_async_context(await asyncio.start_server(came, "::1", port))
        yield port, visits


async def _at_the_port(port: int, visits: list[str]) -> int:
    """The same through the port that connectors are given, each way of writing it, and redirects from an address that is
    known; a name that leads elsewhere when it is looked up again.
    """
    forms = [f"http://{host}:{port}/" for host in HERE] + [f"http://{host}/" for host in PRIVATE]
    others = ["file:///etc/passwd", f"ftp://127.0.0.1:{port}/", f"gopher://127.0.0.1:{port}/", f"http://a:b@127.0.0.1:{port}/"]
    async with world(own=frozenset[tuple[str, int | None]]()) as its:
        for url in forms + others:
            try:
                told = await its.http.send(HttpRequest("GET", url))
                expect(False, f"{url} was asked, and answered {told.status}")
            except UpstreamGarbled:
                pass
    expect(not visits, f"{len(visits)} connections came to forms of this machine")
    for status in (301, 302, 303, 307, 308):
        async with upstream(answer(status, Location=f"http://127.0.0.1:{port}/")) as network, world() as its:
            told = await its.http.send(HttpRequest("GET", network.url))
            expect(told.status == status, f"a redirect was followed to {told.status}")
    async with upstream(answer(200)) as network, world() as its:
        try:
            await its.http.send(HttpRequest("GET", network.url.replace("//", "//a:b@")))
            expect(False, "an address with credentials was asked")
        except UpstreamGarbled:
            pass
    return len(forms) + len(others) + 6 + await _changed_name(port)


class _Changing(AbstractResolver):
    """Says a public address first, and this machine's from then on."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        self.asked += 1
        place = "192.88.99.1" if self.asked == 1 else "127.0.0.1"
        return [ResolveResult(hostname=host, host=place, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)]

    async def close(self) -> None:
        pass


async def _changed_name(port: int) -> int:
    """What counts is the address that is connected to: looking at the name first would be too early."""
    names = _Changing()
    await names.resolve("rebound.example")  # whoever looks before connecting is content
    connector = aiohttp.TCPConnector(limit=0, socket_factory=public_socket, resolver=names, use_dns_cache=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        try:
            async with session.get(f"http://rebound.example:{port}/"):
                expect(False, "a name that leads to this machine was asked")
        except aiohttp.ClientConnectorError:
            pass
    return 1


FAULTS: Final = (
    Fault("35", "stampede", stampede),
    Fault("36", "forged addresses", forged_addresses),
)
