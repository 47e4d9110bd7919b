"""A team in our words. Pure.

A team tells no currency, only a symbol, and ``$`` is the sign of several: the code is that of a member's page.
"""

from datetime import datetime

from connectors.justgiving import names
from connectors.justgiving.fields import Words, amount, currency, goal, rows
from connectors.justgiving.markup import words
from connectors.justgiving.names import Kind
from connectors.reading import text, word
from schema.model.facts import CampaignState, Raised
from schema.model.money import Currency
from schema.model.text import MAX_SUMMARY, MAX_TITLE, plain
from schema.model.time import micros
from schema.model.total import AmountSource


def team(answer: Words, name: str, *, code: str | None, asked_at: datetime) -> CampaignState:
    """A team as it was when it was asked for. Without a currency nothing is said of its money. Raises Unreadable.

    *Assumed*: ``raisedSoFar`` is in the currency of ``currencySymbol``, and without Gift Aid.
    """
    word(answer, "teamShortName")  # an answer without it is about no team
    total = None if code is None else amount(answer, "raisedSoFar", code)
    return CampaignState(
        native_id=names.native(Kind.TEAM, name),
        version=micros(asked_at),
        source=AmountSource.PLATFORM_API,
        title=plain(answer.get("name"), MAX_TITLE),
        summary=words(answer.get("story"), MAX_SUMMARY),
        goal=None if code is None else goal(answer, "teamTarget", code),
        raised=None if total is None else Raised(total),
    )


def members(answer: Words) -> list[str]:
    """The short names of its members' pages, of those that can be asked for. Raises Unreadable."""
    pages = [text(member, "pageShortName") for member in rows(answer, "teamMembers") or []]
    return [page for page in pages if page is not None and names.is_page(page)]


def code_by(page: Words, answer: Words) -> str | None:
    """The currency of a member's page, if that has the team's symbol: pages of one team may be in several.

    Raises Unreadable or BadCurrency.
    """
    here, there = text(page, "currencySymbol"), text(answer, "currencySymbol")
    code = currency(page, "currencyCode")
    return None if code is None or (here and there and here != there) else Currency.of(code).code
