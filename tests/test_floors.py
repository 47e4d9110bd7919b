"""What is installed, and what the locks name, is not below the releases that closed known holes."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {
    "strawberry-graphql": (0, 327, 2),
    "graphql-core": (3, 3, 0),
    "starlette": (1, 3, 1),
    "aiohttp": (3, 14, 4),
    "redis": (4, 5, 5),
    "uvicorn": (0, 46),
}


def released(text: str) -> tuple[int, ...]:
    """The numbers of a release; a pre-release counts as below it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)((?:a|b|rc|\.dev)\d+.*)?(?:\.post\d+)?(?:\+.*)?", text)
    assert match, text
    numbers = tuple(int(part) for part in match[1].split("."))
    return (*numbers[:-1], numbers[-1] - 1, 10**6) if match[2] else numbers


def locked(name: str, lock: str) -> list[str]:
    """The versions of a package in a lock file."""
    return re.findall(rf"^{re.escape(name)}==([^\s;\\]+)", lock, re.MULTILINE)


@pytest.mark.parametrize("name", FLOORS)
def test_what_is_installed_is_not_below_its_floor(name: str) -> None:
    assert released(version(name)) >= FLOORS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_what_the_lock_names_is_not_below_its_floor(name: str) -> None:
    found = locked(name, (ROOT / "requirements" / "run.lock").read_text("utf-8"))

    assert found, f"{name} is not in the lock"
    assert all(released(each) >= FLOORS[name] for each in found)


@pytest.mark.parametrize(
    ("text", "below"),
    [("3.2.9", True), ("3.3.0rc1", True), ("3.3.0", False), ("3.3.0.post1", False), ("3.10", False), ("4.0.0", False)],
)
def test_versions_compare_by_number(text: str, below: bool) -> None:
    assert (released(text) < (3, 3, 0)) is below
