"""The file of a partner: payments of Weibo's charity platform, which has no interface, in a form of our own. Pure.

One payment a line, so that damage stays in its line and memory constant. Columns and states: the README.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from connectors.contract import Row
from connectors.reading import text, word
from connectors.weibo import sheet
from connectors.weibo.fields import number
from schema.model.errors import BadUserInput, Unreadable
from schema.model.facts import Clues, DonationState
from schema.model.ids import check_native
from schema.model.money import Money
from schema.model.time import read_local, read_rfc3339
from schema.model.total import AmountSource

MAX_LINE: Final = 64 * 1024
"""Bytes of one line."""


def read_export(source: BinaryIO) -> Iterator[Row]:
    """The rows of a file in UTF-8. A row that cannot be read is a Row with a problem; so is a file without the header."""
    names: list[str] | None = None
    for line, content in _lines(source):
        cells = _cells(content)
        if names is None:
            names = [cell.strip() for cell in cells or ()]
            if sorted(names) != sorted(sheet.EXPORT_COLUMNS):
                yield Row(line, problem=f"the columns are not {','.join(sheet.EXPORT_COLUMNS)}")
                return
        elif cells is None or len(cells) != len(names):
            yield Row(line, problem=f"the row is no text of {len(names)} columns")
        else:
            yield _row(line, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
    if names is None:
        yield Row(1, problem="the file is empty")


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines that hold something, with their numbers; None for one that is too long."""
    line = 0
    while raw := source.readline(MAX_LINE):
        line, whole = line + 1, raw
        while len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            raw = source.readline(MAX_LINE)
        if found := whole.strip():
            yield line, found if len(whole) < MAX_LINE else None


def _cells(content: bytes | None) -> list[str] | None:
    try:
        return None if content is None else next(csv.reader([content.decode("utf-8-sig")], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None


def _row(line: int, cells: Mapping[str, str]) -> Row:
    try:
        return Row(line, (_donation(cells),))
    except Unreadable as error:
        return Row(line, problem=f"{error.reason} cannot be read")
    except BadUserInput as error:
        return Row(line, problem=f"the row cannot be read: {error.code}")


def _donation(cells: Mapping[str, str]) -> DonationState:
    stage = sheet.EXPORT_STATES.get(cells["status"].lower())
    if stage is None:
        raise Unreadable("status")
    project, external = text(cells, "project_id"), word(cells, "external_id")
    if project is not None:
        check_native(project, "project_id")
    # A payment of Weibo Pay's is the one that notifications name, so the two ways make one donation.
    paid = cells["channel"].lower() == sheet.EXPORT_PAY_CHANNEL
    refunded = Money.of_minor(cells["refunded_fen"] or "0", cells["currency"])
    return DonationState(
        native_id=number(cells, "external_id") if paid else f"export/{external}",
        campaign=Clues(campaign=project, order=external),
        stage=stage,
        version=refunded.minor,  # of two files the newer is that in which more has gone back
        amount=Money.of_minor(cells["amount_fen"], cells["currency"]),
        donated_at=_time(cells["occurred_at"]),
        source=AmountSource.PARTNER_EXPORT,
        refunded=refunded if refunded.minor else None,
    )


def _time(written: str) -> datetime:
    """With its offset, or a wall-clock time in Beijing."""
    return read_local(written, sheet.BEIJING) if len(written) == len("2026-09-01 10:20:30") else read_rfc3339(written)
