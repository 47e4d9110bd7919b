"""What the checks read out of a Markdown file: fenced blocks, links, headings and the rows of tables."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = {
    *(".git", ".venv", ".venv-uv", ".venv-clairvoyance", ".pytest_cache", ".hypothesis", ".mypy_cache"),
    *("node_modules", "var", "build", "dist"),
}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. ``line`` is that of its fence."""

    language: str
    text: str
    line: int


def files(root: Path = ROOT) -> list[Path]:
    """Every Markdown file that somebody wrote."""
    found = []
    for folder, below, names in os.walk(root):
        below[:] = set(below) - LEFT_OUT
        found += [Path(folder, name) for name in names if name.endswith(".md")]
    return sorted(found)


def blocks(text: str, *languages: str) -> list[Block]:
    """The fenced blocks in one of these languages; all of them without any."""
    found = (Block(match[1], match[2], text.count("\n", 0, match.start()) + 1) for match in _FENCE.finditer(text))
    return [block for block in found if not languages or block.language in languages]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def code(text: str) -> list[str]:
    """What is set as code: spans in the prose, and the lines of shell blocks."""
    shell = [line for block in blocks(text, "sh", "shell", "console") for line in block.text.splitlines()]
    return _CODE.findall(prose(text)) + shell


def links(text: str) -> list[str]:
    """Where its links lead."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The names under which its headings can be linked to."""
    titles = (match[2].replace("`", "").lower() for match in _HEADING.finditer(prose(text)))
    return {re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in titles}


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level or above. Raises KeyError."""
    headings = list(_HEADING.finditer(text))
    for index, found in enumerate(headings):
        if found[2].strip() == title:
            ends = (later.start() for later in headings[index + 1 :] if len(later[1]) <= len(found[1]))
            return text[found.end() : next(ends, len(text))]
    raise KeyError(f"there is no heading {title!r}")


def rows(text: str) -> Iterator[list[str]]:
    """The rows of its tables, without their heads, as cells."""
    lines = prose(text).splitlines()
    for before, line in pairwise(lines):
        if line.startswith("|") and before.startswith("|") and not set(line) <= set("|- :"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def named(text: str) -> dict[str, list[str]]:
    """Rows by what is set as code in their first cell; a cell may name several."""
    found: dict[str, list[str]] = {}
    for first, *others in rows(text):
        for name in _CODE.findall(first):
            if name in found:
                raise ValueError(f"{name} has two rows")
            found[name] = others
    return found
