"""Gifts with canaries in every field that names a person, one way of giving for each network."""

from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any, Final

from connectors.alipay.emulator.state import Buyer
from connectors.tiltify.emulator import CAUSE_EMAIL, DONOR_EMAIL, OWNER_HANDLE, OWNER_ID
from tests.faults.canary import Canaries
from tests.faults.players import LUNCH

NAMELESS: Final = "Anonymous"


async def wechat_pay(network: Any, canaries: Canaries, *, attach: str = f"campaign={LUNCH}") -> None:
    """WeChat Pay; ``attach`` says what it is for."""
    number = canaries.hide("WeChat's order number")
    book = LUNCH if LUNCH in attach else "nowhere"
    payment = await network.pay(1_200, attach=attach, book=book, openid=canaries.hide("openid"), out_trade_no=number)
    canaries.hide("WeChat's transaction", payment.transaction_id)


async def _weibo(network: Any, canaries: Canaries) -> None:
    who, number = canaries.number("Weibo's buyer"), canaries.hide("Weibo's order number")
    await network.pay(1_300, attach=f"campaign={LUNCH}", book=LUNCH, buyer_id=who, out_pay_id=number)


async def _alipay(network: Any, canaries: Canaries) -> None:
    number, who = canaries.hide("Alipay's order number"), canaries.number("Alipay's user")
    buyer = Buyer(who, canaries.hide("Alipay's login"), canaries.hide("Alipay's openid"))
    payment = await network.pay(1_400, attach=f"campaign={LUNCH}", book=LUNCH, order=number, buyer=buyer)
    canaries.hide("Alipay's trade", payment.trade_no)


async def _tencent(network: Any, canaries: Canaries) -> None:
    await network.pay(1_500, nickname=canaries.show("Tencent's nickname"))


async def _twitch(network: Any, canaries: Canaries) -> None:
    for name in (f"捐款人{canaries.show('Twitch name')}", NAMELESS):
        gift = await network.donate(500, user_name=name, user_id=canaries.number("Twitch user"))
        canaries.hide("Twitch donation", gift.id)


async def _tiltify(network: Any, canaries: Canaries) -> None:
    await network.donate(500, donor_name=canaries.show("Tiltify name"), comment=canaries.show("Tiltify message"))
    await network.donate(500, donor_name=NAMELESS)
    for text in (DONOR_EMAIL, CAUSE_EMAIL, OWNER_HANDLE, OWNER_ID):
        canaries.hide("Tiltify contact", text)


async def _justgiving(network: Any, canaries: Canaries) -> None:
    network.forms.owner_view = True
    for anonymous in (False, True):
        seen = canaries.hide if anonymous else canaries.show
        await network.donate(
            500,
            donor_name=seen("JustGiving name"),
            message=canaries.show("JustGiving message"),
            real_name=canaries.hide("JustGiving real name"),
            reference=canaries.hide("JustGiving reference"),
            anonymous=anonymous,
            hide_amount=anonymous,
        )


async def _donordrive(network: Any, canaries: Canaries) -> None:
    for anonymous in (False, True):
        seen = canaries.hide if anonymous else canaries.show
        words = {"donor_name": seen("DonorDrive name"), "message": canaries.show("DonorDrive message")}
        await network.donate(500, **words, anonymous=anonymous, hide_amount=anonymous)


GIVE: Final[MappingProxyType[str, Callable[[Any, Canaries], Awaitable[None]]]] = MappingProxyType(
    {
        "wechat_pay": wechat_pay,
        "weibo": _weibo,
        "alipay": _alipay,
        "tencent_gongyi": _tencent,
        "twitch": _twitch,
        "tiltify": _tiltify,
        "justgiving": _justgiving,
        "donordrive": _donordrive,
    }
)
"""By the connector's key."""
