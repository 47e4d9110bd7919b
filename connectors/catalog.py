"""The connectors in this distribution, by key, as addresses: listing them imports nothing.

Connectors from outside are found in the entry-point group ``giving_gateway.connectors``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ENTRY_POINTS: Final = "giving_gateway.connectors"

BUILT_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alipay": "connectors.alipay:CONNECTOR",
        "donordrive": "connectors.donordrive:CONNECTOR",
        "justgiving": "connectors.justgiving:CONNECTOR",
        "tencent_gongyi": "connectors.tencent_gongyi:CONNECTOR",
        "tiltify": "connectors.tiltify:CONNECTOR",
        "twitch": "connectors.twitch:CONNECTOR",
        "wechat_pay": "connectors.wechat_pay:CONNECTOR",
        "weibo": "connectors.weibo:CONNECTOR",
    }
)
