"""WeChat Pay's own words and figures, by group, each with the page it comes from. *Assumed* marks what no page says."""

from collections.abc import Mapping
from datetime import time, timedelta, timezone
from types import MappingProxyType
from typing import Final

from schema.model.facts import Stage

# Hosts and calls: https://pay.weixin.qq.com/doc/v3/merchant/4012365342 (queries: 4012791858, 4012791863; bill: 4012791866).
BASE_URL: Final = "https://api.mch.weixin.qq.com"
ORDER_PATH: Final = "/v3/pay/transactions/id/"
PARTNER_ORDER_PATH: Final = "/v3/pay/partner/transactions/id/"
REFUND_PATH: Final = "/v3/refund/domestic/refunds/"
BILL_PATH: Final = "/v3/bill/tradebill"
CERTIFICATES_PATH: Final = "/v3/certificates"

# Calls a minute. *Assumed*: the limits of these calls are published nowhere; ours are far below those of order creation.
BUDGETS: Final[Mapping[str, int]] = MappingProxyType({"default": 300, "bills": 30, "keys": 10})

# Signatures, in both directions: https://pay.weixin.qq.com/doc/v3/merchant/4012365342 and .../4013053420
SIGNATURE_TYPE: Final = "WECHATPAY2-SHA256-RSA2048"
TYPE_HEADER: Final = "Wechatpay-Signature-Type"
TIMESTAMP_HEADER: Final = "Wechatpay-Timestamp"
NONCE_HEADER: Final = "Wechatpay-Nonce"
SIGNATURE_HEADER: Final = "Wechatpay-Signature"
SERIAL_HEADER: Final = "Wechatpay-Serial"
PUBLIC_KEY_PREFIX: Final = "PUB_KEY_ID_"
WINDOW: Final = timedelta(seconds=300)

# Encrypted parts: https://pay.weixin.qq.com/doc/v3/merchant/4012791861
ALGORITHM: Final = "AEAD_AES_256_GCM"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

# Notifications: https://pay.weixin.qq.com/doc/v3/merchant/4012791861 (payments) and .../4012791865 (refunds)
REPLY: Final = '{"code":"SUCCESS","message":"成功"}'.encode()
PAYMENT_FIELDS: Final = frozenset({"out_trade_no", "transaction_id", "trade_type", "trade_state", "amount"})
DIRECT_FIELDS: Final = PAYMENT_FIELDS | {"mchid", "appid"}
PARTNER_FIELDS: Final = PAYMENT_FIELDS | {"sp_mchid", "sub_mchid"}
COMBINED_FIELDS: Final = frozenset({"combine_mchid", "combine_out_trade_no", "sub_orders"})
# Fields by which parking, school-fee and deduction products give themselves away under the same event. Their pages are
# https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter8_8_6.shtml and .../apiv3_partner/Offline/apis/chapter5_3_11.shtml
# *Assumed*: that contract_id and plan_id mark deductions, and that no ordinary payment has any of these.
OTHER_PRODUCTS: Final = frozenset({"trade_scene", "parking_info", "user_repaid", "device_info", "contract_id", "plan_id"})

# States. *Assumed*: FAIL and PROCESSING in a bill, where only SUCCESS was ever seen.
TRADE_STATES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "SUCCESS": Stage.COMPLETED,
        "REFUND": Stage.COMPLETED,  # says that some refund exists, also a partial one: refunds count by themselves
        "NOTPAY": Stage.PENDING,
        "USERPAYING": Stage.PENDING,
        "ACCEPT": Stage.PENDING,
        "CLOSED": Stage.VOID,
        "REVOKED": Stage.VOID,
        "PAYERROR": Stage.VOID,
    }
)
REFUND_STATES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "SUCCESS": Stage.COMPLETED,
        "PROCESSING": Stage.PENDING,
        "ABNORMAL": Stage.PENDING,  # waits for a person, who can still send it
        "CLOSED": Stage.VOID,
    }
)
BILL_STATES: Final[Mapping[str, Stage]] = MappingProxyType({"SUCCESS": Stage.COMPLETED, "REVOKED": Stage.VOID})
BILL_REFUND_STATES: Final[Mapping[str, Stage]] = MappingProxyType(
    # FAIL may be what a notification calls ABNORMAL, which a person can still send: a VOID could never be undone
    {"SUCCESS": Stage.COMPLETED, "PROCESSING": Stage.PENDING, "FAIL": Stage.PENDING}
)

# Bills: https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html and .../doc/v3/merchant/4012791866
BILL_ZONE: Final = timezone(timedelta(hours=8), "Beijing")
BILLS_FROM: Final = time(10)
BILLS_KEPT: Final = timedelta(days=90)
BILL_CURRENCY: Final = "CNY"
BILL_RETRY: Final = timedelta(minutes=30)
MAX_BILL_BYTES: Final = 2 * 1024**3
DETAIL_COLUMNS: Final = frozenset({"交易时间", "商户号", "微信订单号", "商户订单号", "交易状态"})
AMOUNT_COLUMNS: Final = ("订单金额", "总金额")  # the second in the layout of very old merchants, *assumed* to be the same
REFUND_COLUMNS: Final = ("申请退款金额", "退款金额")
SUB_MERCHANT_COLUMNS: Final = ("特约商户号", "子商户号")
REFUND_TIME_COLUMNS: Final = ("退款申请时间", "交易时间")
FREE_TEXT_COLUMN: Final = "商户数据包"
SUMMARY_COUNT: Final = "总交易单数"
# What a column of the summary adds up. *Assumed*: the last two, of the old layout.
SUMS: Final[Mapping[str, str]] = MappingProxyType(
    {"订单总金额": "订单金额", "申请退款总金额": "申请退款金额", "总交易额": "总金额", "总退款金额": "退款金额"}
)
