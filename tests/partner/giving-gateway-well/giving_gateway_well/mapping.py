"""Well's words into ours. Pure: an object of an answer gives a fact.

What cannot be read raises Unreadable with the name of the field, and never shows its value.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connectors.reading import formed, word
from schema.model.campaign import CampaignStatus
from schema.model.errors import BadAmount, BadCurrency, BadTime, Unreadable
from schema.model.facts import CampaignState, DonationState, Movement, RefundState, Stage
from schema.model.money import MAX_DONATION, Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_TITLE, link, plain
from schema.model.time import micros, read_unix
from schema.model.total import AmountSource

Words: TypeAlias = Mapping[str, Any]
"""A JSON object in Well's words."""

CODE: Final = re.compile(r"[a-z0-9\-]{1,40}", re.ASCII)
GIFT: Final = re.compile(r"WG-[0-9]{6,12}", re.ASCII)
REFUND: Final = re.compile(r"WR-[0-9]{6,12}", re.ASCII)
SOURCE: Final = AmountSource.PLATFORM_API
NEVER_CHANGES: Final = 0

STATUS: Final[Mapping[str, CampaignStatus]] = MappingProxyType(
    {
        "planned": CampaignStatus.SCHEDULED,
        "digging": CampaignStatus.ACTIVE,
        "water": CampaignStatus.ENDED,
    }
)
GIFTS: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "promised": Stage.PENDING,
        "received": Stage.COMPLETED,
        "bounced": Stage.VOID,
    }
)
REFUNDS: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "asked": Stage.PENDING,
        "paid": Stage.COMPLETED,
        "declined": Stage.VOID,
    }
)


def well(words: Words) -> CampaignState:
    """A well. No total is told; the goal, which every well has, tells the currency."""
    return CampaignState(
        native_id=formed(words, "code", CODE),
        version=micros(_moment(words, "changed")),
        source=SOURCE,
        title=plain(words.get("village"), MAX_TITLE),
        image=link(words.get("photo")),
        status=STATUS.get(str(words.get("stage"))),
        goal=_money(words),
    )


def entry(words: Words, code: str) -> Movement | None:
    """An entry of the book of the well ``code``. None for one of a kind that is not money that comes or goes."""
    match word(words, "entry"):
        case "gift":
            found = gift(words)
            if found.campaign != code:
                raise Unreadable("well")
            return found
        case "refund":
            return refund(words)
    return None


def gift(words: Words) -> DonationState:
    """A gift. It is received or bounces once, so the rank of its stage tells the newer of two states.

    What goes back is an entry of its own.
    """
    stage = GIFTS.get(word(words, "state"))
    if stage is None:
        raise Unreadable("state")
    return DonationState(
        native_id=formed(words, "number", GIFT),
        campaign=formed(words, "well", CODE),
        stage=stage,
        version=NEVER_CHANGES,
        amount=_money(words),
        donated_at=_moment(words, "at"),
        source=SOURCE,
        donor_name=_name(words),
        message=plain(words.get("note"), MAX_MESSAGE),
    )


def refund(words: Words) -> RefundState:
    """A refund. It is paid or declined once, so the rank of its stage tells the newer of two states."""
    stage, of = REFUNDS.get(word(words, "state")), formed(words, "of", GIFT)
    if stage is None:
        raise Unreadable("state")
    return RefundState(
        native_id=formed(words, "number", REFUND),
        donation=of,
        lookup=of,
        stage=stage,
        version=NEVER_CHANGES,
        amount=_money(words),
        refunded_at=_moment(words, "at"),
        source=SOURCE,
    )


def _name(words: Words) -> str | None:
    """What is on the well's wall. A telephone number is never read."""
    giver = words.get("giver")
    return plain(giver.get("name"), MAX_NAME) if isinstance(giver, Mapping) else None


def _money(words: Words) -> Money:
    """Whole minor units; what a well costs stands where the amount of an entry does."""
    name = "cost" if "cost" in words else "amount"
    try:
        amount = Money.of_minor(words.get(name), words.get("currency"))
    except (BadAmount, BadCurrency):
        raise Unreadable(name) from None
    if not 0 <= amount.minor <= MAX_DONATION:
        raise Unreadable(name)
    return amount


def _moment(words: Words, name: str) -> datetime:
    try:
        return read_unix(words.get(name))
    except BadTime:
        raise Unreadable(name) from None
