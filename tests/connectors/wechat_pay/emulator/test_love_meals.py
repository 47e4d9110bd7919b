"""Love meals: counts of a brand and a donor's own orders, from the same payments as everything else."""

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant


async def test_a_brand_counts_its_meals(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    for _ in range(5):
        await emulator.pay(100, book="love-meal", notify=False)
    await emulator.pay(100, notify=False)

    assert (await merchant.get("/v3/lovefeast/brands/1000")).told == {"donate_count": 5, "consume_count": 2}
    assert (await merchant.get("/v3/lovefeast/brands/2000")).refusal == (400, "PARAM_ERROR")


async def test_a_donor_has_pages_of_orders(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    paid = [await emulator.pay(100, book="love-meal", openid="oDEMOme", notify=False) for _ in range(3)]
    await emulator.pay(100, book="love-meal", notify=False)
    path = "/v3/lovefeast/users/oDEMOme/orders"
    page = (await merchant.get(f"{path}/brand-id/1000?limit=2&offset=1")).told
    one = (await merchant.get(f"{path}/out-trade-no/{paid[0].out_trade_no}")).told

    assert (page["count"], page["total_count"], page["limit"], page["offset"]) == (2, 3, 2, 1)
    assert [order["merchant_order"]["out_trade_no"] for order in page["data"]] == [p.out_trade_no for p in paid[1:]]
    assert (one["brand_id"], one["amount"]["total"], one["payer"]) == (1000, 100, {"openid": "oDEMOme"})
    assert (await merchant.get(f"{path}/out-trade-no/NONE")).refusal == (404, "RESOURCE_NOT_EXISTS")
    assert (await merchant.get(f"{path}/brand-id/1000?limit=all")).refusal == (400, "PARAM_ERROR")
