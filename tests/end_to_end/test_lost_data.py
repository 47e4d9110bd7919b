"""The ledger's server comes back without the end of what it wrote, or without anything: books agree again by themselves."""

import base64
import os
import shutil
from itertools import chain
from pathlib import Path

from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.record import Record
from schema.model.facts import Stage
from tests.end_to_end.commands import command
from tests.end_to_end.configuration import free_port
from tests.end_to_end.gateway_process import is_running
from tests.end_to_end.merchants import noon
from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World, set_up
from tests.faults.redis_server import RedisServer

ROUNDS = 2
MOST_LOST = 6_000
"""Bytes off the end of the file."""
SECRET = base64.b64encode(bytes(32)).decode()
BILLED = noon(2)
"""What is paid then is on a bill that is there."""
LOOK = "{ campaigns(first: 100) { nodes { externalId freshness platform { key freshness } total { freshness } } } }"


async def stopped(world: World) -> Path:
    """``kill -9`` for the gateway, with which its server ends; gives the server's folder."""
    server = world.gateway.server()
    await world.gateway.kill()
    await until(lambda: not is_running(server))
    return world.folder / "data" / "redis"


def cut(folder: Path, lost: int) -> int:
    """Takes so many bytes off the end of what the server wrote last, as a machine does whose power fails."""
    files = [*folder.glob("appendonlydir/*.incr.aof"), *folder.glob("appendonly.aof")]
    newest = max(files, key=lambda file: file.stat().st_mtime_ns)
    lost = min(lost, newest.stat().st_size)
    os.truncate(newest, newest.stat().st_size - lost)
    return lost


async def unbalanced(world: World) -> list[str]:
    """The counted campaigns whose total is not the sum of their records, or not that of their days."""
    handle = os.open(world.folder / "data" / "redis", os.O_RDONLY)
    found = []
    try:
        async with Redis.from_url(f"unix:///proc/{os.getpid()}/fd/{handle}/redis.sock") as redis:
            for campaign in [keys.campaign_of(name.decode()) async for name in redis.scan_iter(keys.totals("wechat_pay"))]:
                # of one moment, as the gateway is catching up meanwhile
                async with redis.pipeline(transaction=True) as pipe:
                    pipe.hgetall(keys.total(campaign))
                    pipe.hvals(keys.buckets(campaign)[2])
                    for bucket in range(64):
                        pipe.hvals(keys.records(campaign, bytes([bucket])))
                    head, days, *buckets = await pipe.execute()
                total = [int(head.get(part, b"0")) for part in (b"raised", b"refunded", b"count")]
                records = [0, 0, 0]
                for record in (Record.unpack(packed) for packed in chain(*buckets)):
                    if record.stage is Stage.COMPLETED:
                        left = record.amount - record.refunded
                        records = [records[0] + left, records[1] + record.refunded, records[2] + (left > 0)]
                booked = [sum(map(int, parts)) for parts in zip(*(day.split() for day in days), strict=True)] or [0, 0, 0]
                if not total == records == booked:
                    found.append(f"{campaign}: {total}, records {records}, days {booked}")
    finally:
        os.close(handle)
    return found


async def give(world: World, times: int) -> None:
    """Payments of a day whose bill is there, a few refunds, and donations on Twitch."""
    for number in range(times):
        payment = await world.wechat.pay(world.rng.randrange(2, 10_000), paid_at=BILLED)
        await world.twitch.donate(world.rng.randrange(1, 10_000))
        if number % 4 == 0:
            await world.wechat.sender.settle()
            await world.wechat.refund(payment, 1, refunded_at=BILLED)


async def caught_up(world: World, account: str) -> None:
    """Waits until nothing of an account can be missing any more."""
    async for _ in world.each_look():
        if not await world.count("giving_ledger_behind", account=account):
            return


async def test_without_the_end_of_the_file_books_balance_at_once_and_agree_again(world: World) -> None:
    world.twitch.start_campaign()
    await give(world, 10)
    await world.agree()
    for _ in range(ROUNDS):
        await give(world, 8)
        await world.agree()
        lost = cut(await stopped(world), world.rng.randrange(1, MOST_LOST + 1))
        await world.start()
        assert await unbalanced(world) == [], f"seed {world.seed}, {lost} bytes"
        await caught_up(world, "lunch")
        await caught_up(world, "reef")
        await world.agree()


async def test_a_server_of_ones_own_that_comes_back_without_the_end_is_noticed_by_the_gateway_that_goes_on(
    idle: World,
) -> None:
    async with RedisServer(idle.folder / "ledger", free_port(idle.rng)).running() as server:
        idle.gateway.variables = {"GIVING_LEDGER_URL": server.url, "GIVING_DATA_KEY": SECRET, "GIVING_PEPPER": SECRET}
        world = await set_up(idle)
        world.twitch.start_campaign()
        await give(world, 10)
        await world.agree()
        await server.kill()
        server.lose_tail(world.rng, MOST_LOST)
        await server.start()
        await until(lambda: {"ledger.restarted", "catch_up.begun"} <= {line["event"] for line in world.gateway.events()})
        await caught_up(world, "lunch")
        await caught_up(world, "reef")
        await world.agree()
        await world.gateway.kill()


async def freshness(world: World) -> dict[str, tuple[str, str | None]]:
    """By network: that of a campaign to which was given, and that of its total."""
    nodes = (await world.query(LOOK))["campaigns"]["nodes"]
    return {
        node["platform"]["key"]: (node["freshness"], node["total"] and node["total"]["freshness"])
        for node in nodes
        if node["externalId"] not in ("other-gifts", "clean-river")
    }


async def test_without_any_data_it_says_stale_until_all_was_asked_again_and_no_old_position_holds(world: World) -> None:
    world.twitch.start_campaign()
    await give(world, 10)
    await world.agree()
    campaigns = await world.campaigns()
    reef = next(campaign["id"] for campaign in campaigns.values() if campaign["platform"]["key"] == "twitch")
    lunch = campaigns["school-lunch"]["id"]
    before = {}
    async with socket(world.url) as session:
        for campaign in (reef, lunch):
            before[campaign] = (await anext(follow(session, TOTAL, id=campaign)))["position"]

    shutil.rmtree(await stopped(world))
    for network in (world.wechat, world.twitch):
        network.outage.fail_next = 100_000
    await world.start()
    await world.reach("giving_ledger_behind", 1, account="lunch")
    assert (await freshness(world)).get("wechat_pay") == ("STALE", None)
    assert "twitch" not in await freshness(world)  # what it tells of itself is lost as well
    for network in (world.wechat, world.twitch):
        network.outage.fail_next = 0

    await world.reach("giving_jobs_total", 1, account="reef", job="poll", outcome="done")
    await caught_up(world, "reef")
    async for _ in world.each_look():
        if (await freshness(world)).get("twitch", ("", ""))[1] in ("LIVE", "CACHED"):
            break
    # WeChat Pay's bills were refused, and are asked for again after minutes; by hand at once
    ended = await command("reconcile", "--archive", "--config", str(world.folder / "giving.toml"))
    assert ended.code == 0, ended
    await world.agree()
    assert await unbalanced(world) == []
    # what was paid today is on a bill of tomorrow
    assert (await freshness(world))["wechat_pay"] == ("STALE", "STALE")
    async with socket(world.url) as session:
        for campaign in (reef, lunch):
            assert not (await anext(follow(session, TOTAL, id=campaign, after=before[campaign])))["recovered"]
