"""Everybody asks for what nobody has seen: row 35, where accounts may look for it."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final

from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.seekers import FOUND, Counting
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.rows.reaching import CROWD, NEVER_SEEN, beside, crowd, node_id
from tests.faults.sim import Sim, simulated

NAMES: Final = ("tiltify", "justgiving")
HANGS: Final = timedelta(seconds=2)
TAKEN_OVER: Final = 90.0
"""Seconds within which another process does the work of one that was killed, and finds what that one looked for."""


async def first_sight(stage: Stage) -> Told:
    """Hundreds ask two gateways for campaigns that nobody has seen; many leave at once, and whoever has begun to ask the
    network is killed over it.
    """
    calls = Counter[str]()
    async with simulated(stage, *NAMES, own_redis=True, started=False) as sim, AsyncExitStack() as stack:
        sim.settings["limits"] = {"first_sights_per_minute": 30}
        for player in sim.players.values():
            _count(player.emulator, calls)
            player.lookup = True
        await sim.give(12)
        await sim.start()
        await sim.even()
        first, second = sim.gateway, await stack.enter_async_context(beside(sim))
        tries = await _crowds(sim, second, stage, calls)
        stage.say("who looks is killed")
        await _killed(sim, first, second, calls)
        await first.start()
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "one call each")


async def _crowds(sim: Sim, second: GatewayProcess, stage: Stage, calls: Counter[str]) -> int:
    strange = [await _stranger(sim, name, number) for name in NAMES for number in range(2)]
    missing = [(name, native, "") for name in NAMES for native in NEVER_SEEN]
    urls, size, tries = (sim.url, second.url), stage.times(CROWD, 200), 0
    # twice: then all of them are known, or known not to be there
    for ids in (strange, strange + missing, missing):
        stage.say(f"{len(ids)} that nobody has seen")
        tries += await crowd(urls, [node_id(name, native) for name, native, _ in ids], size, stage)
    for url in urls:
        for name, native, _ in strange:
            found = await _ask(sim, url, name, native)
            expect(found is not None and found["total"]["raised"]["amount"] == "1.00", f"{name}:{native} is shown as {found}")
    asked = {native: _asked(calls, part) for _, native, part in strange}
    expect(set(asked.values()) == {1}, f"a campaign that nobody had seen was asked for so often: {asked}")
    once = [_asked(calls, part) for part in ("00000000-0000-4000-8000", "nobody-runs", "no-such-campaign")]
    expect(all(count <= 1 for count in once), f"campaigns that are not there were asked for so often: {once}")
    return tries


async def _killed(sim: Sim, first: GatewayProcess, second: GatewayProcess, calls: Counter[str]) -> None:
    """Whoever owns the account has asked, and does not live to hear the answer: the next one asks again."""
    name, native, part = await _stranger(sim, "tiltify", 9)
    outage: Any = sim.players[name].emulator
    outage.outage.slow = HANGS
    asking = asyncio.create_task(_ask(sim, sim.url, name, native))
    async with asyncio.timeout(TAKEN_OVER):
        while not _asked(calls, part):
            await asyncio.sleep(0.01)
        await first.kill()  # it began first, and so does the work
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        outage.outage.slow = timedelta()
        while await _ask(sim, second.url, name, native) is None:
            await asyncio.sleep(0.2)
    expect(_asked(calls, part) == 2, f"after a kill it was asked for {_asked(calls, part)} times in all")


async def _ask(sim: Sim, url: str, name: str, native: str) -> Any:
    asked = {"query": FOUND, "variables": {"platform": name, "id": native}}
    async with sim.session.post(f"{url}/graphql", json=asked) as told:
        answer = await told.json()
        expect("errors" not in answer, f"a stranger's question is answered {answer}")
        return answer["data"]["campaignByExternalId"]


async def _stranger(sim: Sim, name: str, number: int) -> tuple[str, str, str]:
    """A campaign that no setting lists, with 1.00 in it: its network, its native id, and what its calls are known by."""
    network: Any = sim.players[name].emulator
    before = set(network.books)
    if name == "tiltify":
        campaign = network.add_campaign(f"Stranger {number}")
        await network.donate(100, campaign=campaign)
        part = campaign.id
    else:
        page, part = network.add_page(f"page/stranger-{number}", "Stranger"), f"stranger-{number}"
        await network.donate(100, page=page)
    (native,) = set(network.books) - before
    sim.players[name].strange.add(native)
    return name, native, part


def _count(emulator: Any, calls: Counter[str]) -> None:
    app = emulator.app  # it is served already
    app.middleware_stack = Counting(app.middleware_stack or app.build_middleware_stack(), calls)


def _asked(calls: Counter[str], part: str) -> int:
    return sum(count for path, count in calls.items() if part in path)


FAULTS: Final = (Fault("35", "first sight", first_sight),)
