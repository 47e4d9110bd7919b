"""The file that a charity would upload: this project's own columns, as those of the real back office are not known."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from connectors.weibo.emulator.moments import iso_text
from connectors.weibo.emulator.state import Payment

COLUMNS: Final = (
    *("external_id", "project_id", "amount_fen", "currency", "occurred_at", "channel", "status"),
    "refunded_fen",
)
CHANNEL: Final = "weibo_pay"
PAID: Final = "success"


def export_csv(payments: Iterable[Payment]) -> bytes:
    """One row of each payment or order, with all that has gone back of it so far. A project has the name of its book."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in payments:
        moment, status = iso_text(each.paid_at or each.ordered_at), PAID if each.paid_at else each.fate
        row = (each.pay_id, each.book, each.amount_fen, "CNY", moment, CHANNEL, status, each.refunded_fen)
        writer.writerow(row)
    return text.getvalue().encode()
