"""What viewers ask for is understood by every server."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from benchmarks.fanout.document import LIVE

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("schema", ["schema/schema.graphql", "benchmarks/fanout/peers/schema.graphql"])
def test_the_document_is_valid(schema: str) -> None:
    assert validate(build_schema((ROOT / schema).read_text("utf-8")), parse(LIVE)) == []
