"""Lantern's words into ours. Pure: an object of an answer or of a webhook gives a fact.

https://lantern.example/developers/objects. What cannot be read raises Unreadable with the name of the field, and never
shows its value.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connectors.reading import formed, word
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.errors import BadAmount, BadCurrency, BadTime, Unreadable
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.money import MAX_DONATION, Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_TITLE, link, plain
from schema.model.time import read_rfc3339
from schema.model.total import AmountSource

Words: TypeAlias = Mapping[str, Any]
"""A JSON object in Lantern's words."""

GARLAND_ID: Final = re.compile(r"gar_[0-9a-z]{6,20}", re.ASCII)
LANTERN_ID: Final = re.compile(r"lan_[0-9a-z]{6,20}", re.ASCII)
MAX_ABOVE: Final = 8
"""How many garlands hang above one at most: https://lantern.example/developers/objects#garland"""
MAX_REVISION: Final = 10**9

PHASES: Final[Mapping[str, CampaignStatus]] = MappingProxyType(
    {
        "folding": CampaignStatus.SCHEDULED,
        "burning": CampaignStatus.ACTIVE,
        "ashes": CampaignStatus.ENDED,
    }
)
STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "wick": Stage.PENDING,  # the payment is under way
        "lit": Stage.COMPLETED,
        "dimming": Stage.COMPLETED,  # a refund was asked for, and may still be refused
        "dark": Stage.COMPLETED,  # refunded, always whole: see ``lantern``
        "drowned": Stage.VOID,  # the payment failed
    }
)
REFUNDED: Final = "dark"


def garland(words: Words, source: AmountSource) -> CampaignState:
    """A garland with its total, which includes those of the garlands that hang on it."""
    return CampaignState(
        native_id=formed(words, "id", GARLAND_ID),
        version=_revision(words),
        source=source,
        title=plain(words.get("title"), MAX_TITLE),
        url=link(words.get("page")),
        status=PHASES.get(str(words.get("phase"))),
        part_of=_above(words),
        goal=None if words.get("goal") is None else _money(words, "goal"),
        raised=Raised(_money(words, "raised")),
    )


def lantern(words: Words, source: AmountSource) -> DonationState:
    """A lantern. Lantern tells a refund by the status alone: all of the amount went back when that was set."""
    status = word(words, "status")
    if status not in STAGES:
        raise Unreadable("status")
    amount = _money(words, "amount")
    if amount.minor > MAX_DONATION:
        raise Unreadable("amount")
    refunded = status == REFUNDED
    return DonationState(
        native_id=formed(words, "id", LANTERN_ID),
        campaign=formed(words, "garland", GARLAND_ID),
        stage=STAGES[status],
        version=_revision(words),
        amount=amount,
        donated_at=_moment(words, "made_at"),
        source=source,
        refunded=amount if refunded else None,
        refunded_at=_moment(words, "status_at") if refunded else None,
        donor_name=_shown_name(words),
        message=plain(words.get("wish"), MAX_MESSAGE),
    )


def promise(words: Words) -> Milestone:
    """What the organiser promises at a total."""
    title, kept = plain(words.get("title"), MAX_TITLE), words.get("kept")
    if title is None:
        raise Unreadable("title")
    return Milestone(title, _money(words, "at"), kept if isinstance(kept, bool) else None)


def _shown_name(words: Words) -> str | None:
    """The name as the app shows it. ``email`` is told to whoever has the key, and never read."""
    lighter = words.get("lighter")
    if not isinstance(lighter, Mapping) or lighter.get("named") is not True:
        return None
    return plain(lighter.get("name"), MAX_NAME)


def _above(words: Words) -> tuple[str, ...]:
    above = words.get("above")
    if not isinstance(above, list) or len(above) > MAX_ABOVE:
        raise Unreadable("above")
    return tuple(formed({"above": native}, "above", GARLAND_ID) for native in above)


def _revision(words: Words) -> int:
    """Lantern counts the changes of each object from 1: a version that only grows, and that no clock can set back."""
    revision = words.get("revision")
    if type(revision) is not int or not 1 <= revision <= MAX_REVISION:
        raise Unreadable("revision")
    return revision


def _money(words: Words, name: str) -> Money:
    """Decimal text; the currency is that of the object. ``Money`` is exact: it takes no float and rounds nothing."""
    try:
        amount = Money.of_decimal(words.get(name), words.get("currency"))
    except (BadAmount, BadCurrency):
        raise Unreadable(name) from None
    if amount.minor < 0:
        raise Unreadable(name)
    return amount


def _moment(words: Words, name: str) -> datetime:
    try:
        return read_rfc3339(words.get(name))
    except BadTime:
        raise Unreadable(name) from None
