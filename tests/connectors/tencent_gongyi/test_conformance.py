"""Tencent Gongyi's connector held against the suite."""

from connectors.tencent_gongyi.case import CASES
from connectors.testing.conformance import ConnectorConformance


class TestConformance(ConnectorConformance):
    cases = CASES
