"""WeChat Pay's connector held against the suite."""

from connectors.testing.conformance import ConnectorConformance
from connectors.wechat_pay.case import CASES


class TestConformance(ConnectorConformance):
    cases = CASES
