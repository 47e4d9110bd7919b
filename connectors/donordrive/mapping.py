"""DonorDrive's words into ours. Pure: an object, and the moment that dates it, give facts.

Amounts are decimal numbers without a currency, which is the program's. Pledges (``sumPledges``, ``activityPledge...``) are
never money, and a registration fee is: it is in the total. Of the donor the shown name is read, and ``donorID`` with it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from connectors.donordrive import sheet
from connectors.donordrive.settings import Fundraiser
from connectors.donordrive.sheet import Kind
from connectors.reading import formed, readable, text
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.charity import Charity
from schema.model.errors import BadAmount, BadCurrency, BadTime, Unreadable, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.ids import is_native
from schema.model.money import Currency, Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_SUMMARY, MAX_TITLE, link, plain
from schema.model.time import read_rfc3339
from schema.model.total import AmountSource

Fields: TypeAlias = Mapping[str, Any]
"""A JSON object in DonorDrive's words."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_WITHOUT_COLON: Final = re.compile(r"(?<=[+-][0-9]{2})(?=[0-9]{2}$)", re.ASCII)
_NO_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Program:
    """What holds for everything on one host."""

    host: str
    currency: Currency
    charity: Charity | None


def program(about: Fields, host: str, currency: Currency | None) -> Program:
    """A program as it tells of itself; a configured currency wins. Raises UpstreamGarbled where there is neither."""
    return Program(host, currency or _currency(about, host), _charity(about))


def campaign(fields: Fields, kind: Kind, of: Program, *, version: int) -> CampaignState:
    """A participant, a team or an event. A goal of zero, and an event's total that is not there, are not said: None.

    Raises UpstreamGarbled.
    """
    with readable():
        if _number(fields, sheet.ID[kind]) is None:
            raise Unreadable(sheet.ID[kind])
        own, *wider = _natives(fields, kind, of.host)
        goal = _amount(fields, "fundraisingGoal", of.currency)
        dated = kind is Kind.EVENT and fields.get("hasDates") is not False
        return CampaignState(
            native_id=own,
            version=version,
            source=AmountSource.PLATFORM_API,
            title=plain(fields.get(sheet.TITLE[kind]), MAX_TITLE),
            summary=plain(fields.get("description"), MAX_SUMMARY) if kind is Kind.EVENT else None,
            url=_link(_inner(fields, "links").get("page")),
            donate_url=_link(_inner(fields, "links").get("donate")),
            image=_link(fields.get("avatarImageURL")),
            # an event's dates tell; once it were stated here, dates that are set later would not be heard
            status=None if kind is Kind.EVENT else CampaignStatus.ACTIVE,
            starts_at=_moment(fields, "startDateUTC") if dated else None,
            ends_at=_moment(fields, "endDateUTC") if dated else None,
            charity=of.charity,
            part_of=tuple(wider),
            goal=goal if goal is not None and goal.minor > 0 else None,
            raised=_raised(fields, kind, of.currency),
        )


def donation(fields: Fields, listed: Fundraiser, of: Program, *, version: int) -> DonationState | None:
    """A gift from the list of a fundraiser. ``listed`` holds its number. Raises UpstreamGarbled.

    None for a gift without an id, as anonymous ones were told for a while: it could not be told from another one, and it
    is in the total. https://github.com/DonorDrive/PublicAPI/issues/46 . None also for one that names another fundraiser of
    the same kind: it was not given to the one in whose list it is; and for a pledge beside which nothing was given.
    """
    with readable():
        if text(fields, "donationID") is None or _number(fields, sheet.ID[listed.kind]) not in (None, int(listed.id)):
            return None
        amount = _amount(fields, "amount", of.currency)
        if (amount is None or not amount.minor) and any(fields.get(name) is not None for name in sheet.PLEDGES):
            return None
        donated_at = _moment(fields, "createdDateUTC")
        if donated_at is None:
            raise Unreadable("createdDateUTC")
        name = _donor(fields.get("displayName"))
        return DonationState(
            native_id=f"{of.host}/{formed(fields, 'donationID', sheet.DONATION_ID)}",
            # one gift is listed with the member, the team and the event: the same candidates each time, nearest first
            campaign=_natives({**fields, sheet.ID[listed.kind]: int(listed.id)}, Kind.PARTICIPANT, of.host),
            stage=Stage.COMPLETED,
            version=version,
            amount=amount,
            donated_at=donated_at,
            source=AmountSource.PLATFORM_API,
            donor_name=name,
            message=plain(fields.get("message"), MAX_MESSAGE),
            donor=None if name is None else _donor_id(fields.get("donorID"), of.host),
        )


def milestone(fields: Fields, currency: Currency) -> Milestone | None:
    """What is promised at a total, or None where it is without words, or not promised any more and was not reached.

    Raises UpstreamGarbled.
    """
    with readable():
        reached = _flag(fields, "isComplete", absent=False)
        active = _flag(fields, "isActive", absent=True)
        amount = _amount(fields, "fundraisingGoal", currency)
        if amount is None:
            raise Unreadable("fundraisingGoal")
        title = plain(fields.get("description"), MAX_TITLE)
        return Milestone(title, amount, reached) if title is not None and (active or reached) else None


def _donor(name: object) -> str | None:
    """The shown name. Anonymous gifts have none; one that says so in words is taken at its word (*assumed*)."""
    shown = plain(name, MAX_NAME)
    return None if shown is None or shown.casefold() == sheet.ANONYMOUS else shown


def _donor_id(found: object, host: str) -> str | None:
    """The same for all gifts of a donor in one program, and made unique over all programs as ids of donations are."""
    native = f"{host}/{found}"
    return native if isinstance(found, str) and found and is_native(native) else None


def _natives(fields: Fields, nearest: Kind, host: str) -> tuple[str, ...]:
    """The native ids of all that the object names, from this kind on."""
    kinds = list(Kind)[list(Kind).index(nearest) :]
    numbers = {kind: _number(fields, sheet.ID[kind]) for kind in kinds}
    return tuple(f"{host}/{kind}/{number}" for kind, number in numbers.items() if number is not None)


def _raised(fields: Fields, kind: Kind, currency: Currency) -> Raised | None:
    """The headline as it stands. It is never added to what was known, and lists may lag behind it."""
    amount = _amount(fields, "sumDonations", currency)
    if amount is None:
        if kind is not Kind.EVENT:
            raise Unreadable("sumDonations")
        return None
    count = fields.get("numDonations")
    if count is not None and (type(count) is not int or not 0 <= count < 10**12):
        raise Unreadable("numDonations")
    return Raised(amount, count)


def _amount(fields: Fields, name: str, currency: Currency) -> Money | None:
    """An amount of zero or more, or None where there is none: hidden by the donor, or without a goal.

    One that is no whole number of minor units is the nearest where it is nearer to it than ``sheet.NOISE``; else Unreadable.
    """
    value = fields.get(name)
    if value is None:
        return None
    digits = str(value) if type(value) is int else value
    if not isinstance(digits, str) or not _NUMBER.fullmatch(digits):
        raise Unreadable(name)
    told = Decimal(digits)
    try:
        whole = told.quantize(Decimal(1).scaleb(-currency.exponent))
        money = Money.of_decimal(format(whole, "f"), currency.code)
    except (InvalidOperation, BadAmount) as error:
        raise Unreadable(name) from error
    if abs(told - whole) >= sheet.NOISE or money.minor < 0:
        raise Unreadable(name)
    return money


def _number(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    if value is not None and (type(value) is not int or not sheet.NUMBER.fullmatch(str(value))):
        raise Unreadable(name)
    return value


def _moment(fields: Fields, name: str) -> datetime | None:
    """A time such as ``2026-05-02T18:29:41.93+0000``; that its digits are a fraction of the second is *assumed*."""
    value = fields.get(name)
    if value is None:
        return None
    try:
        return read_rfc3339(_WITHOUT_COLON.sub(":", value) if isinstance(value, str) else value)
    except BadTime as error:
        raise Unreadable(name) from error


def _flag(fields: Fields, name: str, *, absent: bool) -> bool:
    """True or false, which may come as a text."""
    value = fields.get(name)
    if value is None:
        return absent
    found = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise Unreadable(name)
    return found


def _inner(fields: Fields, name: str) -> Fields:
    """The object within, empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}


def _link(address: object) -> str | None:
    """A safe address. Those of old images lack the scheme."""
    return link(f"https:{address}" if isinstance(address, str) and address.startswith("//") else address)


def _currency(about: Fields, host: str) -> Currency:
    try:
        return Currency.of(_inner(about, "currency").get("label"))
    except BadCurrency as error:
        raise UpstreamGarbled(f"{host} tells no currency of ISO 4217: currency must be configured") from error


def _charity(about: Fields) -> Charity | None:
    """There is no id of a charity, so the key is made from the name."""
    name = plain(about.get("charityName"), MAX_TITLE)
    if name is None:
        return None
    return Charity(_NO_WORD.sub("-", unicodedata.normalize("NFKC", name).casefold()).strip("-") or name, name)
