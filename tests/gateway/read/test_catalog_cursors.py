"""Cursors of the catalogue: a place in one order of one list, and whatever a stranger sends in its place."""

import base64
from typing import Any

import orjson
import pytest

from schema.model.errors import BadUserInput
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW
from tests.gateway.read.listing import ALL, Shelf, row


def cursor(*values: Any) -> str:
    """A cursor as a stranger would forge it."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "é",
        "AAAA",
        "a" * 5_000,
        cursor(),
        cursor("UPDATED_AT_DESC"),
        cursor("UPDATED_AT_DESC", 1),
        cursor("UPDATED_AT_DESC", None, "acme:a"),
        cursor("UPDATED_AT_DESC", True, "acme:a"),
        cursor("UPDATED_AT_DESC", [1], "acme:a"),
        cursor("UPDATED_AT_DESC", 2**63, "acme:a"),
        cursor("UPDATED_AT_DESC", 2**64 - 1, "acme:a"),
        cursor("RAISED_DESC", 0, 0, 0, "acme:a"),
        cursor("RAISED_DESC:CNY", 0, 0, "acme:a"),
        base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 3_000).decode(),
        base64.urlsafe_b64encode(b'["UPDATED_AT_DESC", 1e999, "x"]').decode(),
    ],
)
def test_a_cursor_that_is_none_of_this_list_is_the_callers_mistake(forged: str) -> None:
    shelf = Shelf(row("a", 1))
    with pytest.raises(BadUserInput) as caught:
        shelf.catalog.page(ALL, CampaignOrder.UPDATED_AT_DESC, first=1, after=forged, now=NOW)
    assert caught.value.argument == "after"


def test_a_cursor_of_another_order_or_currency_is_refused() -> None:
    shelf = Shelf(row("a", 1), row("b", 2))
    eur, cny = CampaignFilter(currency="EUR"), CampaignFilter(currency="CNY")
    [(after, _)], _, _ = shelf.catalog.page(cny, CampaignOrder.RAISED_DESC, first=1, after=None, now=NOW)
    shelf.catalog.page(cny, CampaignOrder.RAISED_DESC, first=1, after=after, now=NOW)
    for where, order in (
        (ALL, CampaignOrder.RAISED_DESC),
        (eur, CampaignOrder.RAISED_DESC),
        (cny, CampaignOrder.PROGRESS_DESC),
    ):
        with pytest.raises(BadUserInput):
            shelf.catalog.page(where, order, first=1, after=after, now=NOW)


@pytest.mark.parametrize("kind", [0, "", 2.5, -(2**62)])
def test_a_forged_place_is_a_place_like_any_other(kind: object) -> None:
    forged = cursor("UPDATED_AT_DESC", kind, "acme:a")
    found, _, total = Shelf(row("a", 1)).catalog.page(ALL, CampaignOrder.UPDATED_AT_DESC, first=1, after=forged, now=NOW)
    assert len(found) <= 1
    assert total == 1
