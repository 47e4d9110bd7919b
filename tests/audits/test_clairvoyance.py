"""A stranger who guesses at the schema in production finds nothing, although he knows all of its words."""

from pathlib import Path
from typing import Final

import pytest
from graphql import is_object_type

from connectors.testing.emulation import serve
from schema.api.build import build
from tests.audits.clairvoyance import guessed
from tests.audits.lax import LAX

pytestmark = pytest.mark.asyncio(loop_scope="module")

DUMMY: Final = "dummy"
"""The field that it gives to a type of which it knows none."""


def words() -> list[str]:
    """Every name of a field."""
    types = build()._schema.type_map.values()
    return sorted({field for each in types if is_object_type(each) for field in each.fields})


WORDS: Final = {
    "all there are": words(),
    "near ones": [name[:-1] for name in words()],
    "none": ["user", "login", "password"],
}


@pytest.mark.parametrize("known", WORDS)
async def test_in_production_it_finds_nothing_but_its_dummy_field(production: str, tmp_path: Path, known: str) -> None:
    found = await guessed(production, WORDS[known], tmp_path)

    assert set().union(*found.values()) <= {DUMMY}


async def test_it_finds_what_is_to_be_found(tmp_path: Path) -> None:
    async with serve(LAX) as url:
        found = await guessed(f"{url}/graphql", ["a", "b", "nex"], tmp_path)

    assert "a" in set().union(*found.values())
