"""A right connector is told that it is right."""

from connectors.testing.conformance import ConnectorConformance
from tests.conformance.acme.case import CASES


class TestAcme(ConnectorConformance):
    cases = CASES
