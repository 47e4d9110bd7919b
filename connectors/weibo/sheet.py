"""Weibo's own words and figures, by group, each with its source. *Assumed* marks what no source says.

*Observed* marks Weibo Pay: no official page of it is public, and what is known was seen in merchants' public integrations.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone
from types import MappingProxyType
from typing import Final

from schema.model.facts import Stage

BEIJING: Final = timezone(timedelta(hours=8), "Beijing")
"""The zone of every time that is written without one."""
ZONE: Final = "Asia/Shanghai"

# Open API, version 2: https://open.weibo.com/wiki/2/statuses/show , .../2/statuses/count , .../2/users/counts
API_URL: Final = "https://api.weibo.com/2"
SHOW: Final = "statuses/show"
COUNT: Final = "statuses/count"
FOLLOWERS: Final = "users/counts"
BATCH: Final = 100
FOLLOWERS_BATCH: Final = 100  # *assumed*

# Commercial API, paid and by contract: https://open.weibo.com/wiki/C/2/statuses/count/biz
COMMERCIAL_URL: Final = "https://c.api.weibo.com/2"
COMMERCIAL_COUNT: Final = "statuses/count/biz"
COMMERCIAL_BATCH: Final = 99  # "less than 100"

# Where the likes of a post are, by call.
LIKES: Final[Mapping[str, str]] = MappingProxyType({COUNT: "attitudes", COMMERCIAL_COUNT: "likes"})

# Access: https://open.weibo.com/wiki/Rate-limiting . The calls a minute are ours; every payment costs one, and no limit of
# Weibo Pay is known (*assumed*): fifty payments a second are what one post of a celebrity may bring.
CALLS_PER_DAY: Final = "100"
BUDGETS: Final[Mapping[str, int]] = MappingProxyType({"default": 60, "pay": 3_000})
# "15 minutes or slower". Counters of a hundred posts then take 48 of a day's 100 calls, and leave some for words and followers.
POSTS_EVERY: Final = timedelta(minutes=30)
SCHEME: Final = "OAuth2"

# Error codes: https://open.weibo.com/wiki/Error_code and https://open.weibo.com/wiki/Oauth2/access_token (213xx)
RETRY: Final[Mapping[int, str]] = MappingProxyType(
    {
        10001: "a system error",
        10002: "the service is unavailable",
        10003: "a remote service failed",
        10009: "too many tasks are pending",
        10010: "a job expired",
        10011: "a remote call failed",
        21331: "temporarily unavailable",
    }
)
ADDRESS_LIMIT: Final = 10022
USER_LIMIT: Final = 10023
CALL_LIMIT: Final = 10024
REFUSED: Final[Mapping[int, str]] = MappingProxyType(
    {
        10004: "this address is not allowed: it must be registered with the app",
        10005: "the call needs a higher permission of the app",
        10014: "the app's permissions are insufficient for the call",
        21314: "the access token was used already",
        21315: "the access token has expired",
        21316: "the access token was revoked",
        21317: "the access token was rejected",
        21321: "the app is not audited and over its number of users, or the user has withdrawn consent",
        21327: "the access token has expired",
        21332: "there is no such access token",
    }
)
GONE: Final[Mapping[int, str]] = MappingProxyType(
    {20003: "there is no such user", 20101: "there is no such post", 20112: "its author hides the post"}
)
OURS: Final[Mapping[int, str]] = MappingProxyType(
    {
        10006: "the app's key is missing",
        10007: "the media type is not supported",
        10008: "a parameter is wrong",
        10012: "the request is illegal",
        10013: "the user is invalid",
        10016: "a parameter is missing",
        10017: "a parameter's value is wrong",
        10018: "the request is too long",
        10020: "there is no such call",
        10021: "the HTTP method is wrong",
        10025: "a parameter is wrong inside of Weibo",
        21335: "only the user of the access token may be asked for",
    }
)
BLOCKED: Final = (414, 418)
"""What the edge answers, beside pages of HTML, to an address that it has blocked."""

# Weibo Pay, *observed*: github.com/braumye/pay and other merchants' public integrations, 2014 to 2021
PAY_URL: Final = "https://pay.sc.weibo.com/api/merchant"
PAY_QUERY: Final = "pay/query"
SUCCESS: Final = "100000"
SIGN_TYPE: Final = "rsa"  # some merchants write it in capitals
KEY_BITS: Final = 1_024
REPLY: Final = b"success"
CURRENCY: Final = "CNY"
# Other states than these have no known names. *Assumed*: all of them count nothing, and may still become one of these.
PAY_STATES: Final[Mapping[str, Stage]] = MappingProxyType({"PAY_STATUS_SUCCESS": Stage.COMPLETED})
REFUND_STATES: Final[Mapping[str, Stage]] = MappingProxyType({"REFUND_STATUS_SUCCESS": Stage.COMPLETED})

# The file of a partner. Weibo's own export has unknown columns: this form is ours, see the README.
EXPORT_COLUMNS: Final = (
    *("external_id", "project_id", "amount_fen", "currency", "occurred_at", "channel", "status"),
    "refunded_fen",
)
EXPORT_PAY_CHANNEL: Final = "weibo_pay"
EXPORT_STATES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "success": Stage.COMPLETED,
        "pending": Stage.PENDING,
        "closed": Stage.VOID,
        "failed": Stage.VOID,
    }
)
