"""``giving-gateway import`` as an operator runs it: killed and resumed, beside a gateway and without one, in sentences."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from connectors.tencent_gongyi.emulator import TencentGongyiEmulator, write_export
from connectors.testing.emulation import Book
from schema.model.money import Money
from tests.end_to_end.commands import command
from tests.end_to_end.configuration import free_port
from tests.end_to_end.gateway_process import ROOT, GatewayProcess, environment
from tests.end_to_end.viewers import TOTAL, follow, socket

PROJECTS: Final = ("208391", "208392")
SECONDS: Final = 60.0
TOTALS: Final = """{ campaigns(first: 100) { nodes {
    id externalId total { raised { amount } refunded { amount } donationCount sources } } } }"""


@pytest.fixture
def config(tmp_path: Path, seed: int) -> Path:
    """A configuration with one organisation and its projects."""
    lines = [
        f"data_dir = {json.dumps(str(tmp_path / 'data'))}",
        f"port = {free_port(random.Random(seed))}",
        'reporting_time_zone = "Asia/Shanghai"',
        "ecb_rates = false",
        '[accounts.charity]\nconnector = "tencent_gongyi"',
    ]
    for project in PROJECTS:
        lines.append(f'[[campaigns]]\nplatform = "tencent_gongyi"\nid = "{project}"\ntitle = "{project}"\ncurrency = "CNY"')
    path = tmp_path / "giving.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def gateway(config: Path, tmp_path: Path) -> GatewayProcess:
    """A gateway on the same data, which a test starts and ends."""
    port = next(line.partition("= ")[2] for line in config.read_text("utf-8").splitlines() if line.startswith("port"))
    return GatewayProcess(config, int(port), tmp_path / "gateway.log")


async def started(config: Path, file: Path) -> Process:
    """An import in a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "gateway", "import", "charity", str(file), "--config", str(config)),
        cwd=ROOT,
        env=environment(),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )


async def marked(folder: Path, rows: int) -> None:
    """Waits until an import has marked so many rows as done."""
    async with asyncio.timeout(SECONDS):
        while True:
            for journal in folder.glob("data/imports/*.json"):
                try:
                    if json.loads(journal.read_text())["rows"] >= rows:
                        return
                except (ValueError, OSError):  # it is being written, or the import has ended
                    pass
            await asyncio.sleep(0.005)


async def totals(gateway: GatewayProcess) -> dict[str, Any]:
    """What viewers see, by project."""
    async with aiohttp.ClientSession() as session, session.post(f"{gateway.url}/graphql", json={"query": TOTALS}) as answer:
        told = await answer.json()
    assert "errors" not in told, told
    return {campaign["externalId"]: campaign for campaign in told["data"]["campaigns"]["nodes"]}


def figures(campaign: Any) -> tuple[str, str, int]:
    """Raised, refunded, count, as viewers see them."""
    total = campaign["total"]
    return total["raised"]["amount"], total["refunded"]["amount"], total["donationCount"]


def booked(book: Book) -> tuple[str, str, int]:
    """The same of a book."""
    return Money.of_minor(book.raised, "CNY").decimal, Money.of_minor(book.refunded, "CNY").decimal, book.count


def agree(seen: Mapping[str, Any], books: Mapping[str, Book]) -> None:
    """Whether viewers see the books."""
    assert {name: figures(seen[name]) for name in books} == {name: booked(book) for name, book in books.items()}


async def test_an_import_that_is_killed_twice_ends_with_the_books_to_the_last_fen(
    tmp_path: Path, config: Path, gateway: GatewayProcess, seed: int
) -> None:
    file = tmp_path / "export.csv"
    books = write_export(file, 20_000, seed, projects=PROJECTS)
    for rows in (4_000, 12_000):
        process = await started(config, file)
        await marked(tmp_path, rows)
        process.kill()
        assert await process.wait() != 0

    ended = await command("import", "tencent_gongyi", str(file), "--config", str(config), "--json")

    assert (ended.code, ended.err) == (0, ""), ended
    told = json.loads(ended.out)
    assert told["new"] + told["known"] == 20_000
    assert (told["rejected"], told["rejected_file"]) == (0, None)
    try:
        await gateway.start()
        agree(await totals(gateway), books)
    finally:
        await gateway.kill()


async def test_an_import_beside_a_gateway_is_seen_by_its_viewers_and_counts_once(
    tmp_path: Path, config: Path, gateway: GatewayProcess, seed: int
) -> None:
    file = tmp_path / "export.csv"
    books = write_export(file, 3_000, seed, projects=PROJECTS)
    watched = PROJECTS[0]
    try:
        await gateway.start()
        campaign = (await totals(gateway))[watched]["id"]
        async with socket(gateway.url) as viewer, asyncio.timeout(SECONDS):
            seen: list[str] = []

            async def watch() -> None:
                async for message in follow(viewer, TOTAL, id=campaign):
                    total = message["campaign"]["total"]
                    seen.append(total["raised"]["amount"] if total else "nothing")
                    if total and total["donationCount"] == books[watched].count and seen[-1] == booked(books[watched])[0]:
                        return

            watching = asyncio.create_task(watch())
            for _ in range(2):
                ended = await command("import", "charity", str(file), "--config", str(config))
                assert ended.code == 0, ended
            await watching
        agree(await totals(gateway), books)
        assert len(seen) > 2, "the total was seen to grow"
    finally:
        await gateway.kill()


async def test_rejected_rows_are_in_a_file_beside_it_and_the_exit_code_says_so(tmp_path: Path, config: Path) -> None:
    emulator = TencentGongyiEmulator()
    for number in range(1, 6):
        await emulator.pay(number * 100, book=PROJECTS[0])
    await emulator.pay(100, book="999999")  # a project that nobody has declared
    lines = emulator.export_csv().decode("utf-8-sig").splitlines()
    lines[3] = lines[3].replace("success", "部分退款")
    file = tmp_path / "export.csv"
    file.write_text("\n".join(lines), "utf-8")

    ended = await command("import", "charity", str(file), "--config", str(config))

    beside = tmp_path / "export.csv.rejected.csv"
    assert ended.code == 1, ended
    assert ended.out == f"export.csv: 4 rows were new, 0 told nothing new, 2 rejected: see {beside}\n"
    assert "export.csv: 100 %" in ended.err
    heading, stranger, unknown = beside.read_text("utf-8").splitlines()
    assert heading == "line,reason"
    assert stranger.startswith("2,")
    assert "campaign" in stranger
    assert unknown == "4,status cannot be read"


@pytest.mark.parametrize("account", ["nobody", "wechat_pay"])
async def test_an_account_that_there_is_not_is_named_in_one_sentence(tmp_path: Path, config: Path, account: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id\n")

    ended = await command("import", account, str(file), "--config", str(config))

    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert account in ended.err
    assert "charity" in ended.err


async def test_a_file_that_there_is_not_is_named(tmp_path: Path, config: Path) -> None:
    ended = await command("import", "charity", str(tmp_path / "none.csv"), "--config", str(config))

    assert ended.code == 2
    assert "none.csv" in ended.err
    assert "Traceback" not in ended.err
