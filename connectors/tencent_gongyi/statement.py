"""A file's rows in our words: an organisation's export, or a list of published figures. Pure, and in constant memory."""

from collections.abc import Iterator
from typing import BinaryIO

from connectors.contract import Row
from connectors.tencent_gongyi.layout import Cells, Layout
from connectors.tencent_gongyi.mapping import figure, movement
from connectors.tencent_gongyi.settings import Account
from connectors.tencent_gongyi.unpacking import records
from schema.model.errors import Unreadable


def read_export(source: BinaryIO, account: Account) -> Iterator[Row]:
    """The rows of a CSV file; what kind of file it is says its header.

    A row that cannot be read is a Row with a problem, and the next one follows. Without a header that can be read there is
    that one problem and no more.
    """
    rows = records(source, account.encoding, account.delimiter)
    line, header = next(rows, (1, "the file is empty"))
    layout = header if isinstance(header, str) else Layout.of(header, account)
    if isinstance(layout, str):
        yield Row(line, problem=f"{layout}, so nothing can be read: are the settings columns, encoding and delimiter right?")
        return
    for line, found in rows:
        yield Row(line, problem=found) if isinstance(found, str) else _row(line, layout.cells(found), layout, account)


def _row(line: int, cells: Cells, layout: Layout, account: Account) -> Row:
    try:
        if layout.figures:
            return Row(line, campaign=figure(cells))
        return Row(line, (movement(cells, account),))
    except Unreadable as error:
        return Row(line, problem=f"{error.reason} cannot be read")
