"""Files as they really come: damaged, in other encodings, and as large as can be. One bad row takes no other with it."""

import csv
import io
import random
import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase

import pytest

from connectors.contract import Row
from tests.connectors.tencent_gongyi.given import HEADER, connector, donation, row, rows

BEFORE, AFTER = row(id="before"), row(id="after")


def told(bad: bytes) -> list[Row]:
    """What is read of a bad line between two good ones, which must both be there."""
    found = rows(b"\n".join((HEADER.encode(), BEFORE.encode(), bad, AFTER.encode())))
    good = [donation(each).native_id for each in found if each.movements]
    assert (good[0], good[-1]) == ("before", "after")
    return [each for each in found if not each.movements or donation(each).native_id not in ("before", "after")]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (b"\xff\xfe damaged", "the row is no text in utf-8"),
        (row(note="\0").encode(), "the row holds a NUL"),
        (b"x,y", "the row has 2 values; the header has 9"),
        (row().encode() + b",one,more", "the row has 11 values; the header has 9"),
        (b",,,,,,,,", "status cannot be read"),
        (row(note='"open').encode(), "the row's quotes do not close"),
        (row(note='"a"b').encode(), "the row's quotes do not close"),
        (row(note="x" * 70_000).encode(), "the line is longer than 64 KiB"),
        (row(note='"' + "x" * 200_000).encode(), "the line is longer than 64 KiB"),
    ],
    ids=["bytes", "nul", "short", "long", "empty", "open-quote", "half-quoted", "overlong", "overlong-quoted"],
)
def test_a_damaged_row_is_told_with_its_line_and_the_next_one_follows(bad: bytes, problem: str) -> None:
    assert told(bad) == [Row(3, problem=problem)]


def test_a_stray_quote_swallows_no_row_however_many_follow() -> None:
    lines = [HEADER, row(note='"stray'), *(row(id=f"D{number}", note='"quoted"') for number in range(500))]
    found = rows("\n".join(lines))
    assert [each.line for each in found] == list(range(2, 503))
    assert [each.line for each in found if each.problem] == [2]


def test_a_quoted_line_break_is_part_of_its_value_and_lines_go_on_being_counted() -> None:
    found = rows("\n".join((HEADER, row(note='"one\n\ntwo"'), AFTER)))
    assert [each.line for each in found] == [2, 5]
    first = donation(found[0])
    assert getattr(first.campaign, "attach", None) == "one\n\ntwo"


def test_a_quote_within_a_value_is_only_a_quote() -> None:
    [found] = rows("\n".join((HEADER, row(note='5" pipe'))))
    assert getattr(donation(found).campaign, "attach", None) == '5" pipe'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_byte_order_mark_and_either_end_of_line_change_nothing(end: str, bom: str) -> None:
    found = rows(bom + end.join((HEADER, BEFORE, "", AFTER)))
    assert [(each.line, donation(each).native_id) for each in found] == [(2, "before"), (4, "after")]


def test_a_file_in_gb18030_is_read_where_the_account_says_so() -> None:
    content = f"{HEADER}\n{row(status='支付成功', note='加油𠮷')}\n"
    [found] = rows(content.encode("gb18030"), encoding="gb18030")
    assert getattr(donation(found).campaign, "attach", None) == "加油𠮷"


def test_a_byte_order_mark_outweighs_the_accounts_encoding() -> None:
    [found] = rows(f"\ufeff{HEADER}\n{row(note='加油')}\n", encoding="gb18030")
    assert getattr(donation(found).campaign, "attach", None) == "加油"


def test_values_may_be_kept_from_spreadsheets_by_tabs_and_blanks() -> None:
    [found] = rows(f"{HEADER}\n{row(id=chr(9) + 'D1', amount=' 37.00 ')}\n")
    assert donation(found).native_id == "D1"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\n\r\n", "the file is empty"),
        (b"PK\x03\x04\xff\xff\xff", "the row is no text in utf-8"),
        (b"<!doctype html>", "the header has no column 'id', 'project', 'amount', 'time'"),
        ("编号,金额\n1,2\n".encode("gb18030"), "the row is no text in utf-8"),
        (b"id,project,amount,time,time\n", "the header has the column 'time' twice"),
    ],
    ids=["empty", "blank", "zip", "html", "gbk", "twice"],
)
def test_without_a_header_that_can_be_read_there_is_one_problem_and_no_more(content: bytes, problem: str) -> None:
    [found] = rows(content)
    assert found.line == 1
    assert found.problem is not None
    assert found.problem.startswith(problem)


def test_a_column_that_the_account_names_must_be_there_and_others_need_not() -> None:
    short = "id,project,amount,time\nD1,208391,1,2026-09-09 09:00:01\n"
    assert donation(rows(short)[0]).native_id == "D1"
    [found] = rows(short, columns={"status": "状态"})
    assert found.problem is not None
    assert "'状态'" in found.problem


def test_columns_are_found_by_the_accounts_headings_in_any_order() -> None:
    content = "时间;编号;合计;项目\n2026-09-09 09:00:01;D9;3700;208391\n"
    columns = {"time": "时间", "id": "编号", "amount": "合计", "project": "项目"}
    [found] = rows(content, columns=columns, delimiter=";", amount_unit="fen")
    assert donation(found).native_id == "D9"


def test_any_bytes_are_read_to_their_end_without_an_error() -> None:
    rng = random.Random(20260909)
    pieces = [b'"', b",", b"\n", b"\r\n", b"\0", b"\xff", b"D1", HEADER.encode(), row().encode(), "退款".encode()]
    for _ in range(2_000):
        content = b"".join(rng.choice(pieces) for _ in range(rng.randrange(60)))
        found = rows(HEADER.encode() + b"\n" + content)
        lines = [each.line for each in found]
        assert lines == sorted(set(lines))


def test_what_a_csv_writer_writes_is_read_as_it_was() -> None:
    rng = random.Random(20260910)
    notes = ["".join(rng.choice('a ",\n\r;加') for _ in range(rng.randrange(12))) for _ in range(1_000)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    writer.writerows([*row(id=f"D{number}").split(",")[:7], note, ""] for number, note in enumerate(notes))
    found = rows(text.getvalue())
    assert [getattr(donation(each).campaign, "attach", None) for each in found] == [note.strip() or None for note in notes]


class Endless(RawIOBase):
    """A file of many rows that nobody holds."""

    def __init__(self) -> None:
        self._lines = self._made()

    def _made(self) -> Iterator[bytes]:
        yield f"{HEADER}\n".encode()
        for number in range(20_000):
            yield f"{row(id=f'D{number}')}\n".encode()

    def readline(self, size: int | None = -1) -> bytes:
        return next(self._lines, b"")


def test_memory_does_not_grow_with_the_file() -> None:
    found = connector().read_export(Endless())  # type: ignore[arg-type]  # reads like one
    for _ in range(1_000):
        next(found)
    tracemalloc.start()
    try:
        count = sum(1 for each in found if each.movements)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 19_000
    assert peak < 200_000


def test_reading_stops_where_the_reader_stops() -> None:
    source = BytesIO("\n".join((HEADER, *([BEFORE] * 1_000))).encode())
    next(connector().read_export(source))
    assert source.tell() < 1_000
