"""urql's normalising cache, set up as its teams are told to: pages become one list, and a message changes what it shows."""

import asyncio
import json
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
import pytest_asyncio
from graphql import FragmentDefinitionNode, parse, print_ast

from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.api.ids import campaign_id
from schema.model.ids import CampaignId
from tests.clients.following import HERE, PATIENCE
from tests.end_to_end.gateway_process import ROOT
from tests.end_to_end.merchants import shop
from tests.npm import demand

pytestmark = pytest.mark.asyncio(loop_scope="module")

Rows: TypeAlias = list[tuple[str, str]]
"""A list as it is shown: of each campaign the id and what was raised."""

GUIDE: Final = ROOT / "docs" / "front-end.md"
LISTS: Final = ROOT / "examples" / "queries" / "lists-and-caches.graphql"
WHOLE: Final = "nothing"
WITHOUT: Final = (WHOLE, "keys", "resolvers", "cache")
"""What is left out of the advice: nothing, one of its parts, or the cache itself, for the one that urql has by default."""
GIVEN: Final = {f"lunch-{fen}": fen for fen in (500, 400, 300, 200, 100)}
"""Fen by campaign, in the order of the list. The first page has three."""
LAST: Final = list(GIVEN)[-1]
MORE: Final = 1_000
"""What the last of them is given when all is shown."""
BEFORE: Final = [(campaign_id(CampaignId("wechat_pay", name)), f"{fen / 100:.2f}") for name, fen in GIVEN.items()]
AFTER: Final = [*BEFORE[:-1], (BEFORE[-1][0], "11.00")]


@dataclass
class Told:
    """What the program told, line by line, and what it complained of."""

    process: Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    complaints: str = ""

    def rows(self, name: str) -> list[Rows]:
        """The lists by that name, in order."""
        return [[(each, raised) for each, raised in line[name]] for line in self.lines if name in line]

    @property
    def heard(self) -> list[str]:
        """What the messages said was raised."""
        return [line["heard"] for line in self.lines if "heard" in line]

    async def read_on(self) -> None:
        """Takes one more line."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line or self.process.stderr is None, (await self.process.stderr.read()).decode()
        self.lines.append(json.loads(line))

    async def leave(self) -> None:
        """Lets it go."""
        said, complained = await self.process.communicate(b"")
        self.lines += map(json.loads, said.splitlines())
        self.complaints = complained.decode()
        assert self.process.returncode == 0, self.complaints


def documents(folder: Path) -> Path:
    """``page.graphql`` with what it spreads, as that stands in the document for front-end teams."""
    spread = [each for each in parse(LISTS.read_text("utf-8")).definitions if isinstance(each, FragmentDefinitionNode)]
    wanted = [print_ast(each) for each in spread if each.name.value.startswith("CampaignRow")]
    file = folder / "documents.graphql"
    file.write_text("\n".join([(HERE / "page.graphql").read_text("utf-8"), *wanted]), "utf-8")
    return file


@asynccontextmanager
async def begun(without: str, address: str, file: Path) -> AsyncIterator[Told]:
    """The program, which has heard the state of what it follows."""
    command = ("node", str(HERE / "graphcache.mjs"), address, str(file), without)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        told = Told(process)
        while not told.heard:
            await told.read_on()
        yield told
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory, node_modules: None) -> Mapping[str, Told]:
    """What is told with all of the advice, and without some of it, while the same gift comes."""
    demand("node", "npm")
    folder, network = tmp_path_factory.mktemp("gateway"), WeChatPayEmulator(seed=1)
    rules = {name: f'attach = "campaign={name}"' for name in GIVEN}
    async with shop(folder, 1, network, rules) as running, AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
        for name, fen in GIVEN.items():
            await network.pay(fen, book=name)
        await running.agree()
        address, file = f"{running.gateway.url}/graphql", documents(folder)
        found = {without: await stack.enter_async_context(begun(without, address, file)) for without in WITHOUT}
        await network.pay(MORE, book=LAST)
        for without, one in found.items():
            while AFTER[-1][1] not in one.heard or (without == WHOLE and AFTER not in one.rows("shown")):
                await one.read_on()
            await one.leave()
    return found


async def test_two_pages_are_one_list(told: Mapping[str, Told]) -> None:
    assert told[WHOLE].rows("next") == [BEFORE]
    assert [line["ends"] for line in told[WHOLE].lines if "ends" in line] == [True]


async def test_who_looks_at_the_list_is_shown_the_pages_as_they_come(told: Mapping[str, Told]) -> None:
    shown = [rows for rows, following in pairwise([*told[WHOLE].rows("shown"), []]) if rows != following]

    assert shown == [BEFORE[:3], BEFORE, AFTER]


async def test_what_was_read_once_is_read_again_from_the_cache(told: Mapping[str, Told]) -> None:
    assert told[WHOLE].rows("again") == [BEFORE]
    assert [line["requests"] for line in told[WHOLE].lines if "again" in line] == [2]


async def test_a_message_changes_the_campaign_that_the_list_shows(told: Mapping[str, Told]) -> None:
    assert told[WHOLE].heard == [rows[-1][1] for rows in (BEFORE, AFTER)]
    assert told[WHOLE].rows("kept") == [BEFORE, AFTER]
    assert told[WHOLE].lines[-1]["requests"] == 2


async def test_the_cache_has_nothing_to_complain_of(told: Mapping[str, Told]) -> None:
    assert told[WHOLE].complaints == ""


async def test_without_keys_it_complains_of_the_parts_of_a_campaign(told: Mapping[str, Told]) -> None:
    complained = set(re.findall(r"create a custom `keys` config for `(\w+)`", told["keys"].complaints))

    assert complained == {"Total", "Money"}  # of connections, edges and pages it expects no keys


async def test_without_resolvers_each_page_is_a_list_of_its_own(told: Mapping[str, Told]) -> None:
    assert (told["resolvers"].rows("next"), told["resolvers"].rows("again")) == ([BEFORE[3:]], [BEFORE[:3]])


async def test_a_cache_that_does_not_normalise_shows_what_was_before(told: Mapping[str, Told]) -> None:
    assert told["cache"].heard[-1] == AFTER[-1][1]
    assert told["cache"].rows("kept")[-1] == BEFORE[:3]


async def test_what_is_tried_is_what_the_guide_says() -> None:
    _, _, marked = (HERE / "advised.mjs").read_text("utf-8").partition("// from here\n")

    assert marked.partition("// to here\n")[0] in GUIDE.read_text("utf-8")
