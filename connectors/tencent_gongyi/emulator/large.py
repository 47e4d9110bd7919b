"""Exports as large as those of a day of giving, written to disk in constant memory."""

import csv
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from connectors.tencent_gongyi.emulator.dialect import PLAIN
from connectors.tencent_gongyi.emulator.sheet import Payment, Refund, Sheet
from connectors.testing.emulation import Book

PROJECTS: Final = ("208391", "208392", "208393", "208394")
OPENING: Final = datetime(2026, 9, 9, 1, 0, tzinfo=UTC)
"""99 Giving Day, 9:00 in Beijing; it lasts for three days."""
MOST_FEN: Final = 7_400
"""Twice the average gift of 2019: https://www.tencent.com/en-us/articles/2200896.html"""
_STARS: Final = ("", "", "", "demo-star-a", "demo-star-b")
_NOTES: Final = ("", "加油", "school lunch, and a smile")


def write_export(path: Path, rows: int, seed: int, *, projects: Sequence[str] = PROJECTS) -> dict[str, Book]:
    """Writes an export of so many rows; gives the books that it must come to.

    Of a hundred donations about one is refunded in a row of its own, which stands before or after it; one is still open, and
    one was given back.
    """
    sheet, rng, written = Sheet(PLAIN), random.Random(seed), 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.header())
        while written < rows:
            payment = _payment(rng, f"{seed % 10_000:04}{written:016}", projects)
            several: list[Payment | Refund] = [payment]
            fate = rng.randrange(100)
            payment.word = "open" if fate == 0 else "paid"
            sheet.paid(payment)
            if fate == 1:
                sheet.withdrawn(payment)
            elif fate == 2 and written + 1 < rows:
                fen = rng.randint(1, payment.amount_fen)
                refund = Refund(f"{seed % 10_000:04}9{written:015}", payment, fen, payment.paid_at + timedelta(hours=1))
                sheet.refunded(refund)
                several.insert(rng.randrange(2), refund)
            for what in several:
                written += 1
                writer.writerow(sheet.row(written, what))
    return sheet.books


def _payment(rng: random.Random, number: str, projects: Sequence[str]) -> Payment:
    at = OPENING + timedelta(seconds=rng.randrange(72 * 3600))
    star = rng.choice(_STARS)
    note = f"star={star}" if star else rng.choice(_NOTES)
    return Payment(number, rng.randrange(1, MOST_FEN), note, rng.choice(projects), star, at, nickname="网友")
