"""Alipay's own words and figures, by group, each with the page it comes from. *Assumed* marks what no page says."""

from collections.abc import Mapping
from datetime import time, timedelta, timezone
from types import MappingProxyType
from typing import Final

from schema.model.errors import BadUserInput, CredentialsRefused, GivingError, NotFound, UpstreamUnavailable
from schema.model.facts import Stage

# Everything that Alipay writes is in Beijing's time, whatever the zone of a machine, and in yuan.
ZONE: Final = timezone(timedelta(hours=8), "Beijing")
CURRENCY: Final = "CNY"

# The gateway: https://docs.open.alipay.com/api_1/alipay.trade.query/
BASE_URL: Final = "https://openapi.alipay.com/gateway.do"
QUERY: Final = "alipay.trade.query"
BILL: Final = "alipay.data.dataservice.bill.downloadurl.query"
COMMON_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {"format": "JSON", "charset": "utf-8", "sign_type": "RSA2", "version": "1.0"}
)
SUCCESS: Final = "10000"

# Calls a minute. *Assumed*: the limits of these calls are published nowhere. Files have more than the addresses of bills, so
# that none waits while its address expires.
BUDGETS: Final[Mapping[str, int]] = MappingProxyType({"default": 60, "bills": 10, "files": 30})

# What a refusal means, told by its sub_code, else by its code. *Assumed*: all but isv.invalid-app-id, ACQ.TRADE_NOT_EXIST,
# the two of absent bills, and the codes 20000 and 20001.
REFUSALS: Final[Mapping[str, type[GivingError]]] = MappingProxyType(
    {
        "ACQ.TRADE_NOT_EXIST": NotFound,
        "NO_BILL_DATA": NotFound,
        "isp.bill_not_exist": NotFound,
        "isv.invalid-app-id": CredentialsRefused,
        "isv.invalid-signature": CredentialsRefused,
        "isv.app-call-limited": UpstreamUnavailable,
        "isv.method-call-limited": UpstreamUnavailable,
        "ACQ.SYSTEM_ERROR": UpstreamUnavailable,
        "20000": UpstreamUnavailable,
        "20001": CredentialsRefused,
        "40002": BadUserInput,
        "40006": CredentialsRefused,
    }
)

# Notifications: https://docs.open.alipay.com/270/105902
REPLY: Final = b"success"
SIGN_TYPE: Final = "RSA2"
TRADE_NOTICE: Final = "trade_status_sync"
TRADE_STATES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "WAIT_BUYER_PAY": Stage.PENDING,
        "TRADE_SUCCESS": Stage.COMPLETED,  # also after a part was refunded
        "TRADE_FINISHED": Stage.COMPLETED,
        "TRADE_CLOSED": Stage.VOID,  # never paid; where it was refunded in full the mapping knows better
    }
)
READ_FIELDS: Final = (
    "app_id",
    "seller_id",
    "notify_type",
    "notify_time",
    "trade_no",
    "out_trade_no",
    "trade_status",
    "total_amount",
    "refund_fee",
    "gmt_create",
    "gmt_payment",
    "gmt_refund",
    "passback_params",
)

# Bills: https://opendocs.alipay.com/apis/api_15/alipay.data.dataservice.bill.downloadurl.query and
# https://opendocs.alipay.com/open/204/106262; an address lives 30 s: https://help.aliyun.com/document_detail/137985.html
BILL_TYPES: Final = ("trade", "signcustomer")
BILLS_KEPT: Final = timedelta(days=900)  # "about 30 months"
BILL_RETRY: Final = timedelta(minutes=30)
BILL_CERTAIN: Final = time(12)
"""On the day after, from when an absent bill means an empty day. *Assumed*: bills are there at 10, often at 9."""
MAX_BILL_BYTES: Final = 2 * 1024**3
ENCODING: Final = "gb18030"  # GBK and everything beyond it
SUMMARY_FILE: Final = "汇总"
END_MARK: Final = "列表结束"
