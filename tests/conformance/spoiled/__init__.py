"""Acme's connector with one fault each, by the rule that must name it."""

from typing import Final

from tests.conformance.spoiled import asking, reading, verifying
from tests.conformance.spoiled.faults import Faults

BY_RULE: Final[Faults] = {**verifying.BY_RULE, **reading.BY_RULE, **asking.BY_RULE}
"""Of each rule the connectors that break it."""
