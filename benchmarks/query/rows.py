"""What the gateway tells of its campaigns: from this the others answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

ALL: Final = """
query All($after: String) {
  campaigns(first: 100, after: $after) {
    edges {
      cursor
      node {
        id externalId title url donateUrl status
        platform { id key name }
        goal { amount currencyCode }
        total { raised { amount currencyCode } donationCount progress asOf freshness position }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list, as it is told, with its place."""

    cursor: str
    node: dict[str, Any]

    @property
    def id(self) -> str:
        """The global id."""
        return str(self.node["id"])


async def rows(address: str) -> list[Row]:
    """All of them, in the order of the list."""
    found: list[Row] = []
    after: str | None = None
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.post(address, json={"query": ALL, "variables": {"after": after}}) as answer:
                told = (await answer.json())["data"]["campaigns"]
            found += [Row(edge["cursor"], edge["node"]) for edge in told["edges"]]
            if not told["pageInfo"]["hasNextPage"]:
                return found
            after = told["pageInfo"]["endCursor"]


def write(found: Sequence[Row], hot: bytes, file: Path) -> None:
    """For the others: ``rows``, and ``hot``, the one answer of a server that knows no other."""
    told = [{"cursor": row.cursor, "node": row.node} for row in found]
    file.write_text(json.dumps({"rows": told, "hot": hot.decode()}), "utf-8")
