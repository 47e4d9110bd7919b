"""SIGHUP: a running gateway takes over what was added to its file, and a network that was installed beside it meanwhile.

A viewer follows a season over one WebSocket from the beginning to the end.
"""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.testing.emulation import serve
from tests.end_to_end import configuration, shoal
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.viewers import follow, socket
from tests.end_to_end.visitor import SECONDS, known, shown
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World

TOTAL: Final = """
subscription { seasonTotal(slug: "giving", maxRate: 20) { season {
    name total { campaignCount freshness raised { money { amount } } } byPlatform { platform { key } } } } }
"""
NETWORKS: Final = """
{ platforms { key name homepage freshness asOf }
  campaignByExternalId(platform: "shoal", externalId: "sardines") {
    title freshness platform { name } seasons { slug } total { raised { amount currencyCode } basis } } }
"""
TYPES: Final = "{ __schema { types { name fields { name type { name kind } } enumValues { name } } } }"
CAMPAIGN: Final = """
[[campaigns]]
platform = "wechat_pay"
id = "{id}"
title = "Campaign {id}"
currency = "CNY"
match = [{{ account = "{account}", attach = "campaign={id}*" }}]
"""
SEASON: Final = """
[[seasons]]
slug = "giving"
name = "{name}"
starts_at = 2026-01-01T00:00:00+08:00
currency = "CNY"
[[seasons.phases]]
slug = "many"
name = "Many"
starts_at = 2026-01-01T00:00:00+08:00
campaigns = {members}
"""


@dataclass
class File:
    """``giving.toml``, as an operator edits it."""

    world: World
    accounts: dict[str, dict[str, Any]]
    campaigns: list[str] = field(default_factory=lambda: ["school-lunch"])
    members: list[str] = field(default_factory=lambda: ["wechat_pay:school-lunch"])
    name: str = "Giving"
    rules_name: str = "lunch"

    def write(self) -> None:
        """All of it."""
        lines = configuration.basics(self.world.folder, self.world.port, self.accounts)
        lines += [CAMPAIGN.format(id=name, account=self.rules_name) for name in self.campaigns]
        lines.append(SEASON.format(name=self.name, members=self.members))
        (self.world.folder / "giving.toml").write_text("\n".join(lines), "utf-8")

    async def reload(self) -> dict[str, Any]:
        """Writes it and sends the signal; the last line that the log tells of how it went."""
        self.write()
        before = len(self.world.gateway.reloads())
        self.world.gateway.reload()
        await until(lambda: len(self.world.gateway.reloads()) > before)
        return self.world.gateway.reloads()[-1]


async def frame(feed: AsyncGenerator[dict[str, Any], None], count: int, amount: str) -> dict[str, Any]:
    """The first message in which the sum is that of so many campaigns."""
    async with asyncio.timeout(SECONDS):
        async for message in feed:
            season: dict[str, Any] = message["season"]
            if (season["total"]["campaignCount"], season["total"]["raised"]["money"]["amount"]) == (count, amount):
                return season
    raise AssertionError("the feed has ended")


@asynccontextmanager
async def shoals(figures: dict[str, str]) -> AsyncIterator[str]:
    """The partner's network, on loopback."""

    async def campaign(_: Request) -> JSONResponse:
        return JSONResponse(figures)

    async with serve(Starlette(routes=[Route("/campaign", campaign)])) as url:
        yield url


def install(folder: Path) -> None:
    """What an installer leaves in ``site-packages``, in the same tick of the disk's clock in which the folder was last read."""
    tick = folder.stat().st_mtime_ns
    shutil.copy(shoal.__file__, folder / "giving_gateway_shoal.py")
    about = folder / "giving_gateway_shoal-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: giving-gateway-shoal\nVersion: 0.1.0\n")
    (about / "entry_points.txt").write_text("[giving_gateway.connectors]\nshoal = giving_gateway_shoal:CONNECTOR\n")
    os.utime(folder, ns=(tick, tick))


@pytest.fixture
def packages(idle: World, tmp_path: Path) -> Path:
    """A folder from which the gateway takes packages from the beginning on. It is empty."""
    folder = tmp_path / "packages"
    folder.mkdir()
    idle.gateway.variables["PYTHONPATH"] = str(folder)
    return folder


@pytest.fixture
async def file(idle: World, packages: Path) -> File:
    """The file of a gateway that runs, with one campaign in its season, to which 5.00 were given."""
    file = File(idle, {"lunch": {"connector": "wechat_pay", **idle.wechat.account()}})
    file.write()
    await idle.gateway.start()
    await idle.wechat.pay(500, book="school-lunch")
    return file


async def test_a_viewer_stays_while_campaigns_and_a_network_installed_meanwhile_come(file: File, packages: Path) -> None:
    world, figures = file.world, {"id": "sardines", "title": "Sardines", "raised": "42.00"}
    types = await world.query(TYPES)
    async with socket(world.url) as viewer, aclosing(follow(viewer, TOTAL)) as feed:
        assert (await frame(feed, 1, "5.00"))["name"] == "Giving"

        file.campaigns.append("clean-river")
        file.members.append("wechat_pay:clean-river")
        file.name = "A season of giving"
        done = await file.reload()
        assert (done["event"], done["added"], done["changed"]) == ("reload.done", [], [])
        await world.wechat.pay(700, book="clean-river")
        assert (await frame(feed, 2, "12.00"))["name"] == "A season of giving"

        file.rules_name = "nobody"
        refused = await file.reload()
        assert (refused["event"], refused["level"]) == ("reload.refused", "error")
        problems = [line["problem"] for line in world.gateway.reloads() if line["event"] == "reload.refused"]
        assert problems == [f"campaigns[{number}].match[0].account: there is no [accounts.nobody]" for number in range(2)]
        assert await world.count("giving_reload_failed") == 1
        await world.wechat.pay(100, book="school-lunch")
        await frame(feed, 2, "13.00")

        file.rules_name = "lunch"
        install(packages)
        async with shoals(figures) as url:
            file.accounts["ours"] = {"connector": "shoal", "base_url": url}
            file.members.append("account:ours")
            done = await file.reload()
            assert (done["event"], done["added"]) == ("reload.done", ["ours"])
            assert await world.count("giving_reload_failed") == 0
            season = await frame(feed, 3, "55.00")
            assert [share["platform"]["key"] for share in season["byPlatform"]] == ["shoal", "wechat_pay"]

            found = await world.query(NETWORKS)
            assert [each["key"] for each in found["platforms"]] == ["shoal", "wechat_pay"]
            ours = found["platforms"][0]
            assert (ours["name"], ours["homepage"], ours["freshness"]) == ("Shoal", "https://shoal.example", "CACHED")
            assert ours["asOf"] is not None
            campaign = found["campaignByExternalId"]
            assert (campaign["title"], campaign["freshness"], campaign["platform"]["name"]) == ("Sardines", "CACHED", "Shoal")
            assert campaign["total"] == {"raised": {"amount": "42.00", "currencyCode": "CNY"}, "basis": "REPORTED"}
            assert [season["slug"] for season in campaign["seasons"]] == ["giving"]

            figures["raised"] = "50.00"
            await frame(feed, 3, "63.00")

    assert await world.query(TYPES) == types
    campaigns = await world.campaigns()
    for name in file.campaigns:
        assert shown(campaigns[name]) == known(world.wechat.books[name], "wechat_pay")


async def test_a_signal_that_comes_before_it_is_ready_is_heeded_and_ends_nothing(idle: World) -> None:
    file = File(idle, {"lunch": {"connector": "wechat_pay", **idle.wechat.account()}})
    file.write()
    await idle.gateway.begin()
    await until(lambda: idle.gateway.catches(signal.SIGHUP))
    file.name = "Renamed"
    file.write()
    idle.gateway.reload()
    await idle.gateway.ready()
    await until(lambda: bool(idle.gateway.reloads()))
    assert [line["event"] for line in idle.gateway.reloads()] == ["reload.done"]
    assert (await idle.query('{ season(slug: "giving") { name } }'))["season"]["name"] == "Renamed"


async def test_without_a_file_it_goes_on_as_it_is(tmp_path: Path, seed: int) -> None:
    port = configuration.free_port(random.Random(seed))
    basics = {"GIVING_PORT": str(port), "GIVING_DATA_DIR": str(tmp_path / "data"), "GIVING_ECB_RATES": "false"}
    gateway = GatewayProcess(None, port, tmp_path / "gateway.log", **basics)
    try:
        await gateway.start()
        gateway.reload()
        await until(lambda: bool(gateway.reloads()))
        assert [line["event"] for line in gateway.reloads()] == ["reload.done"]
        gateway.terminate()
        assert await gateway.ended(20) == 0
    finally:
        await gateway.kill()


async def test_a_file_that_is_gone_takes_nothing_away(file: File) -> None:
    world = file.world
    (world.folder / "giving.toml").unlink()
    world.gateway.reload()
    await until(lambda: bool(world.gateway.reloads()))
    [refused] = world.gateway.reloads()
    assert "there is no such file" in refused["problem"]
    assert (await world.campaigns()).keys() == {"school-lunch"}
