"""Rules about time: held back, at midnight, when clocks are set, and on a machine in any zone."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from connectors.contract import ReadsExports, ReceivesDeliveries
from connectors.testing.conformance.asking import take_back
from connectors.testing.conformance.bench import Bench, donations_of, running
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import essence
from connectors.testing.conformance.forging import MARGIN
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import file, listed, rows, ways
from schema.model.errors import DeliveryRejected

GIFT: Final = 1_999
LONG: Final = timedelta(hours=25)
"""How late a network sends again that does not date what it sends."""
NEAR: Final = timedelta(seconds=20)
EXACT: Final = timedelta(seconds=5)
SET: Final = ("Europe/London", "America/New_York")
"""Zones whose clocks are set twice a year."""
AWAY: Final = timedelta(minutes=30)
ZONES: Final = ("EAST-13", "WEST+11")
"""Of machines, as POSIX writes them: 13 hours ahead, and 11 behind."""


async def held_back(bench: Bench) -> str:
    """A delivery that was held back beyond midnight says exactly what it would have said before."""
    clock, zone = bench.emulator.clock, bench.case.zone
    clock.turn(_midnight(clock.now(), zone) - clock.now() - NEAR)
    await bench.give(GIFT)
    await take_back(bench)
    wait = LONG if bench.case.window is None else bench.case.window - MARGIN
    for delivery, receipt in bench.genuine:
        later = replace(delivery, received_at=delivery.received_at + wait)
        try:
            again = bench.receive(later)
        except DeliveryRejected as error:
            raise Broken(f"a delivery that was held back for {wait} is refused: {error}") from error
        expect(again == receipt, f"a delivery that was held back for {wait}, beyond midnight, says something else")
    return f"{len(bench.genuine)} deliveries said the same {wait} later, on the next day"


async def any_moment(bench: Bench) -> str:
    """Around midnight, and where clocks are set, a donation comes out with the instant at which it was made."""
    now, count = bench.emulator.clock.now(), 0
    moments = [*_midnights(now, bench.case.zone), *(moment for zone in SET for moment in _sets(now, ZoneInfo(zone)))]
    for moment in sorted(moments):
        emulator = bench.case.emulator()
        emulator.clock.turn(moment - emulator.clock.now())
        async with running(bench.case, emulator) as then:
            began = emulator.clock.now()
            await then.give(GIFT)
            for way, facts in (await ways(then)).items():
                for state in donations_of(facts):
                    away = max(began - state.donated_at, state.donated_at - began)
                    expect(away < EXACT, f"a donation of {began:%Y-%m-%d %H:%M:%S} UTC is {way} with a time {away} away")
                    count += 1
    return f"{count} times are exact, around midnight and where clocks are set ({len(moments)} moments)"


async def any_machine(bench: Bench) -> str:
    """What is read does not depend on the zone of the machine."""
    await bench.give(GIFT)
    await take_back(bench)
    if not hasattr(time, "tzset"):
        return "not to be seen on this machine, whose zone cannot be changed"
    data = await file(bench) if isinstance(bench.connector, ReadsExports) else b""
    before = (rows(bench, data), [_dated(fact) for fact in await listed(bench)])
    for zone in ZONES:
        with _machine_in(zone):
            for delivery, receipt in bench.genuine:
                expect(bench.receive(delivery) == receipt, f"on a machine in {zone} a delivery says something else")
            expect(rows(bench, data) == before[0], f"on a machine in {zone} a file says something else")
            expect([_dated(fact) for fact in await listed(bench)] == before[1], f"on a machine in {zone} a list is another")
    return (
        f"{len(bench.genuine)} deliveries, {len(before[0])} rows and {len(before[1])} facts are the same in {len(ZONES)} zones"
    )


def _dated(fact: object) -> object:
    return essence(fact), getattr(fact, "donated_at", None), getattr(fact, "refunded_at", None)


@contextmanager
def _machine_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        time.tzset()
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    """The next midnight in a zone."""
    local = now.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC)


def _midnights(now: datetime, zone: tzinfo) -> list[datetime]:
    """Just before and just after the next midnights in UTC and in a zone."""
    found = {_midnight(now, UTC), _midnight(now, zone)}
    return [moment + away for moment in found for away in (-timedelta(seconds=3), timedelta(seconds=2))]


def _sets(now: datetime, zone: tzinfo) -> list[datetime]:
    """Half an hour before and after the two next times at which clocks are set in a zone."""
    found: list[datetime] = []
    hour = now.replace(minute=0, second=0, microsecond=0)
    for _ in range(366 * 24):
        following = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found += [following - AWAY, following + AWAY]
        hour = following
    return found[:4]


RULES: Final = (
    Rule("held-back-deliveries-say-the-same", held_back, Grade.GOLD, (ReceivesDeliveries,)),
    Rule("midnight-and-summer-time-are-exact", any_moment, Grade.GOLD),
    Rule("the-machines-zone-does-not-matter", any_machine, Grade.GOLD),
)
