"""What a rule of the suite is: a name that stays, a sentence, and a check of a bench."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors.contract import ABILITIES
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.case import AnyCase


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``needs`` are the abilities (or the protocols of a case) without which it says nothing."""

    name: str
    check: Callable[[Bench], Awaitable[None]]
    needs: tuple[type, ...] = ()

    @property
    def says(self) -> str:
        """The rule as a sentence."""
        return (self.check.__doc__ or "").strip()

    def applies(self, case: AnyCase) -> bool:
        """Whether a case has what it is about."""
        return all(need in case.able if need in ABILITIES else isinstance(case, need) for need in self.needs)
