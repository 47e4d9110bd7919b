"""Ways by which amounts arrive."""

from schema.api.field import enum_type
from schema.model.total import AmountSource

enum_type(
    AmountSource,
    "By which way an amount reached the gateway.",
    {
        AmountSource.PLATFORM_API: "It was read from the network's interface: Twitch, Tiltify, DonorDrive, JustGiving.",
        AmountSource.PLATFORM_EVENT: "The network sent it as an event of its own accord: Twitch, Tiltify.",
        AmountSource.MERCHANT_NOTIFICATION: "A payment network notified the charity as its merchant, "
        "or answered the query for that payment: WeChat Pay, Alipay, Weibo Pay.",
        AmountSource.MERCHANT_BILL: "It was found in a payment network's bill of the day: WeChat Pay, Alipay.",
        AmountSource.PARTNER_EXPORT: "A partner exported it from the network's back office: Weibo, Tencent Gongyi, "
        "and gifts collected offline.",
        AmountSource.PUBLISHED_FIGURE: "A person copied it from a public page. It is self-reported and not verified: "
        "Weibo, Tencent Gongyi.",
    },
)

__all__ = ["AmountSource"]
