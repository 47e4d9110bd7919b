"""A page and its donations in our words. Pure: an answer, and the moment of asking, give facts. Raises Unreadable.

https://developer.justgiving.com/apidocs/documentation : Fundraising, page details and page donations.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from connectors.justgiving import names, sheet
from connectors.justgiving.fields import Words, amount, count, currency, goal, moment, part, rows, status
from connectors.justgiving.markup import words
from connectors.justgiving.names import Kind
from connectors.reading import readable, text, word
from schema.model.charity import Charity
from schema.model.errors import Unreadable, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_SUMMARY, MAX_TITLE, link, plain
from schema.model.time import micros
from schema.model.total import AmountSource


def page(answer: Words, name: str, *, asked_at: datetime) -> CampaignState:
    """A page as it was when it was asked for.

    ``raised`` is the headline total: online, offline and by SMS, without Gift Aid. Where the answer has none, nothing is said.
    """
    word(answer, "pageShortName")  # an answer without it is about no page
    code = currency(answer, "currencyCode")
    total, ends_at = amount(answer, "grandTotalRaisedExcludingGiftAid", code), moment(answer, "expiryDate")
    return CampaignState(
        native_id=names.native(Kind.PAGE, name),
        version=micros(asked_at),
        source=AmountSource.PLATFORM_API,
        title=plain(answer.get("title"), MAX_TITLE),
        summary=words(answer.get("story"), MAX_SUMMARY),
        url=_address(text(answer, "domain"), name),
        image=link(part(answer, "image").get("absoluteUrl")),
        status=status(text(answer, "status"), None, ends_at, asked_at),
        ends_at=ends_at,
        charity=_charity(part(answer, "charity")),
        part_of=_teams(answer),
        goal=goal(answer, "fundraisingTarget", code),
        raised=None if total is None else Raised(total, count(answer, "donationCount")),
    )


def named(answer: Words) -> str | None:
    """Which page an answer is about, if it says so, for comparison with another answer: without ``page/`` and in small letters,
    as no source says that these are told alike.
    """
    name = text(answer, "pageShortName")
    return None if name is None else name.rpartition("/")[2].casefold()


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list of donations. ``garbled`` is what was wrong with the first that cannot be read; ``pages``, how many
    pages the list has.
    """

    donations: tuple[DonationState, ...]
    garbled: UpstreamGarbled | None
    pages: int


def donations(answer: Words, campaign: tuple[str, ...], *, asked_at: datetime) -> Listed:
    """The donations that can be read. What is no list with its number of pages raises Unreadable."""
    listed, pages = rows(answer, "donations"), count(part(answer, "pagination"), "totalPages")
    if listed is None:
        raise Unreadable("donations")
    if pages is None:
        raise Unreadable("totalPages")
    found: list[DonationState] = []
    garbled: UpstreamGarbled | None = None
    for row in listed:
        try:
            with readable():
                found.append(donation(row, campaign, asked_at=asked_at))
        except UpstreamGarbled as error:
            garbled = garbled or error
    return Listed(tuple(found), garbled, pages if listed else 0)


def donation(row: Words, campaign: tuple[str, ...], *, asked_at: datetime) -> DonationState:
    """A donation as it was listed. What the donor paid in a currency of their own is never read, nor is Gift Aid."""
    number, donated_at = count(row, "id"), moment(row, "donationDate")
    if not number:
        raise Unreadable("id")
    if donated_at is None:
        raise Unreadable("donationDate")
    return DonationState(
        native_id=str(number),
        campaign=campaign,
        stage=_stage(text(row, "status")),
        version=micros(asked_at),
        amount=amount(row, "amount", currency(row, "currencyCode")),
        donated_at=donated_at,
        source=AmountSource.PLATFORM_API,
        donor_name=_donor(row.get("donorDisplayName")),
        message=words(row.get("message"), MAX_MESSAGE),
    )


def _stage(status: str | None) -> Stage:
    return Stage.COMPLETED if status is None else sheet.STAGES.get(status, Stage.PENDING)


def _donor(name: object) -> str | None:
    shown = plain(name, MAX_NAME)
    return None if shown is None or shown.casefold() == sheet.ANONYMOUS.casefold() else shown


def _address(domain: str | None, name: str) -> str | None:
    path = name if name.startswith(f"{sheet.NEW}/") else f"{sheet.OLD}/{name}"
    return link(f"https://{domain or f'www.{sheet.DOMAIN}'}/{quote(path)}")


def _charity(fields: Words) -> Charity | None:
    """``profilePageUrl`` is JustGiving's page about it, not its own, so there is no website."""
    name, number = plain(fields.get("name"), MAX_TITLE), count(fields, "id")
    if name is None or number is None:
        return None
    registered = plain(fields.get("registrationNumber"), MAX_NAME)
    return Charity(f"justgiving-{number}", name, registered, logo=link(fields.get("logoAbsoluteUrl")))


def _teams(answer: Words) -> tuple[str, ...] | None:
    found = rows(answer, "teams")
    if found is None:
        return None
    teams = [word(team, "teamShortName") for team in found]
    if not all(map(names.is_name, teams)):
        raise Unreadable("teamShortName")
    return tuple(names.native(Kind.TEAM, team) for team in teams)
