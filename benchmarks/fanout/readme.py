"""The part of ``benchmarks/README.md`` that the command writes."""

from typing import Final

BEGIN: Final = "<!-- written by `make bench-fanout` from here -->"
END: Final = "<!-- to here -->"


def replaced(text: str, part: str) -> str:
    """The text with this between its two marks. Raises ValueError where it has not both of them once and in order."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in before + after:
        raise ValueError(f"the text needs {BEGIN!r} and {END!r}, each once and in this order")
    return f"{before}{BEGIN}\n\n{part.strip()}\n\n{END}{after}"
