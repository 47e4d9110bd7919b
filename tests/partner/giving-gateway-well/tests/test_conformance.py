"""Well's connector held against the gateway's suite: one test for each rule that concerns it."""

from connectors.testing.conformance import ConnectorConformance

from giving_gateway_well.case import CASES


class TestWell(ConnectorConformance):
    cases = CASES
