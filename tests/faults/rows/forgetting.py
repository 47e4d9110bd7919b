"""Somebody asks to be forgotten, names grow old, and peppers change: rows 58 and 59."""

import asyncio
import base64
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis.asyncio import Redis

from connectors.testing.emulation import ScaledClock
from gateway.store.shelf import Shelf
from gateway.upkeep.retention import FACES, Retention
from tests.end_to_end.commands import Ended, command
from tests.end_to_end.donors import FEED
from tests.end_to_end.notices import twitch_message
from tests.end_to_end.viewers import follow, socket
from tests.end_to_end.waiting import until
from tests.faults.canary import Canaries, kept_in_clear, written_to_disk
from tests.faults.eager import asked, eagerly
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import TAKEN
from tests.faults.redis_server import RedisServer
from tests.faults.sim import Sim, simulated

NETWORKS: Final = ("twitch", "tiltify", "justgiving")
REEF: Final = "/webhooks/twitch/twitch"
LISTED: Final = """
query ($id: ID!, $after: String) { campaign(id: $id) { donations(first: 50, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id donorName message amount { amount } } } } }
"""
WITHIN: Final = 20.0


@dataclass
class Donors:
    """Who gave what: ``names`` of each donor of Twitch's, by id; ``gifts`` of networks without such ids, each with its name."""

    rng: random.Random
    canaries: Canaries
    names: dict[str, str] = field(default_factory=dict)
    gifts: dict[tuple[str, str], str] = field(default_factory=dict)
    given: int = 0

    async def give(self, sim: Sim, many: int, *at: str) -> None:
        """So many gifts, at all three networks unless some are named, by donors who give more than once."""
        for _ in range(many):
            self.given += 1
            name, minor = self.rng.choice(at or NETWORKS), self.rng.randrange(100, 5_000)
            network: Any = sim.players[name].emulator
            if name == "twitch":
                who = self.rng.choice(list(self.names)) if len(self.names) > 11 else self.canaries.number("Twitch user")
                self.names.setdefault(who, self.canaries.show("Twitch name"))
                await network.donate(minor, user_name=self.names[who], user_id=who)
                continue
            words = self.canaries.show(f"{name} name"), self.canaries.show(f"{name} message")
            said = {"comment" if name == "tiltify" else "message": words[1]}
            gift = await network.donate(minor, donor_name=words[0], **said)
            self.gifts[name, str(gift.id)] = words[0]


async def _erased(sim: Sim, *words: str) -> Ended:
    return await command("erase", *words, "--json", "--config", str(sim.folder / "giving.toml"))


async def _shown(sim: Sim) -> dict[str, dict[str, Any]]:
    """All donations that viewers see, by campaign and id."""
    found: dict[str, dict[str, Any]] = {}
    for native, node in (await sim.campaigns()).items():
        after, more, found[native] = None, True, {}
        while more:
            page = (await sim.query(LISTED, id=node["id"], after=after))["campaign"]["donations"]
            found[native] |= {each["id"]: each for each in page["nodes"]}
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    return found


# --------------------------------------------------------------------------------------------------------------- erasure


async def erasure(stage: Stage) -> Told:
    """Donors, and single gifts where networks know no donors, are erased while gifts flow; then all is told once more."""
    donors = Donors(stage.rng, Canaries(stage.rng))
    async with eagerly(stage, *NETWORKS) as sim:
        await donors.give(sim, stage.times(300, 60))
        await sim.even()
        await _named(sim, donors)
        gone: set[str] = set()
        tries = 0
        async with _followed(sim) as changed:
            flow = asyncio.create_task(donors.give(sim, stage.times(200, 30)))
            for who in stage.rng.sample(list(donors.names), stage.times(6, 2)):
                stage.say(f"donor {tries}")
                ended = await _erased(sim, "--platform", "twitch", "--donor", who)
                expect(ended.code == 0 and json.loads(ended.out)["donations"], f"nothing of a donor was found: {ended}")
                gone.add(donors.names[who])
                tries += 1
            for name, number in stage.rng.sample(list(donors.gifts), stage.times(10, 2)):
                stage.say(f"gift {tries}")
                await asked(sim, name)
                ended = await _erased(sim, "--platform", name, "--donation", number)
                expect(ended.code in (0, 1), f"a gift was not erased: {ended}")
                gone.add(donors.gifts[name, number])
                tries += 1
            await flow
            before, _ = await sim.even()
            expect(before.is_even, f"erasing moved a total: {before.says}")
            await until(lambda: bool(changed))
        stage.say("all once more")
        await _told_again(sim)
        await sim.restart()
        await asked(sim, *NETWORKS)
        await donors.give(sim, 10)
        balance, healed = await sim.even()
        await _gone(sim, donors, gone)
        says = f"{len(gone)} names of {donors.given} gifts, {len(changed)} told as changed"
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _named(sim: Sim, donors: Donors) -> None:
    """Waits until every name is shown: else nobody would see that it goes."""
    names = {*donors.names.values(), *donors.gifts.values()}
    await _until_shown(sim, lambda seen: names <= seen, f"not all of {len(names)} names are shown")


async def _until_shown(sim: Sim, holds: Callable[[set[str]], bool], problem: str) -> None:
    try:
        async with asyncio.timeout(WITHIN):
            while not holds({each["donorName"] for page in (await _shown(sim)).values() for each in page.values()}):
                await asyncio.sleep(0.1)
    except TimeoutError:
        expect(False, problem)


@asynccontextmanager
async def _followed(sim: Sim) -> AsyncIterator[dict[str, Any]]:
    """The donations that feeds tell to have lost their name."""
    changed: dict[str, Any] = {}

    async def listen(campaign: str) -> None:
        async with socket(sim.url) as viewer, aclosing(follow(viewer, FEED, id=campaign)) as told:
            async for message in told:
                changed.update({each["id"]: each for each in message["changed"] if each["donorName"] is None})

    listening = [asyncio.create_task(listen(node["id"])) for node in (await sim.campaigns()).values()]
    try:
        yield changed
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


async def _told_again(sim: Sim) -> None:
    """Every message of Twitch is delivered once more, lists are read from their beginning, and names come in newer states."""
    network: Any = sim.players["twitch"].emulator
    for message in list(network.mail.kept):
        status = await sim.send(REEF, twitch_message(message, network))
        expect(status in TAKEN, f"a message that came again was answered {status}")
    ended = await command("reconcile", "--config", str(sim.folder / "giving.toml"), "--json")
    expect(ended.code in (0, 1), f"reconcile failed: {ended}")


async def _gone(sim: Sim, donors: Donors, gone: set[str]) -> None:
    """No trace of these names with viewers, in Redis, on disk and in the log; those of the others are all there."""
    left = Canaries(donors.rng, hidden=dict.fromkeys(gone, "an erased name"))
    others = {*donors.names.values(), *donors.gifts.values()} - gone
    await _until_shown(sim, lambda seen: others <= seen and not gone & seen, "not the erased names alone are gone")
    leaks = left.leaks("what viewers see", json.dumps(await _shown(sim)).encode(), to_viewers=True)
    leaks += left.leaks("the log", sim.gateway.log.read_bytes(), to_viewers=True)
    async with Redis.from_url(f"unix://{sim.folder / 'data' / 'redis' / 'redis.sock'}") as redis:
        async for name, held in kept_in_clear(redis):
            leaks += left.leaks(name, held, to_viewers=True)
    expect(not leaks, f"of what was erased there is {leaks[:5]}")
    files = ["never looked"]
    async with asyncio.timeout(WITHIN):  # the server writes its file anew
        while files:
            disk = written_to_disk(sim.folder / "data")
            files = [leak for name, said in disk for leak in left.leaks(name, said, to_viewers=True)]
            await asyncio.sleep(0.1 if files else 0)


# ------------------------------------------------------------------------------------------------------------- retention


async def retention(stage: Stage) -> Told:
    """Gifts of more than 400 days ago are told, and then more than 400 days pass: no names and messages, and all sums."""
    donors, aged = (Donors(stage.rng, Canaries(stage.rng)) for _ in range(2))
    async with simulated(stage, *NETWORKS, own_redis=True, started=False) as sim:
        assert sim.server is not None
        clock = sim.players["justgiving"].emulator.clock
        clock.turn(-FACES - timedelta(days=2))
        await aged.give(sim, stage.times(60, 20), "justgiving")
        clock.turn(FACES + timedelta(days=2))
        await donors.give(sim, stage.times(300, 40))
        await sim.start()
        for _ in range(stage.times(3, 1)):
            await sim.even()
            await _named(sim, donors)
            await _none_left(sim.server, aged, "of gifts that were old when they were told")
            await sim.restart()  # lists are read from the first gift on
        await sim.gateway.kill()
        async with sim.server.client() as redis:
            later = ScaledClock(datetime.now(UTC) + FACES + timedelta(days=1))
            opened = await Shelf(redis).opened()
            await Retention(redis, lambda: opened, later, "Asia/Shanghai").once()
        await _none_left(sim.server, donors, f"after {FACES.days} days")
        await sim.gateway.start()
        balance, healed = await sim.even()
        says = f"{len(donors.canaries.shown)} names and messages, {len(aged.canaries.shown)} that were old"
        return Told(donors.given + aged.given, balance.lost, balance.doubled, healed, says)


async def _none_left(server: RedisServer, donors: Donors, when: str) -> None:
    """No name and no message of these is in Redis."""
    left = Canaries(donors.rng, hidden={**donors.canaries.shown, **donors.canaries.hidden})
    async with server.client() as redis:
        leaks = [leak async for name, held in kept_in_clear(redis) for leak in left.leaks(name, held, to_viewers=True)]
    expect(not leaks, f"there is, {when}, {leaks[:5]}")


# --------------------------------------------------------------------------------------------------------------- peppers


async def peppers(stage: Stage) -> Told:
    """The pepper is changed again and again while gifts flow; then donors are erased who gave under all of them."""
    donors = Donors(stage.rng, Canaries(stage.rng))
    async with eagerly(stage, *NETWORKS) as sim:
        file = sim.folder / "data" / "pepper"
        await donors.give(sim, 20)
        rotations = stage.times(12, 3)
        for number in range(rotations):
            stage.say(f"pepper {number + 1}")
            flow = asyncio.create_task(donors.give(sim, stage.times(30, 12)))
            fresh = base64.b64encode(stage.rng.randbytes(32)).decode()
            file.write_text(f"{fresh}\n{file.read_text('ascii')}", "ascii")
            reloads = _reloads(sim)
            sim.gateway.reload()
            await until(lambda seen=reloads: _reloads(sim) > seen)  # type: ignore[misc]
            await flow
        await sim.even()
        await _told_again(sim)
        again, _ = await sim.even()
        expect(again.is_even, f"what came again under another pepper counts twice: {again.says}")
        await _named(sim, donors)
        network: Any = sim.players["twitch"].emulator
        gifts: dict[str, int] = defaultdict(int)
        for campaign in network.state.campaigns.values():
            for each in campaign.donations:
                gifts[each.user_id] += 1
        gone: set[str] = set()
        for who in stage.rng.sample(list(donors.names), stage.times(8, 3)):
            ended = await _erased(sim, "--platform", "twitch", "--donor", who)
            found = json.loads(ended.out)["donations"]
            expect(found == gifts[who], f"of {gifts[who]} gifts under {rotations + 1} peppers {found} were found")
            gone.add(donors.names[who])
        await donors.give(sim, 10)
        balance, healed = await sim.even()
        await _gone(sim, donors, gone)
        return Told(rotations, balance.lost, balance.doubled, healed, f"{len(gone)} donors erased under all of them")


def _reloads(sim: Sim) -> int:
    return sum(line["event"] == "reload.done" for line in sim.gateway.events())


FAULTS: Final = (
    Fault("58", "erasure", erasure),
    Fault("58", "retention", retention),
    Fault("59", "peppers", peppers),
)
