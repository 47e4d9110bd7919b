"""A network that is killed while the demo runs: its figures turn STALE and stay, and nobody else's are touched."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, Final

import aiohttp
import pytest

from connectors.twitch import CONNECTOR
from gateway.read.directory import KEPT_EVERY
from tests.end_to_end.demo_process import Demo, demo
from tests.end_to_end.viewers import TOTAL, follow, socket

KILLED: Final = "twitch"
BEST: Final = {
    **dict.fromkeys(("wechat_pay", "weibo", "alipay", "twitch", "tiltify"), "LIVE"),
    **dict.fromkeys(("donordrive", "justgiving", "tencent_gongyi"), "CACHED"),  # asked, or brought by people
}
"""How fresh figures are of a network that is well."""
OTHERS: Final = [platform for platform in BEST if platform != KILLED]
SPEED: Final = 4
assert CONNECTOR.pace.poll is not None
PROMISED: Final = max(KEPT_EVERY, 2 * CONNECTOR.pace.poll).total_seconds() / SPEED
"""Seconds within which it is noticed: the feed is confirmed no more, and was asked for twice in vain."""
CALLS: Final = 20.0
"""Seconds that the calls which fail may take, each of them some attempts, on a busy machine."""
BACK: Final = 90.0
"""Seconds until a network is asked again that was left alone for failing, and everything has been read."""
USUAL: Final = 5.0
"""Seconds in which it is seen how long queries take while all is well."""
DEADLINE: Final = 5.0
"""Seconds after which an operation is given up."""
CAMPAIGNS: Final = """
query Campaigns($platforms: [String!]) {
  campaigns(first: 50, filter: { platforms: $platforms }) {
    nodes { id externalId freshness platform { key freshness } total { raised { amount } freshness } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The campaigns of the others and of the one that is killed, at one moment, and how long the query for the others took."""

    at: float
    seconds: float
    others: Sequence[Any]
    killed: Sequence[Any]

    @property
    def amounts(self) -> dict[str, str]:
        """What was raised at the network that is killed, by campaign."""
        return {campaign["id"]: campaign["total"]["raised"]["amount"] for campaign in self.killed}

    @property
    def freshness(self) -> set[str]:
        """How fresh that is: of each campaign, of its total, and of the network."""
        return {each for campaign in self.killed for each in _freshness(campaign)}

    @property
    def worse(self) -> list[Any]:
        """Those of the others that are not as fresh as they can be."""
        return [campaign for campaign in self.others if _freshness(campaign) != {BEST[campaign["platform"]["key"]]}]


@dataclass
class Watch:
    """Somebody who looks ten times a second, from the beginning to the end."""

    url: str
    looks: list[Look] = field(default_factory=list)

    async def look_on(self) -> None:
        """Looks until it is cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                began = time.monotonic()
                others = await self._ask(session, OTHERS)
                took = time.monotonic() - began
                self.looks.append(Look(began, took, others, await self._ask(session, [KILLED])))
                await asyncio.sleep(0.1)

    async def until(self, met: Callable[[Look], bool], seconds: float) -> Look:
        """The first look from now on that meets something."""
        seen, ends = len(self.looks), time.monotonic() + seconds
        while True:
            if found := next((look for look in self.looks[seen:] if met(look)), None):
                return found
            assert time.monotonic() < ends, self.looks[-1]
            await asyncio.sleep(0.05)

    def between(self, start: float, end: float) -> list[Look]:
        """What was seen from one moment to another."""
        return [look for look in self.looks if start <= look.at < end]

    async def _ask(self, session: aiohttp.ClientSession, platforms: Sequence[str]) -> Any:
        asked = {"query": CAMPAIGNS, "variables": {"platforms": platforms}}
        async with session.post(self.url, json=asked) as answer:
            told = await answer.json(content_type=None)
        assert "errors" not in told, told
        return told["data"]["campaigns"]["nodes"]


def _freshness(campaign: Any) -> set[str]:
    total = campaign["total"]  # null before the first gift
    return {campaign["freshness"], campaign["platform"]["freshness"], *([] if total is None else [total["freshness"]])}


async def told_of(running: Demo, deed: str) -> None:
    """Kills or starts the network."""
    async with aiohttp.ClientSession() as session, session.post(f"{running.door}/{KILLED}/{deed}") as answer:
        told = await answer.json()
    assert told == {**dict.fromkeys(BEST, "up"), KILLED: "down" if deed == "kill" else "up"}


async def followed(running: Demo, campaign: str, into: list[str]) -> None:
    """Follows a campaign until it is cancelled, and keeps the position of each message."""
    async with socket(running.url) as session:
        async for message in follow(session, TOTAL, id=campaign):
            into.append(message["position"])


@pytest.mark.timeout(480)
async def test_a_network_that_is_killed_turns_stale_with_its_last_figures_and_nobody_else_notices(
    tmp_path: Path, seed: int
) -> None:
    async with demo(tmp_path, "--seed", str(seed), "--speed", str(SPEED)) as running:
        output = asyncio.create_task(running.ended(480))
        watch, heard = Watch(running.graphql), list[str]()
        async with asyncio.TaskGroup() as beside:
            watching = beside.create_task(watch.look_on())
            # the second phase begins after a minute, and then there is something everywhere
            well = await watch.until(_is_well, 120)
            following = beside.create_task(followed(running, _lunch(well), heard))
            await watch.until(lambda look: look.at > well.at + USUAL, 2 * USUAL)

            await told_of(running, "kill")
            killed = time.monotonic()
            stale = await watch.until(lambda look: look.freshness == {"STALE"}, PROMISED + CALLS)
            known = len(heard)
            await watch.until(lambda _: len(heard) > known + 2, 60)  # who follows another network is told of gifts

            await told_of(running, "start")
            started = time.monotonic()
            back = await watch.until(lambda look: look.freshness == {BEST[KILLED]}, BACK)
            await watch.until(lambda look: look.amounts != stale.amounts, 60)  # and people give there again
            watching.cancel()
            following.cancel()
        running.process.send_signal(signal.SIGINT)
        out = await output

    usual, down = watch.between(well.at, killed), watch.between(killed, started)
    taken = [[1000 * look.seconds for look in looks] for looks in (usual, down)]
    figures = [f"{len(each)} queries: median {median(each):.1f} ms, at most {max(each):.1f} ms" for each in taken]
    figures += [f"STALE {stale.at - killed:.1f} s after its end, LIVE {back.at - started:.1f} s after its start"]
    # a delivery that was on its way when it was killed may have arrived in the second after it
    assert [look for look in down if look.at > killed + 1 and look.amounts != stale.amounts] == []
    assert [look for look in down if look.at >= stale.at and look.freshness != {"STALE"}] == []
    assert [look.worse for look in watch.looks if look.at >= well.at and look.worse] == [], figures
    assert len(set(heard)) == len(heard)
    assert max(look.seconds for look in watch.looks) < DEADLINE, figures
    assert median(taken[1]) <= 5 * median(taken[0]) + 50, figures
    assert all(Decimal(back.amounts[each]) >= Decimal(amount) for each, amount in stale.amounts.items())
    assert out.rstrip().endswith("The books agree."), f"seed {seed}, {figures}: {out}"


def _lunch(look: Look) -> str:
    """The id of the campaign to which most is given."""
    return str(next(each["id"] for each in look.others if each["externalId"] == "school-lunch"))


def _is_well(look: Look) -> bool:
    seen = {campaign["platform"]["key"] for campaign in look.others}
    given = all(campaign["total"] and campaign["total"]["raised"]["amount"] != "0.00" for campaign in look.killed)
    return seen == set(OTHERS) and not look.worse and bool(look.killed) and given and look.freshness == {BEST[KILLED]}
