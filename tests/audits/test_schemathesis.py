"""Schemathesis asks for whatever the schema has, a few times; ``make fuzz`` does so 200 times."""

import re
from pathlib import Path
from typing import Final

from schema.api.build import build
from tests.audits.fuzz import WIDE, fuzz
from tests.docs.demo import demo

CASES: Final = 5


async def test_nothing_that_can_be_asked_is_answered_with_a_fault(tmp_path: Path, seed: int) -> None:
    query = build()._schema.query_type
    async with demo(tmp_path, **WIDE) as address:
        code, said = await fuzz(f"http://{address}/graphql", CASES, seed)

    assert code == 0, said
    (tested,) = re.findall(r"Selected: +(\d+)/", said)
    assert query is not None
    assert int(tested) == len(query.fields), said
