"""A network that is killed while the demo runs: its figures turn STALE and stay, and nobody else's are touched.

Nobody waits for it either: that is counted, as a network that refuses every connection would cost who waits for it only some
milliseconds. What a query costs beside it is counted in ``tests/gateway/http/test_network_gone.py``.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, Final, Self

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

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
PAGES: Final = range(50, 100)
"""So many rows are asked for, one more at each look: no answer is one that was kept, as those are let go within a second."""
PER_CALL: Final = 4
"""So many queries at least come on each call to the network: those are the gateway's own, and as many without any query."""
LOOKS: Final = 120
"""For how many it is killed at least."""
CAMPAIGNS: Final = """
query Campaigns($first: Int!, $platforms: [String!]) {
  campaigns(first: $first, filter: { platforms: $platforms }) {
    nodes { id externalId freshness platform { key freshness } total { raised { amount } freshness } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The campaigns of the others and of the one that is killed, at one moment, and how many seconds each query took."""

    at: float
    others: Sequence[Any]
    killed: Sequence[Any]
    took: Mapping[str, float]

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
            for rows in cycle(PAGES):
                began = time.monotonic()
                pair = {"others": OTHERS, "killed": [KILLED]}
                # neither is always the one that finds the gateway at work for the other
                turns = list(pair) if rows % 2 else list(reversed(pair))
                told, took = {}, {}
                for name in turns:
                    asked = time.monotonic()
                    told[name] = await self._ask(session, rows, pair[name])
                    took[name] = time.monotonic() - asked
                self.looks.append(Look(began, told["others"], told["killed"], took))
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

    async def _ask(self, session: aiohttp.ClientSession, rows: int, platforms: Sequence[str]) -> Any:
        asked = {"query": CAMPAIGNS, "variables": {"first": rows, "platforms": platforms}}
        async with session.post(self.url, json=asked) as answer:
            told = await answer.json(content_type=None)
        assert "errors" not in told, told
        return told["data"]["campaigns"]["nodes"]


def _freshness(campaign: Any) -> set[str]:
    total = campaign["total"]  # null before the first gift
    return {campaign["freshness"], campaign["platform"]["freshness"], *([] if total is None else [total["freshness"]])}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the gateway counted at one moment, and how many looks there were before it."""

    looks: int
    made: float
    """Answers that were made for who asked."""
    calls: float
    """Attempts to ask the network that is killed, also those that were not sent."""

    @classmethod
    async def of(cls, running: Demo, watch: Watch) -> Self:
        """As they are now."""
        async with aiohttp.ClientSession() as session, session.get(f"{running.url}/metrics") as answer:
            families = list(text_string_to_metric_families(await answer.text()))
        samples = [sample for family in families for sample in family.samples]
        made = [each.value for each in samples if each.name == "giving_answers_total" and each.labels["source"] == "made"]
        calls = [
            each.value for each in samples if each.name == "giving_upstream_calls_total" and each.labels["platform"] == KILLED
        ]
        return cls(len(watch.looks), sum(made), sum(calls))


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
            before = await Figures.of(running, watch)
            stale = await watch.until(lambda look: look.freshness == {"STALE"}, PROMISED + CALLS)
            known = len(heard)
            await watch.until(lambda _: len(heard) > known + 2, 60)  # who follows another network is told of gifts

            await watch.until(lambda _: len(watch.looks) > before.looks + LOOKS, 60)
            after = await Figures.of(running, watch)
            await told_of(running, "start")
            started = time.monotonic()
            back = await watch.until(lambda look: look.freshness == {BEST[KILLED]}, BACK)
            await watch.until(lambda look: look.amounts != stale.amounts, 60)  # and people give there again
            watching.cancel()
            following.cancel()
        running.process.send_signal(signal.SIGINT)
        out = await output

    usual, down = watch.between(well.at, killed), watch.between(killed, started)
    queries, calls = 2 * (after.looks - before.looks), after.calls - before.calls
    figures = [_took(name, usual, down) for name in ("others", "killed")]
    figures += [f"{queries} queries while it was down, {calls:.0f} calls to it"]
    figures += [f"STALE {stale.at - killed:.1f} s after its end, LIVE {back.at - started:.1f} s after its start"]
    print(*figures, sep="\n")  # noqa: T201 (pytest shows it when the test fails)
    # a delivery that was on its way when it was killed may have arrived in the second after it
    assert [look for look in down if look.at > killed + 1 and look.amounts != stale.amounts] == []
    assert [look for look in down if look.at >= stale.at and look.freshness != {"STALE"}] == []
    assert [look.worse for look in watch.looks if look.at >= well.at and look.worse] == [], figures
    assert len(set(heard)) == len(heard)
    # a query that waits for the network must ask it, and each attempt is counted; how long one took is noise beside that
    assert after.made - before.made >= queries - 4, figures  # a pair may be under way at either end
    assert calls * PER_CALL < queries, figures
    assert all(Decimal(back.amounts[each]) >= Decimal(amount) for each, amount in stale.amounts.items())
    assert out.rstrip().endswith("The books agree."), f"seed {seed}, {figures}: {out}"


def _took(name: str, usual: Sequence[Look], down: Sequence[Look]) -> str:
    """Of the ones before and while it was down; it says what is usual on this machine, and proves nothing."""
    before, meanwhile = ([1000 * look.took[name] for look in looks] for looks in (usual, down))
    ratio = median(meanwhile) / median(before)
    return f"{name}: median {median(before):.1f} ms, while it was down {median(meanwhile):.1f} ms, {ratio:.2f} times as long"


def _lunch(look: Look) -> str:
    """The id of the campaign to which most is given."""
    return str(next(each["id"] for each in look.others if each["externalId"] == "school-lunch"))


def _is_well(look: Look) -> bool:
    seen = {campaign["platform"]["key"] for campaign in look.others}
    given = all(campaign["total"] and campaign["total"]["raised"]["amount"] != "0.00" for campaign in look.killed)
    return seen == set(OTHERS) and not look.worse and bool(look.killed) and given and look.freshness == {BEST[KILLED]}
