"""What is asked for is understood by every server, and differs where it must."""

from collections import Counter
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from benchmarks.query.campaigns import made_up
from benchmarks.query.cases import zipf
from benchmarks.query.curves import BY_IDS, PAGE, PAGES, SEARCH, asked
from benchmarks.query.documents import DISTINCT, HOT, LIST, ROWS, TOTALS, every, mix
from benchmarks.query.rows import ALL, Row
from gateway.http.limits import Limits, check_document

ROOT = Path(__file__).parents[2]
KNOWN = [Row(f"cursor {place}", {"id": f"campaign {place}"}) for place in range(100)]


@pytest.mark.parametrize("schema", ["schema/schema.graphql", "benchmarks/query/peers/schema.graphql"])
def test_all_documents_are_valid(schema: str) -> None:
    served = build_schema((ROOT / schema).read_text("utf-8"))

    for text in (ALL, LIST, TOTALS, PAGE, *(request.query for request in mix(KNOWN))):
        assert validate(served, parse(text)) == []


def test_they_are_within_the_limits_of_the_gateway() -> None:
    for text in (LIST, TOTALS, *(request.query for request in mix(KNOWN))):
        check_document(parse(text), Limits())


def test_the_mix_has_as_many_distinct_documents_always_the_same() -> None:
    texts = [request.query for request in mix(KNOWN)]

    assert len(set(texts)) == DISTINCT
    assert texts == [request.query for request in mix(KNOWN)]


def test_the_second_document_comes_half_as_often_as_the_first() -> None:
    drawn = Counter(zipf(DISTINCT, 100_000))

    assert 0.45 < drawn[1] / drawn[0] < 0.55
    assert 0.08 < drawn[9] / drawn[0] < 0.12


def test_pages_begin_each_at_another_row_and_never_at_one_that_moves() -> None:
    after = [request.variables["after"] for request in every(KNOWN, len(KNOWN))]

    assert sorted(after) == sorted(row.cursor for row in KNOWN[ROWS:])
    assert "after" not in HOT.variables


def test_no_request_of_the_curves_comes_twice_and_pages_have_ten_rows() -> None:
    found = asked(10)

    assert set(found) == {PAGES, BY_IDS, SEARCH}
    assert all(len({request.body for request in requests}) == len(requests) for requests in found.values())
    assert "campaigns(first: 10, " in PAGE


def test_campaigns_are_made_up_in_the_order_of_their_totals() -> None:
    amounts = [each.raised for each in made_up(30)]

    assert amounts == sorted(amounts, reverse=True)
    assert len(set(amounts)) == 30
    assert min(amounts) > 0
