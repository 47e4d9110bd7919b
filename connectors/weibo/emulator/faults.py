"""What can be made to go wrong, by name. Everything is off until it is switched on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final


class Fault(StrEnum):
    """A fault of a notification of Weibo Pay."""

    FORGED = "forged"
    """Signed by a key that is not Weibo's."""
    TAMPERED = "tampered"
    """The amount changed after signing."""
    OTHER_SELLER = "other_seller"
    """Signed by Weibo, and of another seller."""
    OTHER_APP = "other_app"
    """Signed by Weibo, and of another app."""

    WRONG_AMOUNT = "wrong_amount"
    """Signed by Weibo, and of another amount than was paid."""
    QUERY_STRING = "query_string"
    """The parameters behind the address instead of in the form."""
    EXTRA_FIELDS = "extra_fields"
    """Fields that nobody has heard of, signed like the others."""


PASSING: Final = frozenset({Fault.FORGED, Fault.TAMPERED, Fault.OTHER_SELLER, Fault.OTHER_APP})
"""Those that, asked for once, are gone with the first attempt."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of one notification over all of its attempts."""

    once: frozenset[Fault] = frozenset()
    always: frozenset[Fault] = frozenset()

    def at(self, attempt: int) -> frozenset[Fault]:
        """Those of one attempt, counted from 0."""
        return self.always | (self.once if attempt == 0 else self.once - PASSING)


class Edge(StrEnum):
    """What the edge answers in place of an API."""

    ERROR = "500"
    HTML = "html"
    """A page, with status 200."""
    TOO_LONG = "414"
    BLOCKED = "418"


@dataclass(slots=True)
class Outage:
    """How many calls more never reach an API, and what they are answered."""

    fail_next: int = 0
    fail_as: Edge = Edge.ERROR

    def take(self) -> Edge | None:
        """What the call that just came is answered, if it is to fail."""
        if self.fail_next <= 0:
            return None
        self.fail_next -= 1
        return self.fail_as


@dataclass(slots=True)
class OpenFaults(Outage):
    """Faults of the Open API."""

    errors: dict[str, int] = field(default_factory=dict)
    """Error codes by the name of the API that answers them; ``*`` is every API."""
    error_as_200: bool = False
    """Errors come with status 200."""
    full_allowance: bool = False
    """``account/rate_limit_status`` tells a full allowance whatever is left."""
    empty_lists: bool = False
    """Lists of ids are empty, with the same ``total_number`` as ever."""


@dataclass(slots=True)
class PayFaults(Outage):
    """Faults of Weibo Pay's calls."""

    text_amounts: bool = False
    """Amounts are text, as in notifications; which of the two is true is not known."""


@dataclass(slots=True)
class Faults:
    """All switches. Those of notifications are set by ``once`` and ``always``."""

    open: OpenFaults = field(default_factory=OpenFaults)
    pay: PayFaults = field(default_factory=PayFaults)
    standing: set[Fault] = field(default_factory=set)
    pending: set[Fault] = field(default_factory=set)

    def once(self, *faults: Fault) -> None:
        """Spoils the next notification."""
        self.pending.update(faults)

    def always(self, *faults: Fault) -> None:
        """Spoils every notification, in each attempt."""
        self.standing.update(faults)

    def clear(self) -> None:
        """All is well again."""
        self.standing.clear()
        self.pending.clear()
        for switches, well in ((self.open, OpenFaults()), (self.pay, PayFaults())):
            for name in _names(switches):
                setattr(switches, name, getattr(well, name))

    def take(self) -> Plan:
        """The faults of the notification that is about to start."""
        plan = Plan(frozenset(self.pending), frozenset(self.standing))
        self.pending.clear()
        return plan

    def load(self, told: Mapping[str, Any]) -> None:
        """Sets switches from JSON: lists ``once`` and ``always``, tables ``open`` and ``pay``. Raises ValueError."""
        self.once(*(Fault(name) for name in told.get("once", ())))
        self.always(*(Fault(name) for name in told.get("always", ())))
        for switches, table in ((self.open, told.get("open", {})), (self.pay, told.get("pay", {}))):
            if unknown := set(table) - set(_names(switches)):
                raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
            for name, value in table.items():
                setattr(switches, name, Edge(value) if name == "fail_as" else value)


def _names(switches: Outage) -> Iterable[str]:
    return (known.name for known in fields(switches))
