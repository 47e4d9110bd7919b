"""Viewers who stop reading: they cost little memory, get the newest when they go on in time, and hurt nobody else.

The gateway takes over one configuration after the other meanwhile.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
import pytest_asyncio

from gateway.http.limits import Limits
from tests.end_to_end.footprint import MIB, Footprint
from tests.end_to_end.hall import LUNCH, RIVER, Hall, opened_hall, watched, wide
from tests.end_to_end.line import Line
from tests.end_to_end.lines import LINES, ConnectionLine, SocketLine, following
from tests.end_to_end.viewers import TOTAL
from tests.end_to_end.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS: Final = Limits()
SLEEPERS: Final = 2
"""Of each kind."""
SLOW_READER: Final = 4502
HEAD_START: Final = 2.0
GONE_WITHIN: Final = LIMITS.slow_reader_seconds + 5
"""A second of it is for the close frame, some for the system's own buffers to fill."""
OWN: Final = LIMITS.outbox_bytes + MIB
"""Of memory for each who does not read: what waits for it, and what the line has taken."""
OTHERWISE: Final = 16 * MIB
"""Of memory for all that happens meanwhile."""
CROWD: Final = 500
"""Gifts: after what the system takes, more than are told again to one who comes back."""
AT_ONCE: Final = 50
SEVERAL: Final = 4
"""Feeds of gifts, over one line."""
GIFTS: Final = """
subscription ($id: ID!) { campaignDonations(id: $id) {
    position recovered missed received { id campaign { a: summary b: summary } } } }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Hall]:
    """One for all tests of this file."""
    async with opened_hall(tmp_path_factory.mktemp("hall"), seed) as made:
        yield made


async def the_rest(line: Line) -> int:
    """How many messages still come before the end."""
    count = 0
    try:
        while True:
            await line.message()
            count += 1
    except EOFError:
        return count


async def given(hall: Hall, count: int) -> None:
    """Waits until so many gifts were made in all, also on a busy machine."""
    async with asyncio.timeout(60):
        while len(hall.given) < count:
            await asyncio.sleep(0.02)


async def test_who_takes_nothing_for_ten_seconds_is_closed_costs_little_and_hurts_nobody(hall: Hall) -> None:
    loop = asyncio.get_running_loop()
    before = await Footprint.usual(hall)
    most = before.resident

    async def look(*, viewers: int = 0, sockets: int = 0) -> None:
        nonlocal most
        while (now := await Footprint.of(hall)).viewers > viewers and now.sockets > sockets:
            most = max(most, now.resident)
            assert loop.time() - begun < GONE_WITHIN, f"{now.sockets} are still there"
            await asyncio.sleep(0.05)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watched(hall))
        await stack.enter_async_context(hall.giving(0.03))
        await stack.enter_async_context(hall.renaming(1))
        early = await stack.enter_async_context(following(SocketLine, hall.url, wide("early"), id=hall.campaign))
        begun = loop.time()
        await asyncio.sleep(HEAD_START)  # it must be the first whose time is up
        sleepers = [
            await stack.enter_async_context(following(line, hall.url, wide(f"{line.kind}{number}"), id=hall.campaign))
            for line in LINES
            for number in range(SLEEPERS)
        ]
        await look(viewers=1 + len(sleepers))
        assert loop.time() - begun >= LIMITS.slow_reader_seconds
        await the_rest(early)  # it has a second to take what it is closed with
        assert early.code == SLOW_READER
        begun += HEAD_START
        await look(sockets=1)
        assert loop.time() - begun >= LIMITS.slow_reader_seconds
        async with asyncio.timeout(1):
            await until(lambda: not any(sleeper.is_held for sleeper in sleepers))
        for sleeper in sleepers:
            assert await the_rest(sleeper) < 5 * LIMITS.slow_reader_seconds  # what the system had taken, of 200 and more
            assert sleeper.code is None
    assert most - before.resident <= OWN * (1 + len(sleepers)) + OTHERWISE
    await hall.emptied(before)


async def test_who_reads_again_in_time_gets_the_newest_total_and_not_all_before_it(hall: Hall) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watched(hall))
        lines = [
            await stack.enter_async_context(following(each, hall.url, wide(each.kind), id=hall.campaign)) for each in LINES
        ]
        begun = len(hall.given)
        async with hall.giving(0.03):
            await given(hall, begun + 100)
            await hall.rename()
            await given(hall, begun + 130)
        await hall.agree()
        for line in lines:
            told = [await line.told()]
            while told[-1]["campaign"]["total"]["donationCount"] < len(hall.given):
                told.append(await line.told())
            assert told[-1]["campaign"]["title"] == hall.title
            counts = [each["campaign"]["total"]["donationCount"] for each in told]
            assert counts == sorted(counts)
            assert len(counts) < (len(hall.given) - begun) / 3
        await hall.give()
        for line in lines:
            assert (await line.told())["campaign"]["total"]["donationCount"] == len(hall.given)


async def test_who_falls_behind_the_donations_is_told_how_many_it_missed(hall: Hall) -> None:
    async with AsyncExitStack() as stack:
        watching = await stack.enter_async_context(watched(hall))
        lines = [await stack.enter_async_context(following(each, hall.url, GIFTS, id=hall.campaign)) for each in LINES]
        for line in lines:
            assert (await line.told())["received"] == []
        begun = len(hall.given)
        for _ in range(CROWD // AT_ONCE):
            await hall.give(AT_ONCE)
            await hall.rename()
            await until(lambda: len(watching.ids) >= len(hall.given) - begun)
        for line in lines:
            received, missed, whole = list[str](), 0, list[bool]()
            while len(received) + missed < CROWD:
                told = await line.told()
                received += [each["id"] for each in told["received"]]
                missed += told["missed"]
                whole.append(told["recovered"])
            assert received == watching.ids[: len(received)]
            assert missed == CROWD - len(received) > 0
            assert whole == [True] * (len(whole) - 1) + [False]


@pytest.mark.parametrize("kind", [SocketLine, ConnectionLine])
async def test_who_follows_several_over_one_line_has_one_bound_for_all_and_gets_the_newest_of_each(
    hall: Hall, kind: type[SocketLine | ConnectionLine]
) -> None:
    gifts = [f"gifts{number}" for number in range(SEVERAL)]
    documents = {name: GIFTS.replace("campaignDonations", f"{name}: campaignDonations") for name in gifts}
    async with AsyncExitStack() as stack:
        watching = await stack.enter_async_context(watched(hall))
        line = await stack.enter_async_context(following(kind, hall.url, documents.pop(gifts[0]), id=hall.campaign))
        for name, document in {**documents, "total": wide("total")}.items():
            await line.subscribe(name, document, id=hall.campaign)
        begun = len(hall.given)
        for _ in range(CROWD // AT_ONCE):
            await hall.give(AT_ONCE)
            await hall.rename()
            await until(lambda: len(watching.ids) >= len(hall.given) - begun)
        size, received, missed = 0, dict[str, list[str]](), Counter[str]()
        shown: Any = None
        while shown != (hall.title, len(hall.given)) or any(len(received[name]) + missed[name] < CROWD for name in gifts):
            payload = await line.message()
            [(name, told)] = payload["data"].items()
            if name == "campaignTotal":
                shown = told["campaign"]["title"], told["campaign"]["total"]["donationCount"]
            else:
                size += len(json.dumps(payload, ensure_ascii=False).encode())
                received.setdefault(name, []).extend(each["id"] for each in told["received"])
                missed[name] += told["missed"] or 0
    assert size <= OWN
    for name in gifts:
        assert received[name] == watching.ids[: len(received[name])]
        assert missed[name] == CROWD - len(received[name]) > 0


async def test_who_reads_on_when_the_campaign_is_configured_no_more_is_told_so(hall: Hall) -> None:
    before = await Footprint.usual(hall)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(following(SocketLine, hall.url, TOTAL, id=hall.quiet))
        lines = [
            await stack.enter_async_context(following(each, hall.url, document, id=hall.campaign))
            for each in LINES
            for document in (wide(f"gone{each.kind}"), GIFTS)
        ]
        begun = len(hall.given)
        async with hall.giving(0.03):
            await given(hall, begun + 60)
        await hall.agree()
        await hall.edit(f'id = "{LUNCH}"', 'id = "supper"')
        for line in lines:
            await line.up_to(b'"NOT_FOUND"')
        assert (await other.told())["recovered"] is False
        await hall.wechat.pay(100, book=RIVER)
        assert (await other.told())["campaign"]["total"]["donationCount"] == 1
        await hall.edit('id = "supper"', f'id = "{LUNCH}"')
        await hall.agree()
    await hall.emptied(before)
