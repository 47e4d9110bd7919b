"""docs/versions.md tells of every connector what its code takes for a version and for a rank, and nothing else."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping

import pytest

from connectors.catalog import BUILT_IN
from schema.model.facts import Stage
from tests.docs.markdown import ROOT, named, section
from tests.docs.test_errors import differences

TEXT = (ROOT / "docs" / "versions.md").read_text("utf-8")
VERSIONS = "What the version is"
RANKS = "What the rank is"
CODE = re.compile(r"`([^`]+)`")
# Twitch calls the edition of a subscription so.
OTHERS = {"row.get('version')"}


def versions(key: str) -> set[str]:
    """Every expression that a connector makes a version of."""
    found: set[str] = set()
    for path in (ROOT / "connectors" / key).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "version":
                found.add(ast.unparse(node.value))
            elif isinstance(node, ast.Assign):
                found |= {ast.unparse(value) for name, value in assigned(node) if name == "version"}
    return found - {"version"} - OTHERS


def assigned(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """Names with what they become."""
    [target] = node.targets[:1]
    if isinstance(target, ast.Name):
        yield target.id, node.value
    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        for each, value in zip(target.elts, node.value.elts, strict=True):
            if isinstance(each, ast.Name):
                yield each.id, value


def ranks(key: str) -> dict[Stage, set[str]]:
    """The words of a network by the stage that its sheet gives them, in any of its tables."""
    found: dict[Stage, set[str]] = {stage: set() for stage in Stage}
    try:
        sheet = importlib.import_module(f"connectors.{key}.sheet")
    except ModuleNotFoundError:
        return found
    for table in vars(sheet).values():
        if isinstance(table, Mapping) and table and all(isinstance(stage, Stage) for stage in table.values()):
            for word, stage in table.items():
                found[stage].add(str(getattr(word, "value", word)))
    return found


@pytest.mark.parametrize("title", [VERSIONS, RANKS])
def test_every_network_has_a_row_and_no_other(title: str) -> None:
    assert differences(set(named(section(TEXT, title))), set(BUILT_IN)) == []


@pytest.mark.parametrize("key", BUILT_IN)
def test_the_versions_are_those_of_the_code(key: str) -> None:
    assert differences(set(CODE.findall(named(section(TEXT, VERSIONS))[key][-1])), versions(key)) == []


@pytest.mark.parametrize("key", BUILT_IN)
def test_the_ranks_are_those_of_the_sheet(key: str) -> None:
    told = [set(CODE.findall(cell)) - {"completed_at"} for cell in named(section(TEXT, RANKS))[key]]

    assert dict(zip(Stage, told, strict=True)) == ranks(key)


def test_a_version_that_is_made_otherwise_is_found() -> None:
    spoiled = TEXT.replace("`refunded.minor if refunded else 0`", "`0`")

    told = set(CODE.findall(named(section(spoiled, VERSIONS))["alipay"][-1]))
    assert differences(told, versions("alipay")) == ["refunded.minor if refunded else 0 is not documented"]
