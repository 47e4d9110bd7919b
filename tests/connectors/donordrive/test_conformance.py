"""DonorDrive's connector held against the suite."""

from connectors.donordrive.case import CASES
from connectors.testing.conformance import ConnectorConformance


class TestConformance(ConnectorConformance):
    cases = CASES
