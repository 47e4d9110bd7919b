"""Rules about files: bills of a day, and exports that the network hands over."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from connectors.contract import FetchesStatements, ReadsExports
from connectors.testing.conformance.asking import take_back
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import add_up_to_books, net
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HandsOverExports
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import file, filed, rows, turn_to_bills
from schema.model.errors import NotFound, Unreadable
from schema.model.facts import Movement

GIFTS: Final = (1_999, 435, 100_000)
DAMAGES: Final = (b"\xff\xfe\x00 damaged\n", b",,,,\n", b"x,y\n")
ABSURD: Final = {
    "nothing": b"",
    "a line end": b"\n",
    "a page": b"<!doctype html><title>Sorry</title><p>We will be back soon.</p>\n",
    "an error in JSON": b'{"code": "SYSTEM_ERROR", "message": "later"}',
    "zeros": bytes(4_096),
    "no text": bytes(range(256)) * 64,
    "one endless line": b"a," * 500_000,
    "only line ends": b"\r\n" * 50_000,
    "a broken ZIP": b"PK\x03\x04" + b"\x00" * 64,
    "a broken GZIP": b"\x1f\x8b\x08" + b"\x00" * 64,
}


async def exports(bench: Bench) -> str:
    """The file that the network hands over adds up to the emulator's books, refunds included."""
    await bench.give(*GIFTS)
    await take_back(bench)
    told = await filed(bench)
    add_up_to_books(bench, told, "the file")
    return f"{len(told)} movements come to {net(told)} minor units, as the books do"


async def empty_day(bench: Bench) -> str:
    """The bill of a day without transactions is NotFound."""
    await bench.give(*GIFTS)
    (day, *_) = turn_to_bills(bench)
    if isinstance(bench.connector, FetchesStatements):
        try:
            async with bench.connector.statement(day - timedelta(days=7)):
                pass
        except NotFound:
            return f"the bill of {day - timedelta(days=7)} is NotFound"
    raise Broken("there is a bill of a day without transactions")


async def reading_pure(bench: Bench) -> str:
    """A file that is read again gives the same rows, and reading it touches no port."""
    await bench.give(*GIFTS)
    data = await file(bench)
    del bench.touched[:]
    first = rows(bench, data)
    expect(first == rows(bench, data), "the same file read again gives other rows")
    expect(not bench.touched, f"reading a file used ports: {bench.touched}")
    return f"{len(first)} rows came out twice, without a port"


async def damaged_rows(bench: Bench) -> str:
    """A row that cannot be read is a Row with a problem; the others are read as before, and nothing is raised."""
    await bench.give(*GIFTS)
    data = await file(bench)
    lines = data.splitlines(keepends=True)
    found = rows(bench, data)
    telling = [row for row in found if row.movements]
    expect(len(telling) >= 2, "the file has fewer than two rows with a donation")
    expect(all(0 < row.line <= len(lines) for row in found), "a row's line is not in the file")
    victim = telling[0]
    damages = [*DAMAGES, *_damages(lines[victim.line - 1], victim.movements[0])]
    for damage in damages:
        damaged = b"".join(damage if number == victim.line else line for number, line in enumerate(lines, 1))
        again = rows(bench, damaged)
        kept = {movement for row in again for movement in row.movements}
        lost = [m for row in telling if row is not victim for m in row.movements if m not in kept]
        expect(not lost, f"a damaged row {victim.line} hides {len(lost)} movements of other rows")
        made_up = kept - {movement for row in found for movement in row.movements}
        expect(not made_up, f"a damaged row {victim.line} tells what never was")
        expect(any(row.problem for row in again), f"a damaged row {victim.line} is not told as a problem")
    return f"row {victim.line} was damaged in {len(damages)} ways, and {len(telling) - 1} others stayed"


def _damages(line: bytes, movement: Movement) -> Iterator[bytes]:
    """The line of a movement with an absurd amount in it, and without the id, as far as they are found in it."""
    if movement.amount is not None:
        minor, exponent = movement.amount.minor, movement.amount.currency.exponent
        written = rb"|".join(re.escape(form.encode()) for form in (f"{Decimal(minor).scaleb(-exponent)}", str(minor)))
        yield from _changed(line, rb"(?<![\d.])(?:%b)(?![\d.])" % written, b"1e400")
    yield from _changed(line, rb"(?<!\w)%b(?!\w)" % re.escape(movement.native_id.encode()), b"")


def _changed(line: bytes, pattern: bytes, by: bytes) -> Iterator[bytes]:
    damaged = re.sub(pattern, by, line)
    if damaged != line:
        yield damaged


async def absurd_files(bench: Bench) -> str:
    """A file that is none, or was cut, is told as a problem or as Unreadable; nothing else is raised, and no gift made up."""
    await bench.give(*GIFTS)
    data = await file(bench)
    genuine = {movement for row in rows(bench, data) for movement in row.movements}
    cut = {"the first half": data[: len(data) // 2], "all but the first line": b"".join(data.splitlines(keepends=True)[1:])}
    if isinstance(bench.connector, ReadsExports):
        for what, absurd in {**ABSURD, **cut}.items():
            try:
                found = list(bench.connector.read_export(BytesIO(absurd)))
            except Unreadable:
                continue
            except Exception as error:
                raise Broken(f"a file that is {what} raised {type(error).__name__}") from error
            told = {movement for row in found for movement in row.movements}
            expect(told <= genuine, f"a file that is {what} tells {len(told - genuine)} movements that never were")
            expect(what in cut or any(row.problem for row in found), f"a file that is {what} is taken without a word")
    return f"{len(ABSURD) + len(cut)} files that are none were told"


_BILLS: Final = (FetchesStatements, ReadsExports)
RULES: Final = (
    Rule("exports-agree-with-the-books", exports, Grade.BRONZE, (ReadsExports,), (HandsOverExports,), (FetchesStatements,)),
    Rule("a-day-without-transactions-is-not-found", empty_day, Grade.GOLD, (FetchesStatements,)),
    Rule("reading-a-statement-is-pure", reading_pure, Grade.GOLD, _BILLS),
    Rule("reading-an-export-is-pure", reading_pure, Grade.GOLD, (ReadsExports,), (HandsOverExports,), (FetchesStatements,)),
    Rule("a-damaged-row-hides-no-other", damaged_rows, Grade.PLATINUM, _BILLS),
    Rule(
        "a-damaged-row-of-an-export-hides-no-other",
        damaged_rows,
        Grade.PLATINUM,
        (ReadsExports,),
        (HandsOverExports,),
        (FetchesStatements,),
    ),
    Rule("absurd-statements-are-told", absurd_files, Grade.PLATINUM, _BILLS),
    Rule(
        "absurd-exports-are-told",
        absurd_files,
        Grade.PLATINUM,
        (ReadsExports,),
        (HandsOverExports,),
        (FetchesStatements,),
    ),
)
