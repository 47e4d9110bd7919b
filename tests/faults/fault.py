"""What a fault of the matrix is: something that goes wrong on purpose, and what came of the money meanwhile."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path


class Broken(AssertionError):
    """A promise that did not hold, in a sentence. A difference in money is no such sentence, it is counted."""


def expect(holds: object, sentence: str) -> None:
    """Raises Broken with the sentence where something does not hold."""
    if not holds:
        raise Broken(sentence)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a fault. ``tries`` is how often it was provoked, ``healed`` how many seconds after its end totals were the
    books again: None where nothing had to heal. ``says`` is what else was seen, in a few words.
    """

    tries: int
    lost: int = 0
    doubled: int = 0
    healed: float | None = None
    says: str = ""

    @property
    def holds(self) -> bool:
        """Whether no money was lost and none came twice."""
        return self.tries > 0 and self.lost == 0 and self.doubled == 0


@dataclass(repr=False)
class Stage:
    """Where a fault plays: an empty folder of its own, and chance that the seed of the whole run decides. ``say`` shows how
    far it is. ``quick`` asks for as few tries as prove anything.
    """

    folder: Path
    seed: int
    quick: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def times(self, whole: int, quick: int) -> int:
        """How often to try."""
        return quick if self.quick else whole


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the matrix, or a part of it. ``ci``: it is also provoked, quickly, wherever the tests run."""

    row: str
    name: str
    run: Callable[[Stage], Awaitable[Told]]
    ci: bool = False

    @property
    def key(self) -> str:
        """Its name for commands and tests."""
        return f"{self.row}-{self.name.replace(' ', '-')}"
