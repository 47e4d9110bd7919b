"""Files in: every row once, whatever happens on the way, and those that cannot be applied in a list with their lines."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from redis.asyncio import Redis

from connectors.contract import Row
from gateway.accounts import Account
from gateway.intake.imports import Imports, Progress, Report
from gateway.intake.ingest import Ingest, Verdict
from gateway.intake.journal import Journal, Rejected
from schema.model.errors import LedgerUnavailable, OperatorError
from schema.model.facts import Clues, Fact
from schema.model.total import AmountSource, Basis
from tests.gateway.acme import LUNCH, REEF, back, given, spec, state
from tests.gateway.upkeep.billing import Billing
from tests.gateway.world import UNDECLARED, World


class Filing:
    """A network whose files have rows such as ``gift 1 400``, ``back 1 100``, ``total 900``, ``nothing`` and ``?``."""

    def __init__(self) -> None:
        self.read = 0

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """One row a line."""
        for line, raw in enumerate(source, 1):
            self.read += 1
            match raw.decode().split():
                case ["gift", number, minor]:
                    yield Row(line, (given(int(number), int(minor)),))
                case ["tea", number, minor]:
                    yield Row(line, (given(int(number), int(minor), Clues(attach="tea")),))
                case ["yen", number, minor]:
                    yield Row(line, (given(int(number), int(minor), code="JPY"),))
                case ["back", number, minor]:
                    yield Row(line, (back(int(number), int(minor)),))
                case ["total", minor, native, code]:
                    told = state(int(minor), version=line, native=native, code=code)
                    yield Row(line, campaign=replace(told, source=AmountSource.PUBLISHED_FIGURE))
                case ["nothing"]:
                    yield Row(line)
                case _:
                    yield Row(line, problem="the row cannot be read")


class Killed(BaseException):
    """Stands for ``kill -9``: nothing is tidied up on its way."""


class Counting:
    """Ingest that counts what it is given, and stops answering after so many facts."""

    def __init__(self, ingest: Ingest, fails_after: int = 10**9) -> None:
        self.ingest = ingest
        self.left = fails_after
        self.facts: list[Fact] = []

    async def verdicts(self, account: Account, facts: Iterable[Fact]) -> list[Verdict]:
        """As ingest does."""
        self.left -= 1
        if self.left < 0:
            raise LedgerUnavailable("the ledger did not confirm a write")
        given_now = list(facts)
        self.facts += given_now
        return await self.ingest.verdicts(account, given_now)


@pytest.fixture
def filing() -> Filing:
    return Filing()


@pytest.fixture
def world(redis: Redis, client: Redis, filing: Filing) -> World:
    return World(client, filing)


def imports(world: World, folder: Path, ingest: object = None, **limits: int) -> Imports:
    limits = {"batch": 10, "at_once": 4, **limits}
    return Imports(cast("Ingest", ingest or world.ingest), world.book, world.archive, folder / "imports", **limits)


def written(folder: Path, *lines: str) -> Path:
    file = folder / "export.csv"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def gifts(numbers: Iterable[int]) -> list[str]:
    return [f"gift {number} {number}" for number in numbers]


def rejected(file: Path) -> list[str]:
    return file.with_name("export.csv.rejected.csv").read_text().splitlines()


async def test_a_file_is_applied_and_read_again_tells_nothing_new(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, *gifts(range(1, 101)), "nothing")
    for expected in (Report(100, 0, 0, None), Report(0, 100, 0, None)):
        assert await imports(world, tmp_path).read(world.account, file) == expected
        assert await world.raised() == 5_050
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.csv", "imports"]
    assert list((tmp_path / "imports").iterdir()) == []


async def test_only_an_account_of_which_nothing_else_is_heard_was_heard_of_by_a_file(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, "gift 1 400")
    await imports(world, tmp_path).read(replace(world.account, connector=Billing()), file)
    assert (await world.book.read("lunch")).heard_at is None  # it pushes: an old file would make it LIVE
    await imports(world, tmp_path).read(replace(world.account, spec=spec(poll=timedelta(minutes=1))), file)
    assert (await world.book.read("lunch")).heard_at is None
    await imports(world, tmp_path).read(world.account, file)
    assert (await world.book.read("lunch")).heard_at == world.clock.now()


@pytest.mark.parametrize("refund_first", [True, False])
async def test_a_refund_is_applied_wherever_its_donation_stands(world: World, tmp_path: Path, refund_first: bool) -> None:
    far = gifts(range(2, 50))
    lines = ["back 1 150", *far, "gift 1 400"] if refund_first else ["gift 1 400", *far, "back 1 150"]
    report = await imports(world, tmp_path).read(world.account, written(tmp_path, *lines))
    assert report == Report(50, 0, 0, None)
    assert await world.raised() == sum(range(2, 50)) + 250


async def test_rejected_rows_are_listed_with_their_lines_and_reasons_and_the_others_count(world: World, tmp_path: Path) -> None:
    await imports(world, tmp_path).read(world.account, written(tmp_path, "gift 1 400"))
    file = written(tmp_path, "gift 2 1", "?", "gift 1 401", "yen 3 5", "gift 4 1", "back 9 5", "gift 5 1")
    report = await imports(world, tmp_path).read(world.account, file)
    assert report == Report(3, 0, 4, tmp_path / "export.csv.rejected.csv")
    assert rejected(file) == [
        "line,reason",
        "2,the row cannot be read",
        '3,"it is known with another amount, and the first one stands"',
        "4,its currency is not that of its campaign",
        "6,the donation that it belongs to is not known; import that first",
    ]
    assert await world.raised() == 403


async def test_a_row_that_no_campaign_takes_is_rejected_and_leaves_no_trace(
    client: Redis, redis: Redis, tmp_path: Path
) -> None:
    world = World(client, Filing(), values=UNDECLARED, spec=spec(declares=False))
    report = await imports(world, tmp_path).read(world.account, written(tmp_path, "tea 1 400"))
    assert (report.new, report.rejected) == (0, 1)
    assert [key async for key in redis.scan_iter()] == []


async def test_the_list_is_made_anew_by_each_import(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, "?", "?")
    for _ in range(2):
        assert (await imports(world, tmp_path).read(world.account, file)).rejected == 2
        assert len(rejected(file)) == 3
    await imports(world, tmp_path).read(world.account, written(tmp_path, "gift 1 1"))
    assert not file.with_name("export.csv.rejected.csv").exists()


@pytest.mark.parametrize("batches", [1, 3, 7, 10, 12, 13])
async def test_a_killed_import_goes_on_behind_its_last_mark(world: World, tmp_path: Path, batches: int) -> None:
    lines = ["back 7 3", *gifts(range(1, 41)), "?", "yen 90 5", *gifts(range(41, 61)), "?", "back 59 50", "?"]
    file, counting, told = written(tmp_path, *lines), Counting(world.ingest), list[Progress]()

    def kill(now: Progress) -> None:
        told.append(now)
        if len(told) == batches:
            raise Killed

    with pytest.raises(Killed):
        await imports(world, tmp_path, counting).read(world.account, file, kill)
    before = len(counting.facts)
    report = await imports(world, tmp_path, counting).read(world.account, file)

    assert (report.new, report.known, report.rejected) == (62, 0, 4)
    assert len(counting.facts) == 63, f"after {before} of them some were applied again, or left out"
    assert await world.raised() == sum(range(1, 61)) - 3 - 50
    assert [int(line.split(",")[0]) for line in rejected(file)[1:]] == [42, 43, 64, 66]


async def test_a_ledger_that_stops_answering_stops_the_import_and_the_next_one_goes_on(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, *gifts(range(1, 101)))
    with pytest.raises(LedgerUnavailable):
        await imports(world, tmp_path, Counting(world.ingest, fails_after=55)).read(world.account, file)
    again = Counting(world.ingest)
    report = await imports(world, tmp_path, again).read(world.account, file)
    assert len(again.facts) == 50  # five batches were marked
    assert report.new + report.known == 100
    assert await world.raised() == 5_050


@pytest.mark.parametrize("spoilt", [b"", b"{", b"7", b'{"rows": 10, "colour": "red"}'])
async def test_a_journal_that_cannot_be_read_means_the_beginning(world: World, tmp_path: Path, spoilt: bytes) -> None:
    file = written(tmp_path, *gifts(range(1, 31)))
    await _left_after_one_batch(world, tmp_path, file)
    [journal] = (tmp_path / "imports").iterdir()
    journal.write_bytes(spoilt)
    assert await imports(world, tmp_path).read(world.account, file) == Report(20, 10, 0, None)


async def test_where_the_list_of_rejected_rows_is_gone_it_is_made_again_from_the_beginning(
    world: World, tmp_path: Path
) -> None:
    file = written(tmp_path, "?", *gifts(range(1, 31)))
    await _left_after_one_batch(world, tmp_path, file)
    file.with_name("export.csv.rejected.csv").unlink()
    assert (await imports(world, tmp_path).read(world.account, file)).rejected == 1
    assert len(rejected(file)) == 2


async def test_a_changed_file_of_the_same_name_is_another_import(world: World, tmp_path: Path) -> None:
    await _left_after_one_batch(world, tmp_path, written(tmp_path, *gifts(range(1, 31))))
    report = await imports(world, tmp_path).read(world.account, written(tmp_path, *gifts(range(101, 131))))
    assert report.new == 30


async def test_a_file_that_another_process_imports_is_refused(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, *gifts(range(1, 31)))
    await _left_after_one_batch(world, tmp_path, file)
    [journal] = (tmp_path / "imports").iterdir()
    with Journal.of(tmp_path / "imports", journal.stem), pytest.raises(OperatorError, match="another process"):
        await imports(world, tmp_path).read(world.account, file)


async def test_an_account_that_reads_no_files_is_refused_by_name(client: Redis, redis: Redis, tmp_path: Path) -> None:
    world = World(client)
    with pytest.raises(OperatorError, match=r"Acme .* \(lunch\)"):
        await imports(world, tmp_path).read(world.account, written(tmp_path, "gift 1 1"))


async def test_no_more_than_a_batch_is_read_ahead(world: World, filing: Filing, tmp_path: Path) -> None:
    counting, ahead = Counting(world.ingest), list[int]()
    await imports(world, tmp_path, counting).read(
        world.account, written(tmp_path, *gifts(range(1, 101))), lambda _: ahead.append(filing.read - len(counting.facts))
    )
    assert ahead == [0] * 10


async def test_many_rows_are_under_way_at_once_but_no_more_than_stated(world: World, tmp_path: Path) -> None:
    now, most = 0, 0

    class Watching(Counting):
        async def verdicts(self, account: Account, facts: Iterable[Fact]) -> list[Verdict]:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)  # lets the others begin
            found = await super().verdicts(account, facts)
            now -= 1
            return found

    await imports(world, tmp_path, Watching(world.ingest)).read(world.account, written(tmp_path, *gifts(range(1, 101))))
    assert most == 4


async def test_progress_grows_to_the_size_of_the_file_once_more_for_its_refunds(world: World, tmp_path: Path) -> None:
    told: list[Progress] = []
    file = written(tmp_path, *gifts(range(1, 31)), "back 1 1", "?")
    await imports(world, tmp_path).read(world.account, file, told.append)
    for again in (False, True):
        part = [now for now in told if now.again is again]
        assert all(one.read < two.read or two.read == two.size for one, two in pairwise(part))
        assert part[-1].read == part[-1].size == file.stat().st_size
    assert (told[-1].taken, told[-1].rejected) == (31, 1)


async def test_published_figures_are_the_total_of_a_reported_campaign(client: Redis, redis: Redis, tmp_path: Path) -> None:
    world = World(client, Filing(), spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)
    report = await imports(world, tmp_path).read(world.account, written(tmp_path, "total 900 reef EUR", "total 1000 reef EUR"))
    assert (report.new + report.known, report.rejected) == (2, 0)  # the older one may come second
    assert await world.raised(REEF) == 1_000


async def test_a_published_figure_of_a_campaign_that_is_counted_is_rejected(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, "total 900 school-lunch CNY")
    assert (await imports(world, tmp_path).read(world.account, file)).rejected == 1
    assert rejected(file)[1:] == ["1,its campaign is counted in another way"]
    assert await world.raised(LUNCH) is None


def test_the_list_goes_elsewhere_where_the_files_folder_takes_nothing(tmp_path: Path) -> None:
    otherwise = tmp_path / "list.csv"
    assert Rejected(tmp_path / "none" / "export.csv", otherwise).path == otherwise


async def _left_after_one_batch(world: World, folder: Path, file: Path) -> None:
    def kill(_: Any) -> None:
        raise Killed

    with pytest.raises(Killed):
        await imports(world, folder).read(world.account, file, kill)
