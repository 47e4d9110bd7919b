"""Twitch's words into ours. Pure: an event or a row, and the moment that dates it, give facts.

Forms that were seen in the wild and are accepted here, each with its link, stand in README.md under "Quirks".
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.errors import BadAmount, BadCurrency, BadTime, Unreadable
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.ids import is_native
from schema.model.money import Money
from schema.model.text import MAX_NAME, MAX_SUMMARY, MAX_TITLE, link, plain
from schema.model.time import read_rfc3339
from schema.model.total import AmountSource

Words: TypeAlias = Mapping[str, Any]
"""A JSON object in Twitch's words."""

# https://dev.twitch.tv/docs/eventsub/reference/charity/ , version 1
DONATE: Final = "channel.charity_campaign.donate"
STATUS: Final[Mapping[str, CampaignStatus]] = MappingProxyType(
    {
        "channel.charity_campaign.start": CampaignStatus.ACTIVE,  # also when resumed after a pause
        "channel.charity_campaign.progress": CampaignStatus.ACTIVE,
        "channel.charity_campaign.stop": CampaignStatus.ENDED,  # also when paused (*assumed*)
    }
)
TOPICS: Final = (DONATE, *STATUS)

# <campaign>-<user>-<time>, as in https://github.com/twitchdev/issues/issues/838; undocumented, so *assumed* and best effort
_TAIL = re.compile(r".*-(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))", re.ASCII)
_ANONYMOUS: Final = "anonymous"
_NO_WORD = re.compile(r"[\W_]+")


def donation(words: Words, *, otherwise_at: datetime, source: AmountSource) -> DonationState:
    """A donation from an event or a row of the list: the same donation either way, under the same id.

    Its time is the one hidden in the id; where none can be read there, it is ``otherwise_at``. Of the donor the name that
    Twitch shows is taken, and with it the user's id, which is never shown. Raises Unreadable.
    """
    with _readable():
        native_id = _identifier(words.get("id"))
        stated = words.get("amount") if words.get("amount") is not None else words.get("target_amount")
        amount = _amount(stated)
        if amount is None:
            raise Unreadable("currency" if isinstance(stated, Mapping) else "amount")
        name, user = _donor(words.get("user_name")), words.get("user_id")
        return DonationState(
            native_id=native_id,
            campaign=_identifier(words.get("campaign_id")),
            stage=Stage.COMPLETED,
            version=0,
            amount=amount,
            donated_at=_hidden_time(native_id) or otherwise_at,
            source=source,
            donor_name=name,
            donor=user if name is not None and is_native(user) else None,
        )


def campaign(words: Words, *, version: int, status: CampaignStatus, source: AmountSource) -> CampaignState:
    """A campaign as an event or the list states it. What is missing, blank, or a goal of zero is not said: None.

    There is no title, so the charity's name is the title; and no charity id, so the key is made from that name.
    Raises Unreadable.
    """
    with _readable():
        goal = _amount(words.get("target_amount"))
        raised = _amount(words.get("current_amount"))
        logo = link(words.get("charity_logo"))
        return CampaignState(
            native_id=_identifier(words.get("id")),
            version=version,
            source=source,
            title=plain(words.get("charity_name"), MAX_TITLE),
            summary=plain(words.get("charity_description"), MAX_SUMMARY),
            image=logo,
            status=status,
            starts_at=_moment(words.get("started_at")),
            ends_at=_moment(words.get("stopped_at")),
            charity=_charity(words, logo),
            goal=goal if goal is not None and goal.minor > 0 else None,
            raised=None if raised is None else Raised(raised),
        )


def _charity(words: Words, logo: str | None) -> Charity | None:
    name = plain(words.get("charity_name"), MAX_TITLE)
    if name is None:
        return None
    key = _NO_WORD.sub("-", unicodedata.normalize("NFKC", name).casefold()).strip("-")
    return Charity(key or name, name, website=link(words.get("charity_website")), logo=logo)


def _donor(name: object) -> str | None:
    shown = plain(name, MAX_NAME)
    return None if shown is None or shown.casefold() == _ANONYMOUS else shown


def _amount(stated: object) -> Money | None:
    """None where nothing is said: no object, or one whose currency is blank."""
    if stated is None:
        return None
    if not isinstance(stated, Mapping):
        raise BadAmount("an amount is an object")
    code = stated.get("currency")
    if not isinstance(code, str | None):
        raise BadCurrency("a currency is a text")
    if code is None or not code.strip():
        return None
    # amount.amount: https://github.com/twitchdev/issues/issues/642
    money = Money.of_scaled(stated.get("value", stated.get("amount")), stated.get("decimal_places"), code)
    if money.minor < 0:
        raise BadAmount("Twitch states nothing below zero")
    return money


def _identifier(value: object) -> str:
    if not is_native(value):
        raise Unreadable("id")
    return value


def _moment(value: object) -> datetime | None:
    return None if value is None or value == "" else read_rfc3339(value)


def _hidden_time(native_id: str) -> datetime | None:
    found = _TAIL.fullmatch(native_id)
    try:
        return read_rfc3339(found[1]) if found else None
    except BadTime:
        return None


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BadCurrency as error:
        raise Unreadable("currency") from error
    except BadAmount as error:
        raise Unreadable("amount") from error
    except BadTime as error:
        raise Unreadable("time") from error
