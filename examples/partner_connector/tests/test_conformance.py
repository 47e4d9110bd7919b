"""Lantern's connector held against the gateway's suite: one test for each rule that concerns it."""

from connectors.testing.conformance import ConnectorConformance

from giving_gateway_lantern.case import CASES


class TestLantern(ConnectorConformance):
    cases = CASES
