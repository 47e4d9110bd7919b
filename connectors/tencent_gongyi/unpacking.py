"""A CSV file as records, each by itself: constant memory, and a damaged one takes no other with it.

The csv module alone would let one stray quote swallow the rows that follow it, up to a limit that is global to the process.
So a record is one line, and several only where quotes demand it and the result has as many values as the header.
https://www.rfc-editor.org/rfc/rfc4180
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final, TypeAlias

MAX_RECORD: Final = 64 * 1024
"""Bytes; a row of an export has about 200. Below the csv module's own limit for one value."""
MAX_LINES: Final = 50
"""Lines of one record, for notes with line breaks in them."""
_BOM: Final = b"\xef\xbb\xbf"

Record: TypeAlias = list[str] | str
"""The values of a record; or, as one text, why it cannot be read."""
_Line: TypeAlias = tuple[int, bytes | None]


def records(source: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, Record]]:
    """Each record with the number of its first line, from 1. The first one is the header; empty lines are left out.

    A file that begins with UTF-8's byte order mark is in UTF-8, whatever ``encoding`` says.
    """
    lines, width = _Lines(source), None
    for line, raw in lines:
        if raw is None:
            yield line, f"the line is longer than {MAX_RECORD // 1024} KiB"
            continue
        if line == 1 and raw.startswith(_BOM):
            raw, encoding = raw[len(_BOM) :], "utf-8"
        if not raw.strip():
            continue
        found = _split(raw, encoding, delimiter)
        if found is None:
            found = _joined(raw, lines, encoding, delimiter, width)
        if width is None and isinstance(found, list):
            width = len(found)
        elif isinstance(found, list) and len(found) != width:
            found = f"the row has {len(found)} values; the header has {width}"
        yield line, found


def _joined(first: bytes, lines: "_Lines", encoding: str, delimiter: str, width: int | None) -> Record:
    """The record that begins with a line whose quotes are still open. Where it comes to nothing only that line is spoiled."""
    whole, taken = first, list[_Line]()
    while len(taken) < MAX_LINES and (following := next(lines, None)) is not None:
        taken.append(following)
        if following[1] is None or len(whole) + len(following[1]) > MAX_RECORD:
            break
        whole += following[1]
        if b'"' in following[1]:
            found = _split(whole, encoding, delimiter)
            if isinstance(found, list) and len(found) == width:
                return found
    lines.put_back(taken)
    return "the row's quotes do not close"


def _split(raw: bytes, encoding: str, delimiter: str) -> Record | None:
    """The values; None where the quotes are not in order."""
    try:
        text = raw.rstrip(b"\r\n").decode(encoding)
    except UnicodeDecodeError:
        return f"the row is no text in {encoding.removesuffix('-sig')}"
    if "\0" in text:
        return "the row holds a NUL"
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


class _Lines:
    """Lines with their numbers. None stands for one that is too long."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._number = 0
        self._back: deque[_Line] = deque()

    def __iter__(self) -> Iterator[_Line]:
        return self

    def __next__(self) -> _Line:
        if self._back:
            return self._back.popleft()
        raw = self._source.readline(MAX_RECORD + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) <= MAX_RECORD:
            return self._number, raw
        while raw and not raw.endswith(b"\n"):
            raw = self._source.readline(MAX_RECORD)
        return self._number, None

    def put_back(self, lines: list[_Line]) -> None:
        self._back.extendleft(reversed(lines))
