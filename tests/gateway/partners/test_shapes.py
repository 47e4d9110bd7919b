"""Every shape of network that ``connector new`` writes proves all that there is, and is code to learn from."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.testing.conformance import Grade, examine
from connectors.testing.conformance.ledger import Opens
from connectors.testing.conformance.suite import PROVEN
from gateway.partners.new import Shape
from gateway.partners.subject import subject
from gateway.registry import Registry
from tests.gateway.partners.given import SHAPES, named, written

ROOT = Path(__file__).resolve().parents[3]
LONGEST = "x" * 17
"""Before the longest of the suffixes, it makes a name of the most characters that a key may have."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shapes, under short names."""
    made = tmp_path_factory.mktemp("shapes")
    for shape in SHAPES:
        written(made, shape)
    return made


def run(program: str, *arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A program of this environment."""
    found = Path(sys.executable).parent / program
    environment = {**os.environ, **variables}
    return subprocess.run([found, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
async def test_every_rule_holds_for_what_is_written(shape: Shape, folder: Path, giving_ledger: Opens) -> None:
    with subject(str(folder / named(shape).distribution), Registry()) as found:
        report = await examine(found.cases, found.quality, ledger=giving_ledger)

    assert [(finding.rule.name, finding.says) for finding in report.findings if finding.standing not in PROVEN] == []
    assert (report.grade, report.claimed, report.problems) == (Grade.PLATINUM, Grade.BRONZE, ())


@pytest.mark.parametrize("prefix", ["a", LONGEST])
def test_what_is_written_is_formatted_and_clean_whatever_its_name(prefix: str, tmp_path: Path) -> None:
    for shape in SHAPES:
        written(tmp_path, shape, named(shape, prefix))

    formatted = run("ruff", "format", "--diff", "--no-cache", ".", cwd=tmp_path)
    assert formatted.returncode == 0, formatted.stdout
    linted = run("ruff", "check", "--no-cache", ".", cwd=tmp_path)
    assert linted.returncode == 0, linted.stdout


def test_what_is_written_is_typed(folder: Path, tmp_path: Path) -> None:
    packages = [argument for shape in SHAPES for argument in ("-p", named(shape).package)]
    places = [ROOT, *(folder / named(shape).distribution for shape in SHAPES)]

    checked = run(
        "mypy",
        *("--strict", "--cache-dir", str(tmp_path), "--config-file", os.devnull, *packages),
        cwd=folder,
        MYPYPATH=os.pathsep.join(map(str, places)),
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_readme_lists_the_places_that_are_marked_and_no_others(shape: Shape, folder: Path) -> None:
    target = folder / named(shape).distribution
    package = target / named(shape).package
    marked = {str(path.relative_to(package)) for path in package.rglob("*.*") if "Yours:" in path.read_text("utf-8")}
    marked |= {
        str(path.relative_to(target)) for path in (target / "tests").rglob("*.py") if "Yours:" in path.read_text("utf-8")
    }

    listed = re.findall(r"^\| `([^`]+)` \|", (target / "README.md").read_text("utf-8"), re.MULTILINE)

    assert set(listed) == marked
    assert all(path.stat().st_size for path in target.rglob("*") if path.suffix in (".md", ".toml", ".json"))


def test_no_file_is_longer_than_a_reader_can_hold(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]

    assert max(len(path.read_text("utf-8").splitlines()) for path in files) <= 150
