"""JustGiving's connector held against the suite."""

from connectors.justgiving.case import CASES
from connectors.testing.conformance import ConnectorConformance


class TestConformance(ConnectorConformance):
    cases = CASES
