"""What is kept for good: sealed, on disk before it is confirmed, and readable in part where a process was killed."""

import io
import os
import resource
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.contract import Delivery, Receipt
from connectors.spec import Pace
from gateway.accounts import Account
from gateway.intake.archive import Archive, forgets
from gateway.intake.frames import SIZE
from gateway.observe import Metrics
from gateway.store.seal import Sealer
from schema.model.errors import ArchiveUnavailable, DeliveryRejected, SettingsInvalid, Unreadable
from schema.model.total import Basis
from tests.gateway.acme import NOW, Acme, Listing, given, spec
from tests.gateway.acme import delivery as delivered
from tests.gateway.intake.sending import GOOD, SUCCESS, send
from tests.gateway.world import World

CANARY = b"canary-openid"


class Billing(Acme):
    """Its network keeps bills."""

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """A bill without rows."""
        yield io.BytesIO()


class Both(Acme, Listing):
    """Its network lists donations."""


def account(connector: object | None = None, basis: Basis = Basis.COUNTED) -> Account:
    return Account("lunch", spec(basis), connector or Acme())


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def archive(tmp_path: Path, metrics: Metrics) -> Iterator[Archive]:
    made = opened(tmp_path, metrics)
    yield made
    made.close()


def opened(folder: Path, metrics: Metrics, key: bytes = b"k" * 32) -> Archive:
    return Archive(folder / "archive", Sealer(key), metrics)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "archive").rglob("*") if path.is_file())


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Lets no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with capture_logs():  # they go to a file as well
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def everything(archive: Archive) -> list[Delivery]:
    return [each for name in archive.deliveries("lunch") async for each in archive.read("lunch", name)]


async def content(archive: Archive, name: str) -> bytes:
    async with archive.opened("lunch", name) as file:
        return file.read()


async def test_a_delivery_comes_back_as_it_was_received(archive: Archive, tmp_path: Path) -> None:
    one = delivered(b"\xff" + CANARY, query="a=%FF", method="GET", at=NOW + timedelta(microseconds=7))
    await archive.add(account(), one)

    [found] = await everything(archive)

    assert (found.method, found.query, found.body, found.received_at) == (one.method, one.query, one.body, one.received_at)
    assert dict(found.headers) == dict(one.headers)
    [file] = files(tmp_path)
    assert CANARY not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_deliveries_are_kept_in_a_file_for_each_month_and_process(tmp_path: Path, metrics: Metrics) -> None:
    processes = [opened(tmp_path, metrics), opened(tmp_path, metrics)]
    for number in range(40):
        month = NOW if number < 20 else NOW + timedelta(days=31)
        await processes[number % 2].add(account(), delivered(str(number).encode(), at=month))

    found = await everything(processes[0])

    assert sorted(int(each.body) for each in found) == list(range(40))
    assert [path.name[:18] for path in files(tmp_path)] == ["deliveries-2026-09"] * 2 + ["deliveries-2026-10"] * 2
    for process in processes:
        process.close()


async def test_only_what_a_network_will_not_tell_again_is_kept(archive: Archive, tmp_path: Path) -> None:
    whole = replace(spec(), pace=Pace(statements_whole=True))
    others = [account(Both()), account(Listing()), account(Acme(), Basis.REPORTED), Account("lunch", whole, Billing())]
    for each in others:
        assert not forgets(each)
        await archive.add(each, delivered(GOOD))
    assert forgets(account(Acme()))
    assert forgets(account(Billing()))  # its bills may lack the clues by which a donation is placed
    assert files(tmp_path) == []


@pytest.mark.parametrize("left", [1, 3, 4, 40, 100])
async def test_a_torn_last_frame_is_passed_over(archive: Archive, tmp_path: Path, left: int) -> None:
    for body in (b"first", b"second"):
        await archive.add(account(), delivered(body))
    [file] = files(tmp_path)
    whole = file.read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    file.write_bytes(whole[: first + left])

    assert [each.body for each in await everything(archive)] == [b"first"]


async def test_room_that_was_never_written_to_is_no_frame(archive: Archive, tmp_path: Path) -> None:
    await archive.add(account(), delivered(b"first"))
    [file] = files(tmp_path)
    file.write_bytes(file.read_bytes() + bytes(500))

    assert [each.body for each in await everything(archive)] == [b"first"]


async def test_a_spoiled_frame_is_told_and_those_before_it_are_read(archive: Archive, tmp_path: Path) -> None:
    for body in (b"first", b"second", b"third"):
        await archive.add(account(), delivered(body))
    [file] = files(tmp_path)
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)

    read = archive.read("lunch", file.name)
    with pytest.raises(Unreadable):
        async for _ in read:
            pass


async def test_a_file_under_another_name_is_not_believed(archive: Archive, tmp_path: Path) -> None:
    for body in (b"first", b"second"):
        await archive.add(account(), delivered(body))
    [file] = files(tmp_path)
    file.rename(file.with_name("deliveries-2026-09-another.sealed"))

    with pytest.raises(Unreadable):
        await everything(archive)


async def test_another_data_key_is_named_as_what_is_wrong(archive: Archive, tmp_path: Path, metrics: Metrics) -> None:
    await archive.add(account(), delivered(b"first"))
    with pytest.raises(SettingsInvalid, match="data_key"):
        await everything(opened(tmp_path, metrics, b"x" * 32))


@pytest.mark.parametrize("size", [0, 1, SIZE, 2 * SIZE + 5])
async def test_a_statement_of_any_size_comes_back_whole(archive: Archive, size: int) -> None:
    whole = (CANARY * (size // len(CANARY) + 1))[:size]
    await archive.keep("lunch", io.BytesIO(whole))
    [name] = archive.contents("lunch")
    assert await content(archive, name) == whole


async def test_a_statement_is_kept_once_and_left_at_its_beginning(archive: Archive, tmp_path: Path) -> None:
    file = io.BytesIO(CANARY)
    for _ in range(3):
        file.read(5)
        await archive.keep("lunch", file)
        assert file.tell() == 0
    await archive.keep("lunch", io.BytesIO(b"another one"))
    assert len(archive.contents("lunch")) == len(files(tmp_path)) == 2
    assert all(CANARY not in path.read_bytes() for path in files(tmp_path))


async def test_a_statement_of_which_the_end_is_missing_is_told(archive: Archive, tmp_path: Path) -> None:
    await archive.keep("lunch", io.BytesIO(bytes(SIZE + 1)))
    [file] = files(tmp_path)
    file.write_bytes(file.read_bytes()[: SIZE + 40])
    with pytest.raises(Unreadable, match="content"):
        await content(archive, file.name)


async def test_an_archive_that_cannot_be_written_is_said_so(archive: Archive, tmp_path: Path, metrics: Metrics) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with capture_logs() as logs:
        with pytest.raises(ArchiveUnavailable):
            await archive.add(account(), delivered(GOOD))
        with pytest.raises(ArchiveUnavailable):
            await archive.keep("lunch", io.BytesIO(b"a bill"))
    assert [line["event"] for line in logs] == ["archive.failed"] * 2
    for kind in ("deliveries", "content"):
        labels = {"account": "lunch", "kind": kind, "outcome": "failed"}
        assert metrics.registry.get_sample_value("giving_archived_total", labels) == 1


async def test_what_a_full_disk_tore_hides_nothing_that_comes_after_it(archive: Archive, tmp_path: Path) -> None:
    with full_after(0), pytest.raises(ArchiveUnavailable):
        await archive.add(account(), delivered(b"never"))
    assert files(tmp_path) == []
    await archive.add(account(), delivered(b"first"))
    with full_after(files(tmp_path)[0].stat().st_size + 10), pytest.raises(ArchiveUnavailable):
        await archive.add(account(), delivered(b"torn"))
    await archive.add(account(), delivered(b"second"))

    assert sorted(each.body for each in await everything(archive)) == [b"first", b"second"]


async def test_a_statement_for_which_there_is_no_room_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    with full_after(SIZE), pytest.raises(ArchiveUnavailable):
        await archive.keep("lunch", io.BytesIO(bytes(3 * SIZE)))
    assert files(tmp_path) == []


async def test_what_a_killed_process_left_is_removed_and_what_another_is_writing_is_not(
    archive: Archive, tmp_path: Path, metrics: Metrics
) -> None:
    await archive.keep("lunch", io.BytesIO(CANARY))
    [kept] = files(tmp_path)
    left, written = (kept.with_name(f"{kept.name}.{ending}") for ending in ("0a1b2c3d", "4e5f6071"))
    for each in (left, written):
        each.write_bytes(b"half")
    long_ago = written.stat().st_mtime - 2 * 86_400
    for each in (kept, left):
        os.utime(each, (long_ago, long_ago))

    opened(tmp_path, metrics).close()

    assert files(tmp_path) == [kept, written]


# ------------------------------------------------------------------------------------------------------- the way in


async def test_a_delivery_is_in_the_archive_when_it_is_answered(redis: Redis) -> None:
    world, acme = World(redis), Acme()
    world.accounts["lunch"] = Account("lunch", world.spec, acme)
    acme.receipts = {
        GOOD: Receipt((given(1, 400),), reply=SUCCESS),
        b"held": Receipt(fetch=("nobody",)),
        b"new": Unreadable("amount"),
        b"bad": DeliveryRejected("signature"),
    }
    webhooks = world.webhooks()

    statuses = {body: (await send(webhooks, body)).status for body in acme.receipts}

    assert statuses[b"bad"] == 401
    assert all(status < 300 for body, status in statuses.items() if body != b"bad")
    assert [each.body for each in await everything(world.archive)] == [GOOD, b"held", b"new"]


async def test_a_delivery_that_cannot_be_archived_is_503_and_counts_once_when_it_comes_again(redis: Redis) -> None:
    world, acme = World(redis), Acme()
    world.accounts["lunch"] = Account("lunch", world.spec, acme)
    acme.receipts = {GOOD: Receipt((given(1, 400),), reply=SUCCESS)}
    webhooks, place = world.webhooks(), world.archive.folder / "lunch"

    place.write_text("a file where the folder should be")
    assert (await send(webhooks, GOOD)).status == 503
    assert world.counted("giving_deliveries_total", account="lunch", outcome="unconfirmed") == 1
    place.unlink()
    assert (await send(webhooks, GOOD)).status == 200

    assert await world.raised() == 400
    assert len(await everything(world.archive)) == 1
