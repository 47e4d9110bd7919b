"""What is to be believed of what a network says of its own total: told here once more, naively, over all that it ever said."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, TypeVar


class Figure(Protocol):
    """A report, or anything else with a figure."""

    @property
    def raised(self) -> int:
        """In minor units."""
        ...


Said = TypeVar("Said", bound=Figure)
FIFTH = Fraction(1, 5)


def believed(reports: Sequence[Said]) -> list[Said]:
    """Those of them that are, oldest first. ``reports`` are in the order of their versions."""
    found: list[Said] = []
    doubted: list[Said] = []
    for report in reports:
        if found and report.raised < found[-1].raised * (1 - FIFTH):
            doubted.append(report)
            figures = [each.raised for each in doubted[-3:]]
            if len(figures) < 3 or max(figures) - min(figures) > max(figures) * FIFTH:
                continue
        found.append(report)
        doubted.clear()
    return found
