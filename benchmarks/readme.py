"""The parts of ``benchmarks/README.md`` that commands write."""

from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "README.md"
END: Final = "<!-- to here -->"


def begin(command: str) -> str:
    """The mark at which the part of a command begins."""
    return f"<!-- written by `{command}` from here -->"


def replaced(text: str, command: str, part: str) -> str:
    """The text with this between the two marks of a command, of which the second one is the next ``END``.

    Raises ValueError where the first one is not there once, or is not followed by its second one.
    """
    before, mark, rest = text.partition(begin(command))
    old, end, after = rest.partition(END)
    if not mark or not end or begin(command) in rest or "<!--" in old:
        raise ValueError(f"the text needs {begin(command)!r} once, and {END!r} behind it")
    return f"{before}{mark}\n\n{part.strip()}\n\n{END}{after}"


def write(command: str, part: str) -> None:
    """Puts it there."""
    FILE.write_text(replaced(FILE.read_text("utf-8"), command, part), "utf-8")
