"""One row in our words. Pure. Each reader raises Unreadable with our name for the column, and never shows a value.

A donor's name, which exports are said to hold, is not looked at: whether the platform shows it to everybody is not known.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from connectors.tencent_gongyi import sheet
from connectors.tencent_gongyi.layout import Cells
from connectors.tencent_gongyi.settings import Account
from schema.model.donation import DonationKind
from schema.model.errors import BadTime, BadUserInput, Unreadable
from schema.model.facts import CampaignState, Clues, DonationState, Movement, Raised, RefundState
from schema.model.ids import check_native
from schema.model.money import MAX_DONATION, Currency, Money
from schema.model.text import link
from schema.model.time import micros, read_local, read_rfc3339
from schema.model.total import AmountSource

MAX_NOTE: Final = 1_024
"""Characters that rules are held against; more is cut off."""
_COUNT: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
Value = TypeVar("Value")


def movement(cells: Cells, account: Account) -> Movement:
    """A donation; or, where the row names what it gives back, a refund. Nothing in an export tells when it was changed."""
    word = cells.get("status")
    status = sheet.Status.COMPLETED if word is None else account.statuses.get(word.lower())
    if status is None:
        raise Unreadable("status")
    native = _id(cells, "id")
    amount = _amount(cells, account)
    at = _read(cells, "time", _moment)
    if cells.get("refund_of"):
        donation = _id(cells, "refund_of")
        stage = sheet.REFUND_STAGES[status]
        return RefundState(native, donation, donation, stage, 0, amount, at, AmountSource.PARTNER_EXPORT)
    return DonationState(
        native_id=native,
        campaign=Clues(campaign=_id(cells, "project"), attach=cells.get("note", "")[:MAX_NOTE] or None),
        stage=sheet.STAGES[status],
        version=0,
        amount=amount,
        donated_at=at,
        source=AmountSource.PARTNER_EXPORT,
        kind=sheet.KINDS.get(cells.get("kind", "").lower(), DonationKind.ONE_TIME),
    )


def figure(cells: Cells) -> CampaignState:
    """What a project's page said it had raised, in major units, when somebody read it."""
    currency = _currency(cells)
    raised = _read(cells, "raised", lambda text: Money.of_decimal(text, currency))
    if raised.minor < 0:
        raise Unreadable("raised")
    page = link(cells["page"])
    if page is None:
        raise Unreadable("page")
    return CampaignState(
        native_id=_id(cells, "project"),
        version=micros(_read(cells, "read_at", _moment)),
        source=AmountSource.PUBLISHED_FIGURE,
        url=page,
        raised=Raised(raised, _count(cells, "donations"), _count(cells, "donors")),
    )


def _read(cells: Cells, name: str, read: Callable[[str], Value]) -> Value:
    try:
        return read(cells[name])
    except BadUserInput:
        raise Unreadable(name) from None


def _id(cells: Cells, name: str) -> str:
    found = cells[name]
    if sheet.SPOILED_NUMBER.fullmatch(found):
        raise Unreadable(f"{name} (spoiled by a spreadsheet)")
    _read(cells, name, lambda text: check_native(text, name))
    return found


def _amount(cells: Cells, account: Account) -> Money:
    currency = _currency(cells)
    read = Money.of_minor if account.in_fen else Money.of_decimal
    found = _read(cells, "amount", lambda text: read(text, currency))
    if not 0 <= found.minor <= MAX_DONATION:
        raise Unreadable("amount")
    return found


def _currency(cells: Cells) -> str:
    word = cells.get("currency") or sheet.CURRENCY
    try:
        return Currency.of(sheet.CURRENCIES.get(word, word)).code
    except BadUserInput:
        raise Unreadable("currency") from None


def _count(cells: Cells, name: str) -> int | None:
    text = cells.get(name)
    if text and not _COUNT.fullmatch(text):
        raise Unreadable(name)
    return int(text) if text else None


def _moment(text: str) -> datetime:
    """In Beijing unless it says otherwise."""
    try:
        return read_local(text.replace("/", "-"), sheet.ZONE)
    except BadTime:
        return read_rfc3339(text)
