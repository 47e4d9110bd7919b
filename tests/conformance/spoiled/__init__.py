"""Acme's connector with one fault each, by the rule that must name it."""

from typing import Final

from schema.model.total import Basis
from tests.conformance.spoiled import (
    asking,
    changing,
    counting,
    enduring,
    engaging,
    filing,
    placing,
    reading,
    refunding,
    showing,
    unfinished,
    verifying,
)
from tests.conformance.spoiled.faults import Faults

_THEMES: Final = (verifying, reading, asking, refunding, unfinished, placing, changing, showing, enduring, engaging)
BY_RULE: Final[Faults] = {
    rule: tuple(variant for theme in _THEMES for variant in theme.BY_RULE.get(rule, ()))
    for rule in dict.fromkeys(rule for theme in _THEMES for rule in theme.BY_RULE)
}
"""Of each rule the connectors that break it."""
OF_FILES: Final = filing.BY_RULE
"""The same, of rules about networks that hand over files."""
OF_TOTALS: Final = {Basis.REPORTED: counting.REPORTED, Basis.COUNTED: counting.COUNTED}
"""The same, of rules that are proven by a ledger, by whose the total is."""
