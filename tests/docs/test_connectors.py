"""docs/connectors.md quotes code that exists, and names every ability."""

import re
import tomllib

import pytest

from connectors.catalog import ENTRY_POINTS
from connectors.contract import ABILITIES
from connectors.spec import CONTRACT_VERSION
from tests.docs.markdown import ROOT, blocks, rows, section
from tests.docs.test_errors import differences

TEXT = (ROOT / "docs" / "connectors.md").read_text("utf-8")

_QUOTE = re.compile(r"<!-- from (\S+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def misquoted(text: str) -> list[str]:
    """The lines of quotations that are not in their file in this order; whole lines may be left out between them."""
    found = []
    for name, quoted in _QUOTE.findall(text):
        source = iter((ROOT / name).read_text("utf-8").splitlines())
        found += [line for line in quoted.splitlines() if line and line not in source]
    return found


def test_code_is_quoted_as_it_is() -> None:
    assert misquoted(TEXT) == []


def test_every_python_block_is_a_quotation() -> None:
    assert len(_QUOTE.findall(TEXT)) == len(blocks(TEXT, "python")) > 0


def test_a_line_that_was_changed_is_found() -> None:
    assert misquoted(TEXT.replace('key="acme"', 'key="acne"'))[0] == '    key="acne",'


def test_every_ability_is_named_and_no_other() -> None:
    told = {cells[0].strip("`") for cells in rows(section(TEXT, "1. What a connector is"))}

    assert differences(told, {ability.__name__ for ability in ABILITIES}) == []


def test_the_entry_point_is_in_the_group_that_is_looked_at() -> None:
    shown = next(block for block in blocks(TEXT, "toml") if "[project]" in block.text)

    assert list(tomllib.loads(shown.text)["project"]["entry-points"]) == [ENTRY_POINTS]


@pytest.mark.parametrize("name", ["contract", "spec", "http", "ports", "paging", "reading", "settings", "signing", "testing"])
def test_the_modules_of_the_contract_exist(name: str) -> None:
    assert f"`connectors.{name}`" in section(TEXT, "9. What stays")
    assert (ROOT / "connectors" / f"{name}.py").exists() or (ROOT / "connectors" / name / "__init__.py").exists()


def test_the_version_that_is_told_is_the_present_one() -> None:
    assert f"`CONTRACT_VERSION` is {CONTRACT_VERSION}." in section(TEXT, "9. What stays")
