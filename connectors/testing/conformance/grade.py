"""Grades of a connector, and what its ``quality.toml`` claims."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final


class Grade(IntEnum):
    """What a connector has proven. Each grade takes in the ones below it."""

    NONE = 0
    BRONZE = 1
    """It works: settings, facts and totals are right."""
    SILVER = 2
    """It can be trusted: what is forged is refused, and no secret and no person comes out."""
    GOLD = 3
    """It heals: what comes twice, late, in another order, or after a failure ends in the same total."""
    PLATINUM = 4
    """It was attacked: garbage, absurd values and endless answers bring nothing down."""

    def __str__(self) -> str:
        return self.name.lower()


FILE: Final = "quality.toml"
SHORTEST_REASON: Final = 12


@dataclass(frozen=True, slots=True)
class Quality:
    """The ``quality.toml`` of a connector: the grade that it claims, and the rules that cannot hold for its network, each with
    the reason. ``problems`` is what is wrong with the file; with a problem nothing is proven.
    """

    claimed: Grade = Grade.NONE
    exempt: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[str, ...] = ()

    @classmethod
    def of_package(cls, package: str) -> "Quality":
        """The file in a connector's package."""
        try:
            return cls.read((files(package) / FILE).read_text("utf-8"))
        except FileNotFoundError:
            return cls(problems=(f"{package} has no {FILE}",))

    @classmethod
    def read(cls, text: str) -> "Quality":
        """What the file says. Every problem is told, and whatever is in order is kept."""
        try:
            told = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            return cls(problems=(f"{FILE}: {error}",))
        surplus = sorted(set(told) - {"grade", "exempt"})
        problems = [f"{FILE}: {name} is not known; there are grade and exempt" for name in surplus]
        grades = {str(grade): grade for grade in Grade}
        claimed = grades.get(str(told.get("grade")))
        if claimed is None:
            problems.append(f"{FILE}: grade is one of {', '.join(grades)}")
        exempt: Any = told.get("exempt", {})
        if not isinstance(exempt, dict):
            exempt = {}
            problems.append(f"{FILE}: exempt is a table of rules and reasons")
        for name, reason in exempt.items():
            if not isinstance(reason, str) or len(reason.strip()) < SHORTEST_REASON:
                problems.append(f"{FILE}: {name} is exempt without a reason")
        return cls(claimed or Grade.NONE, MappingProxyType(exempt), tuple(problems))
