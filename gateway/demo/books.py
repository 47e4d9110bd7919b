"""Holds the gateway's figures, read through the public endpoint, against the networks' own books: by campaign, by endorser,
by currency."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Book, Emulator
from schema.model.money import Currency, Money

QUERY: Final = """
query Books($slug: String!) {
  campaigns(first: 50, orderBy: RAISED_DESC) {
    nodes {
      title externalId platform { key name } seasons { slug } parent { seasons { slug } }
      total { raised { amount currencyCode } donationCount freshness }
      endorsements(first: 10) { nodes { account { displayName } raised { amount currencyCode } } }
    }
  }
  season(slug: $slug) {
    currentPhase { name }
    total { raised { money { amount currencyCode } parts { amount currencyCode } isApproximate } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what viewers see, and what its network knows. Amounts as text."""

    kind: str
    """campaign, endorser or currency"""
    network: str
    title: str
    shown: str | None
    book: str | None
    freshness: str = ""

    @property
    def agrees(self) -> bool:
        """Whether viewers see what the network knows. Without a gift yet there is nothing on either side."""
        return self.shown == self.book

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on either side."""
        return self.shown is None and self.book is None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every figure of one look, with the season's phase and sum."""

    lines: tuple[Line, ...]
    phase: str
    raised: str

    @property
    def agrees(self) -> bool:
        """Whether all of it does."""
        return bool(self.lines) and all(line.agrees for line in self.lines)


async def compare(
    session: aiohttp.ClientSession, graphql: str, slug: str, networks: Sequence[Emulator], names: Mapping[str, str]
) -> Comparison:
    """A line for each currency of the season, then for each endorser of a campaign, then for each campaign, largest first.

    ``names`` are the endorsers' as shown, by what they are called in the books.
    """
    async with session.post(graphql, json={"query": QUERY, "variables": {"slug": slug}}) as answer:
        told = (await answer.json())["data"]
    books = {emulator.key: emulator.books for emulator in networks}
    campaigns, season = told["campaigns"]["nodes"], told["season"]
    lines = (
        *_currencies(campaigns, season, books),
        *(line for campaign in campaigns for line in _endorsers(campaign, books, names)),
        *(_campaign(campaign, books) for campaign in campaigns),
    )
    phase, raised = season["currentPhase"], season["total"]["raised"]
    about = "about " if raised["isApproximate"] else ""
    return Comparison(lines, "" if phase is None else phase["name"], about + (_text(raised["money"]) or "-"))


def _campaign(campaign: Any, books: Mapping[str, Mapping[str, Book]]) -> Line:
    total, book = campaign["total"], _book(campaign, books)
    known = None if book is None else str(Money(book.raised, Currency.of(book.currency)))
    shown = None if total is None else _text(total["raised"])
    freshness = "" if total is None else total["freshness"]
    return Line("campaign", campaign["platform"]["name"], campaign["title"], shown, known, freshness)


def _endorsers(campaign: Any, books: Mapping[str, Mapping[str, Book]], names: Mapping[str, str]) -> Iterator[Line]:
    book = _book(campaign, books)
    sums = {} if book is None else {names[star]: raised for star, raised in book.endorsers.items()}
    for endorsement in campaign["endorsements"]["nodes"]:
        name = endorsement["account"]["displayName"]
        known = str(Money(sums.get(name, 0), Currency.of("CNY" if book is None else book.currency)))
        yield Line("endorser", campaign["platform"]["name"], name, _text(endorsement["raised"]), known)


def _currencies(campaigns: Any, season: Any, books: Mapping[str, Mapping[str, Book]]) -> Iterator[Line]:
    known: Counter[str] = Counter()
    for campaign in campaigns:
        book = _book(campaign, books)
        within = campaign["parent"] is not None and campaign["parent"]["seasons"]  # its team's book holds it
        if book is not None and campaign["seasons"] and not within:
            known[book.currency] += book.raised
    shown = {part["currencyCode"]: _text(part) for part in season["total"]["raised"]["parts"]}
    for code in sorted(known.keys() | shown.keys()):
        yield Line("currency", "season", code, shown.get(code), str(Money(known[code], Currency.of(code))))


def _book(campaign: Any, books: Mapping[str, Mapping[str, Book]]) -> Book | None:
    return books[campaign["platform"]["key"]].get(campaign["externalId"])


def _text(money: Any) -> str | None:
    return None if money is None else f"{money['amount']} {money['currencyCode']}"
