"""Weibo's connector held against the suite."""

from connectors.testing.conformance import ConnectorConformance
from connectors.weibo.case import CASES


class TestConformance(ConnectorConformance):
    cases = CASES
