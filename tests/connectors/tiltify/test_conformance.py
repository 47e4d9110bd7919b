"""Tiltify's connector held against the suite."""

from connectors.testing.conformance import ConnectorConformance
from connectors.tiltify.case import CASES


class TestConformance(ConnectorConformance):
    cases = CASES
