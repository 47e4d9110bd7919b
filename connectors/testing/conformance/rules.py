"""What a rule of the suite is: a name that stays, a sentence, a grade, and a check of a bench."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.grade import Grade
from schema.model.total import Basis


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It concerns connectors that have all abilities that it ``needs``, not all of ``unless``, and at least one of
    ``some``; with a ``basis`` only where that is whose the totals are. To prove it, the case must have the ``hooks``
    (protocols of ``connectors.testing.conformance.hooks``).

    ``check`` raises Broken, or gives the evidence in a few words: how many bodies were refused, how many amounts were exact.
    ``ledger``: it is proven with a real ledger only, see ``connectors.testing.conformance.ledger``.

    A network may be exempt only from what hinges on something that it may not have: a rule with hooks, where its case lacks
    one, and a rule with ``spare``, where that holds for its case. The docstring of ``spare`` says so in a few words.
    """

    name: str
    check: Callable[[Bench], Awaitable[str]]
    grade: Grade
    needs: tuple[type, ...] = ()
    hooks: tuple[type, ...] = ()
    unless: tuple[type, ...] = ()
    some: tuple[type, ...] = ()
    ledger: bool = False
    basis: Basis | None = None
    spare: Callable[[AnyCase], bool] | None = None

    @property
    def says(self) -> str:
        """The rule as a sentence."""
        return " ".join((self.check.__doc__ or "").split())

    @property
    def place(self) -> str:
        """Where its check is to be read, as ``file:line`` below the package ``connectors``."""
        path = Path(inspect.getsourcefile(self.check) or "")
        below = "/".join(path.parts[path.parts.index("connectors") :]) if "connectors" in path.parts else path.name
        return f"{below}:{inspect.getsourcelines(self.check)[1]}"

    def concerns(self, case: AnyCase) -> bool:
        """Whether it says anything about a connector with these abilities."""
        able = case.able
        spared = bool(self.unless) and able.issuperset(self.unless)
        counted = self.basis in (None, case.spec.basis)
        return able.issuperset(self.needs) and not spared and counted and (not self.some or not able.isdisjoint(self.some))

    def exempts(self, case: AnyCase) -> bool:
        """Whether the network of this case may be exempt."""
        return bool(self.missing(case)) or (self.spare is not None and self.spare(case))

    def missing(self, case: AnyCase) -> list[str]:
        """The hooks that the case would have to have, by name."""
        return [hook.__name__ for hook in self.hooks if not isinstance(case, hook)]
