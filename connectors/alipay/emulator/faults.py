"""What can be made to go wrong, by name. Everything is off until it is switched on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

_DURATIONS: Final = frozenset({"slow", "address_life"})


class Fault(StrEnum):
    """A fault of a notification."""

    TAMPERED = "tampered"
    """Another ``total_amount`` than the one that was signed."""
    APP_KEY = "app_key"
    """Signed with the app's own key, as somebody could who stole it."""
    WEAK_HASH = "weak_hash"
    """``sign_type`` is ``RSA``, and Alipay's own signature is of SHA-1."""
    WRONG_SELLER = "wrong_seller"
    """Well signed, and somebody else was paid."""
    WRONG_APP = "wrong_app"
    """Well signed, for another app of the same keys."""

    EMPTY_VALUES = "empty_values"
    """True, with fields that are empty and so not signed: *assumed*, as Alipay's own SDKs drop them before they verify."""
    EXTRA_FIELDS = "extra_fields"
    """True, with signed fields that nobody has heard of."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of one notification over all of its deliveries."""

    once: frozenset[Fault] = frozenset()
    always: frozenset[Fault] = frozenset()

    def at(self, delivery: int) -> frozenset[Fault]:
        """Those of one delivery, counted from 0: what was asked for once is gone with the first."""
        return self.always | self.once if delivery == 0 else self.always


@dataclass(slots=True)
class ApiFaults:
    """Faults of the gateway; the first three are those of bill addresses as well."""

    slow: timedelta = timedelta(0)
    """How long each answer takes, by the machine's clock."""
    fail_next: int = 0
    """How many calls more are answered with ``fail_status`` and nothing else."""
    html_next: int = 0
    """How many calls more are answered with a page for people, and status 200."""
    fail_status: int = 500
    refuse_next: int = 0
    """How many calls more are answered, signed, with ``refuse_code``."""
    refuse_code: str = "20000"
    """20000: unavailable. 20001: not authorised."""
    tamper_next: int = 0
    """How many replies more get a member that was not signed."""


@dataclass(slots=True)
class BillQuirks:
    """The ways in which bills differ from each other, and fail."""

    address_life: timedelta = timedelta(seconds=30)
    """How long a download address holds; nothing: it has expired at once."""
    no_data: str = "NO_BILL_DATA"
    """Of a day without trades; also seen: ``isp.bill_not_exist``."""
    blanks: bool = False
    """Values padded with blanks instead of tabs."""
    cut: bool = False
    """The second half of the file is missing."""


@dataclass(slots=True)
class Faults:
    """All switches. Those of notifications are set by ``once`` and ``always``."""

    api: ApiFaults = field(default_factory=ApiFaults)
    bills: BillQuirks = field(default_factory=BillQuirks)
    zero_refund: float = 0.25
    """The share of plain successes that carry ``refund_fee=0.00`` and ``gmt_close``: no fault, but a habit of Alipay's."""
    standing: set[Fault] = field(default_factory=set)
    pending: set[Fault] = field(default_factory=set)

    def once(self, *faults: Fault) -> None:
        """Spoils the first delivery of the next notification."""
        self.pending.update(faults)

    def always(self, *faults: Fault) -> None:
        """Spoils every delivery of every notification."""
        self.standing.update(faults)

    def clear(self) -> None:
        """All is well again."""
        self.standing.clear()
        self.pending.clear()
        self.api, self.bills = ApiFaults(), BillQuirks()

    def take(self) -> Plan:
        """The faults of the notification that is about to start."""
        plan = Plan(frozenset(self.pending), frozenset(self.standing))
        self.pending.clear()
        return plan

    def load(self, told: Mapping[str, Any]) -> None:
        """Sets switches from JSON: lists ``once`` and ``always``, tables ``api`` and ``bills``. Raises ValueError."""
        self.once(*(Fault(name) for name in told.get("once", ())))
        self.always(*(Fault(name) for name in told.get("always", ())))
        self.zero_refund = told.get("zero_refund", self.zero_refund)
        for switches, table in ((self.api, told.get("api", {})), (self.bills, told.get("bills", {}))):
            if unknown := set(table) - {known.name for known in fields(switches)}:
                raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
            for name, value in table.items():
                setattr(switches, name, timedelta(seconds=value) if name in _DURATIONS else value)
