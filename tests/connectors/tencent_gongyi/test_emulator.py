"""The emulator's files and its books say the same; so does what the connector reads of them."""

from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connectors.tencent_gongyi import CONNECTOR
from connectors.tencent_gongyi.case import UNFINISHED
from connectors.tencent_gongyi.emulator import CONSOLE, PLAIN, Dialect, TencentGongyiEmulator, write_export
from connectors.testing.emulation import Book
from connectors.testing.fakes import fake_ports
from schema.model.facts import Clues, DonationState, RefundState, Stage
from tests.connectors.tencent_gongyi.given import settings, unasked


def counted(content: bytes, account: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Raised, refunded and count of each project, as a reader adds them up."""
    donations: dict[str, DonationState] = {}
    refunds: list[RefundState] = []
    for row in CONNECTOR.build(settings(**account), fake_ports(unasked)).read_export(BytesIO(content)):  # type: ignore[attr-defined]
        assert row.problem is None
        for movement in row.movements:
            if isinstance(movement, DonationState):
                donations[movement.native_id] = movement
            else:
                refunds.append(movement)
    sums: dict[str, tuple[int, int, int]] = {}
    for native, gift in donations.items():
        assert isinstance(gift.campaign, Clues)
        assert gift.amount is not None
        back = sum(refund.amount.minor for refund in refunds if refund.donation == native)
        left = gift.amount.minor - back if gift.stage is Stage.COMPLETED else 0
        raised, refunded, count = sums.get(gift.campaign.campaign or "", (0, 0, 0))
        sums[gift.campaign.campaign or ""] = raised + left, refunded + back, count + (left > 0)
    return sums


def booked(books: dict[str, Book]) -> dict[str, tuple[int, int, int]]:
    """The same of the books."""
    return {name: (book.raised, book.refunded, book.count) for name, book in books.items()}


@pytest.mark.parametrize("dialect", [PLAIN, CONSOLE], ids=["plain", "console"])
async def test_an_export_adds_up_to_the_books(dialect: Dialect) -> None:
    emulator = TencentGongyiEmulator(dialect=dialect)
    whole = await emulator.pay(1_999, attach="star=a", star="a")
    part = await emulator.pay(500, book="208392", attach='a "note"; and\na second line')
    gone = await emulator.pay(7_000, star="a")
    await emulator.refund(whole, 1_999)
    await emulator.refund(part, 100)
    await emulator.refund(part, 50)
    await emulator.withdraw(gone)
    assert counted(emulator.export_csv(), emulator.account()) == booked(emulator.books)
    assert booked(emulator.books) == {"208391": (0, 1_999, 0), "208392": (350, 150, 1)}
    assert emulator.books["208391"].endorsers == {"a": 0}


@pytest.mark.parametrize("dialect", [PLAIN, CONSOLE], ids=["plain", "console"])
async def test_what_is_not_paid_is_exported_and_is_in_no_book_before_it_is(dialect: Dialect) -> None:
    emulator = TencentGongyiEmulator(dialect=dialect)
    await emulator.pay(400)
    waiting, failed, _ = [await emulator.pay(900, word=word) for word in UNFINISHED]
    assert counted(emulator.export_csv(), emulator.account()) == booked(emulator.books) == {"208391": (400, 0, 1)}

    await emulator.complete(waiting.number)
    assert counted(emulator.export_csv(), emulator.account()) == booked(emulator.books) == {"208391": (1_300, 0, 2)}
    for over in (waiting, failed):
        with pytest.raises(ValueError, match="open"):
            await emulator.complete(over)


async def test_the_figures_are_the_books() -> None:
    emulator = TencentGongyiEmulator()
    await emulator.pay(1_999)
    await emulator.pay(5, book="208392")
    rows = CONNECTOR.build(settings(), fake_ports(unasked)).read_export(BytesIO(emulator.figures_csv()))  # type: ignore[attr-defined]
    told = {row.campaign.native_id: row.campaign.raised.amount.minor for row in rows}
    assert told == {name: book.raised for name, book in emulator.books.items()}


async def test_what_cannot_be_given_back_is_refused() -> None:
    emulator = TencentGongyiEmulator()
    gift = await emulator.pay(100)
    for wrong in (0, -1, 101):
        with pytest.raises(ValueError, match="not that much"):
            await emulator.refund(gift, wrong)
    await emulator.refund(gift, 60)
    with pytest.raises(ValueError, match="not that much"):
        await emulator.refund(gift, 41)
    with pytest.raises(ValueError, match="not there in whole"):
        await emulator.withdraw(gift)


def test_a_large_export_is_the_same_for_the_same_seed_and_adds_up_to_its_books(tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    one, two = (write_export(file, 3_000, 7) for file in files)
    assert one == two
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_text("utf-8-sig").splitlines()) == 3_001
    assert counted(files[0].read_bytes(), {}) == booked(one)


async def test_the_control_door_gives_and_takes_back_and_hands_over_files() -> None:
    emulator = TencentGongyiEmulator()
    async with emulator.serve() as url, aiohttp.ClientSession() as session:

        async def post(path: str, **told: Any) -> tuple[int, Any]:
            async with session.post(f"{url}/control/{path}", json=told) as answer:
                return answer.status, await answer.json()

        _, paid = await post("pay", amount_fen=500, attach="note", at="2026-09-01T00:00:00+08:00")
        status, back = await post("refund", payment=paid["given"]["number"], amount_fen=200)
        assert (status, back["given"]["payment"]["refunded_fen"]) == (200, 200)
        assert await post("refund", payment="none", amount_fen=1) == (400, {"problem": "there is no such payment"})
        _, other = await post("pay", amount_fen=7)
        assert (await post("withdraw", payment=other["given"]["number"]))[0] == 200
        async with session.get(f"{url}/control/books") as answer:
            assert (await answer.json())["208391"]["raised"] == 300
        async with session.get(f"{url}/export.csv") as answer:
            assert await answer.read() == emulator.export_csv()
        async with session.get(f"{url}/figures.csv") as answer:
            assert "3.00" in await answer.text()
        async with session.get(f"{url}/control/account") as answer:
            assert await answer.json() == {}
