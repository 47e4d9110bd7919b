"""What is written in the files of Tencent Gongyi: columns, words, zone. The fact sheet of this network.

There is no documented interface, and no public document names the columns or words of the export that charities get in the
management console (https://gongyi.qq.com): everything here is *assumed*, so settings replace it. The figures file is our own.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from schema.model.donation import DonationKind
from schema.model.facts import Stage

HOMEPAGE: Final = "https://gongyi.qq.com"
ZONE: Final = ZoneInfo("Asia/Shanghai")
CURRENCY: Final = "CNY"
"""Of a row that names none: the platform raises yuan only."""

# ------------------------------------------------------------------------------------------------------------- exports

COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": "id",
        "project": "project",
        "amount": "amount",
        "time": "time",
        "currency": "currency",
        "status": "status",
        "kind": "kind",
        "note": "note",
        "refund_of": "refund_of",
    }
)
"""What a row says, and how its column is headed unless the account says otherwise."""
OBLIGATORY: Final = ("id", "project", "amount", "time")
"""Without these nothing can be booked. The others may be missing where the account does not name them."""

CURRENCIES: Final[Mapping[str, str]] = MappingProxyType({"人民币": "CNY", "RMB": "CNY"})

SPOILED_NUMBER: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+", re.ASCII)
"""What a spreadsheet makes of a long number: many ids become one."""


class Status(StrEnum):
    """What has become of a row. REFUNDED: a donation that was given back, or a refund that was paid."""

    COMPLETED = "COMPLETED"
    PENDING = "PENDING"
    VOID = "VOID"
    REFUNDED = "REFUNDED"


STATUSES: Final[Mapping[str, Status]] = MappingProxyType(
    {
        "成功": Status.COMPLETED,
        "支付成功": Status.COMPLETED,
        "已完成": Status.COMPLETED,
        "success": Status.COMPLETED,
        "completed": Status.COMPLETED,
        "处理中": Status.PENDING,
        "待支付": Status.PENDING,
        "pending": Status.PENDING,
        "已退款": Status.REFUNDED,
        "退款": Status.REFUNDED,
        "退款成功": Status.REFUNDED,
        "refunded": Status.REFUNDED,
        "失败": Status.VOID,
        "已关闭": Status.VOID,
        "已取消": Status.VOID,
        "failed": Status.VOID,
        "cancelled": Status.VOID,
    }
)
"""By words in lower case. A part that was given back is no word here: it is known from rows of refunds only."""
STAGES: Final[Mapping[Status, Stage]] = MappingProxyType(
    {
        Status.COMPLETED: Stage.COMPLETED,
        Status.PENDING: Stage.PENDING,
        Status.VOID: Stage.VOID,
        Status.REFUNDED: Stage.VOID,
    }
)
"""Of a donation."""
REFUND_STAGES: Final[Mapping[Status, Stage]] = MappingProxyType({**STAGES, Status.REFUNDED: Stage.COMPLETED})

KINDS: Final[Mapping[str, DonationKind]] = MappingProxyType(
    {
        "线下": DonationKind.OFFLINE,
        "线下捐赠": DonationKind.OFFLINE,
        "offline": DonationKind.OFFLINE,
        "月捐": DonationKind.RECURRING,
        "monthly": DonationKind.RECURRING,
        "recurring": DonationKind.RECURRING,
        "配捐": DonationKind.MATCH,
        "match": DonationKind.MATCH,
    }
)
"""By words in lower case; any other one is an ordinary gift."""

# --------------------------------------------------------------------------------------------------- published figures

FIGURES: Final = ("project", "raised", "page", "read_at")
"""A header with these is that of a file of published figures: our own form, as people fill it in."""
FIGURES_MORE: Final = ("currency", "donors", "donations")
