"""Much that one viewer asks for and does not read: it costs little, hurts nobody else, and all of it comes when it is read."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import pytest
import pytest_asyncio

from gateway.http.limits import Limits
from schema.model.text import MAX_SUMMARY
from tests.end_to_end import configuration
from tests.end_to_end.footprint import MIB, Footprint, resident
from tests.end_to_end.hall import ALIASES, LUNCH, Hall, opened_hall, watched
from tests.end_to_end.lines import SocketLine

pytestmark = pytest.mark.asyncio(loop_scope="module")

CAMPAIGNS: Final = 60
OPERATIONS: Final = 10
FRAME: Final = ALIASES * 3 * MAX_SUMMARY
"""Bytes of one message of a total."""
PAGE: Final = Limits().answer_bytes // FRAME - 1
"""Campaigns of an answer that is nearly as long as one may be."""
QUERIES: Final = 20
ALLOWED: Final = Limits().outbox_bytes + 2 * Limits().answer_bytes + 16 * MIB
"""More than before: what waits for a connection, one thing that is made and one that is sent, and all that happens meanwhile.
All that it asked for would be 100 MB of totals, or 40 of answers."""
TOO_LONG: Final = CAMPAIGNS * FRAME
"""Bytes of what is made in vain, which its maker grows to twice that at the most."""
UNREAD_SECONDS: Final = 6.0
"""Less than it is given to read something."""
GONE: Final = (7, 21, 22, 40)
"""Campaigns that the configuration loses while their totals wait."""
MORE: Final = f"""
[limits]
kept_answer_bytes = 1_000_000  # what is kept for others is not what is looked for here
{configuration.season("account:lunch")}"""


def campaign(number: int) -> str:
    """One with as many words as it may have, of three bytes each."""
    words = "".join(chr(0x4E00 + (7 * number + each) % 20_000) for each in range(MAX_SUMMARY))
    name = f"campaign-{number}"
    match = f'match = [{{ account = "lunch", attach = "campaign={name}" }}]'
    lines = ("[[campaigns]]", 'platform = "wechat_pay"', f'id = "{name}"', f'title = "{name}"', 'currency = "CNY"', match)
    return "\n".join([*lines, f'summary = "{words}"'])


def words(name: str) -> str:
    """Many, in an operation that is nobody else's."""
    return " ".join(f"{name}{number}: summary" for number in range(ALIASES))


def totals(name: str) -> str:
    """All of them."""
    fields = f"recovered campaign {{ id {words(name)} total {{ donationCount }} }}"
    return f"subscription ($ids: [ID!]!) {{ campaignTotals(ids: $ids) {{ {fields} }} }}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Hall]:
    """One for all tests of this file."""
    more = "\n".join(campaign(number) for number in range(CAMPAIGNS - 2))
    async with opened_hall(tmp_path_factory.mktemp("hall"), seed, f"{more}\n{MORE}") as made:
        yield made


class Unread:
    """A socket that is not read at first. ``told`` are messages of totals by operation and campaign."""

    def __init__(self, hall: Hall, line: SocketLine, names: dict[str, str], before: Footprint, allowed: int) -> None:
        self.line = line
        self.told: defaultdict[tuple[str, str], list[tuple[bool, int | None]]] = defaultdict(list)
        self._hall = hall
        self._names = names
        self._before = before
        self._allowed = allowed
        self._most = before.resident

    def look(self) -> None:
        """Looks how much memory is taken."""
        self._most = max(self._most, resident(self._hall.gateway.pid))
        assert self._most - self._before.resident <= self._allowed

    async def sleep(self) -> None:
        """It does not read for some time."""
        for _ in range(int(UNREAD_SECONDS / 0.1)):
            self.look()
            await asyncio.sleep(0.1)

    async def read(self) -> None:
        """One message of a total."""
        message = await self.line.answer()
        (update,) = message["payload"]["data"].values()
        total = update["campaign"]["total"]  # None of those without gifts
        figures = update["recovered"], total and total["donationCount"]
        self.told[message["id"], self._names[update["campaign"]["id"]]].append(figures)
        self.look()


@asynccontextmanager
async def unread(hall: Hall, allowed: int = ALLOWED) -> AsyncIterator[tuple[Unread, list[str]]]:
    """That, and the ids of all campaigns. Somebody else is told all gifts in time, and nothing is left in the end."""
    names = {each["id"]: native for native, each in (await hall.campaigns()).items()}
    before = await Footprint.usual(hall)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watched(hall))
        line = await SocketLine.open(hall.url, narrow=True)
        stack.callback(line.close)
        await line.begin()
        yield Unread(hall, line, names, before, allowed), list(names)[:CAMPAIGNS]
    await hall.emptied(before)


async def test_totals_that_are_not_read_cost_little_and_all_of_them_come(hall: Hall) -> None:
    async with unread(hall) as (slow, ids):
        begun = len(hall.given)
        for number in range(OPERATIONS):
            await slow.line.subscribe(str(number), totals(f"o{number}_"), ids=ids)
        await slow.sleep()
        while len(slow.told) < OPERATIONS * CAMPAIGNS:
            await slow.read()
        assert {len(figures) for figures in slow.told.values()} == {1}
        assert {figures[0] for (_, native), figures in slow.told.items() if native == LUNCH} == {(False, begun)}
        await hall.give()
        while sum(len(figures) for figures in slow.told.values()) < OPERATIONS * (CAMPAIGNS + 1):
            await slow.read()
        assert [slow.told[str(number), LUNCH][1:] for number in range(OPERATIONS)] == [[(True, begun + 1)]] * OPERATIONS


async def test_answers_that_are_not_read_cost_little_and_all_of_them_come(hall: Hall) -> None:
    async with unread(hall) as (slow, ids):
        for number in range(QUERIES):
            fields = f"nodes(ids: $ids) {{ ... on Campaign {{ {words(f'q{number}_')} }} }}"
            await slow.line.subscribe(str(number), f"query ($ids: [ID!]!) {{ {fields} }}", ids=ids[:PAGE])
        async with hall.giving(0.05):
            await slow.sleep()
        answered = dict[str, int]()
        while len(answered) < QUERIES:
            message = await slow.line.answer()
            slow.look()
            if message["type"] == "next":
                answered[message["id"]] = len(message["payload"]["data"]["nodes"])
        assert set(answered.values()) == {PAGE}


async def test_who_follows_what_is_too_long_is_told_so_and_hurts_nobody_else(hall: Hall) -> None:
    async with unread(hall, ALLOWED + 2 * TOO_LONG) as (slow, _):
        for number in range(OPERATIONS):
            fields = f"season {{ campaigns(first: 60) {{ nodes {{ {words(f's{number}_')} }} }} }}"
            await slow.line.subscribe(
                str(number), f'subscription {{ seasonTotal(slug: "giving", maxRate: 20) {{ {fields} }} }}'
            )
        errors = set[tuple[str, str]]()
        async with hall.giving(0.05):
            for _ in range(3 * OPERATIONS):
                message = await slow.line.answer()
                slow.look()
                payload = message["payload"]
                [error] = payload if message["type"] == "error" else payload["errors"]
                errors.add((error["extensions"]["code"], error["extensions"]["limit"]))
        assert errors == {("LIMIT_EXCEEDED", "answer_bytes")}


async def test_of_campaigns_that_are_taken_away_while_totals_wait_nothing_is_told_and_the_others_go_on(
    hall: Hall,
) -> None:
    path = hall.folder / "giving.toml"
    configured = path.read_text("utf-8")
    async with unread(hall) as (slow, ids):
        begun, there = len(hall.given), len(await hall.campaigns())
        executed = await hall.count("giving_live_executed_total")
        await slow.line.subscribe("0", totals("gone"), ids=ids)
        await hall.reach("giving_live_executed_total", executed + len(ids))
        path.write_text(_without(configured), "utf-8")
        hall.gateway.reload()
        async with asyncio.timeout(10):
            while len(await hall.campaigns()) > there - len(GONE):
                await asyncio.sleep(0.1)
        await hall.give()
        while (True, begun + 1) not in slow.told["0", LUNCH] and (False, begun + 1) not in slow.told["0", LUNCH]:
            await slow.read()
        while len(slow.told) < CAMPAIGNS - len(GONE):
            await slow.read()
        assert not {f"campaign-{number}" for number in GONE} & {native for _, native in slow.told}


def _without(text: str) -> str:
    for number in GONE:
        text = text.replace(campaign(number), "")
    return text
