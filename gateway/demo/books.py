"""Holds the gateway's totals, read through the public endpoint, against the emulators' own books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Book, Emulator
from schema.model.money import Currency, Money

QUERY: Final = """
{ campaigns(first: 100, orderBy: RAISED_DESC) {
    nodes { title externalId platform { key name } total { raised { amount currencyCode } donationCount freshness } } } }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign: what viewers see, and what its network knows. Amounts as text."""

    network: str
    title: str
    shown: str | None
    book: str | None
    freshness: str

    @property
    def agrees(self) -> bool:
        """Whether viewers see what the network knows. Without a gift yet there is nothing on either side."""
        return self.shown == self.book


async def compare(session: aiohttp.ClientSession, graphql: str, networks: Sequence[Emulator]) -> list[Line]:
    """A line for each campaign, largest first."""
    async with session.post(graphql, json={"query": QUERY}) as answer:
        campaigns = (await answer.json())["data"]["campaigns"]["nodes"]
    books = {emulator.key: emulator.books for emulator in networks}
    return [_line(campaign, books) for campaign in campaigns]


def _line(campaign: Any, books: Mapping[str, Mapping[str, Book]]) -> Line:
    total = campaign["total"]
    raised = None if total is None else f"{total['raised']['amount']} {total['raised']['currencyCode']}"
    book = books[campaign["platform"]["key"]].get(campaign["externalId"])
    known = None if book is None else str(Money(book.raised, Currency.of(book.currency)))
    return Line(campaign["platform"]["name"], campaign["title"], raised, known, "" if total is None else total["freshness"])
