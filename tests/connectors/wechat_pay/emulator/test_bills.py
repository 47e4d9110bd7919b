"""The text of bills, read with plain string code."""

from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.wechat_pay.emulator.bills import trade_bill

DAY = date(2026, 9, 1)
MORNING = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)


@pytest.fixture
def emulator() -> WeChatPayEmulator:
    return WeChatPayEmulator(clock=ScaledClock(MORNING))


def bill(emulator: WeChatPayEmulator, kind: str = "ALL", day: date = DAY) -> str:
    """The bill of a day."""
    text = trade_bill(emulator.state, emulator.merchant, day, kind, emulator.bills)
    assert text is not None
    return text


async def test_a_payment_and_a_refund_look_as_in_the_specification(emulator: WeChatPayEmulator) -> None:
    paid = await emulator.pay(400, attach='{"campaign":"school-lunch","phase":1}', out_trade_no="LUNCH1", openid="oDEMO1")
    refund = await emulator.refund(paid, 100, refunded_at=MORNING + timedelta(hours=7))
    head, row, back, names, totals, rest = bill(emulator).split("\n")

    assert head == HEADER
    assert row == (
        f"`2026-09-01 10:20:30,`wx0000000000000001,`1900000001,`0,`,`{paid.transaction_id},`LUNCH1,`oDEMO1,`JSAPI,`SUCCESS,"
        '`OTHERS,`CNY,`4.00,`0.00,`0,`0,`0.00,`0.00,`,`,`免费午餐,`{"campaign":"school-lunch","phase":1},`0.02000,`0.60%,'
        "`4.00,`0.00,`"
    )
    assert back == (
        f"`2026-09-01 17:20:30,`wx0000000000000001,`1900000001,`0,`,`{paid.transaction_id},`LUNCH1,`oDEMO1,`JSAPI,`REFUND,"
        f"`OTHERS,`CNY,`0.00,`0.00,`{refund.refund_id},`{refund.out_refund_no},`1.00,`0.00,`ORIGINAL,`SUCCESS,`免费午餐,"
        '`{"campaign":"school-lunch","phase":1},`-0.01000,`0.60%,`0.00,`1.00,`'
    )
    assert names == "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    assert totals == "`2,`4.00,`1.00,`0.00,`0.01000,`4.00,`1.00"
    assert rest == ""


async def test_an_order_that_was_revoked_is_a_row_of_the_whole_bill_and_in_no_book(emulator: WeChatPayEmulator) -> None:
    order = await emulator.revoke(400, openid="oDEMO1")
    cells = bill(emulator).split("\n")[1].removeprefix("`").split(",`")

    found = dict(zip(HEADER.split(","), cells, strict=True))
    assert (found["微信订单号"], found["交易类型"], found["交易状态"]) == (order.transaction_id, "MICROPAY", "REVOKED")
    assert (found["订单金额"], found["手续费"], found["商户数据包"]) == ("4.00", "0.00000", "")
    assert trade_bill(emulator.state, emulator.merchant, DAY, "SUCCESS", emulator.bills) is None
    assert emulator.books == {}


async def test_each_layout_has_its_columns_in_header_and_rows(emulator: WeChatPayEmulator) -> None:
    await emulator.refund(await emulator.pay(400), 100)

    for kind, columns, summary, rows in (("ALL", 27, 7, 2), ("SUCCESS", 20, 4, 1), ("REFUND", 29, 7, 1)):
        lines = bill(emulator, kind).splitlines()
        assert lines[0].count(",") == columns - 1
        assert [line.count(",`") for line in lines[1:-2]] == [columns - 1] * rows
        assert lines[-2].count(",") == lines[-1].count(",") == summary - 1


async def test_the_refund_layout_has_two_times_more(emulator: WeChatPayEmulator) -> None:
    await emulator.refund(await emulator.pay(400), 100, refunded_at=MORNING)
    lines = bill(emulator, "REFUND").splitlines()
    names, values = lines[0].split(","), lines[1][1:].split(",`")

    assert names[14:17] == ["退款申请时间", "退款成功时间", "微信退款单号"]
    assert values[14:16] == ["2026-09-01 10:20:30", "2026-09-01 10:20:30"]


async def test_the_summary_of_success_may_have_seven_columns(emulator: WeChatPayEmulator) -> None:
    await emulator.pay(400)
    emulator.bills.long_summary = True

    assert bill(emulator, "SUCCESS").splitlines()[-1] == "`1,`4.00,`0.00,`0.00,`0.02000,`4.00,`0.00"


async def test_very_old_merchants_have_another_layout(emulator: WeChatPayEmulator) -> None:
    await emulator.refund(await emulator.pay(400), 100)
    emulator.bills.very_old = True
    lines = bill(emulator).splitlines()
    names = lines[0].split(",")

    assert len(names) == 24
    assert {"子商户号", "总金额", "代金券或立减优惠金额", "代金券或立减优惠退款金额"} < set(names)
    assert lines[1][1:].split(",`")[names.index("总金额")] == "4.00"
    assert lines[2][1:].split(",`")[names.index("退款金额")] == "1.00"
    assert lines[-2:] == [
        "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额",
        "`2,`4.00,`1.00,`0.00,`0.01000",
    ]


async def test_marks_and_line_ends_vary(emulator: WeChatPayEmulator) -> None:
    await emulator.pay(400)
    usual, quirks = bill(emulator), emulator.bills
    quirks.byte_order_mark = quirks.crlf = quirks.last_line_open = True
    odd = bill(emulator)

    assert not usual.encode().startswith(b"\xef\xbb\xbf")
    assert odd.encode().startswith(b"\xef\xbb\xbf")
    assert odd.count("\r\n") == odd.count("\n") == 3
    assert not odd.endswith("\n")
    assert odd.removeprefix("\ufeff").splitlines() == usual.splitlines()


async def test_numbers_may_be_written_loosely(emulator: WeChatPayEmulator) -> None:
    await emulator.pay(450)
    emulator.bills.loose_numbers = True
    lines = bill(emulator).splitlines()

    assert lines[-1].startswith("`1.0,`4.5,`")
    assert lines[1].endswith(",`4.5,`0.0,`")


@pytest.mark.parametrize("attach", ['a,b,"c"', '{"a":1,"b":[2,3]}', "campaign=x,`campaign=y"])
async def test_the_merchants_text_is_neither_quoted_nor_escaped(emulator: WeChatPayEmulator, attach: str) -> None:
    await emulator.pay(400, attach=attach)

    assert f",`{attach},`0.02000,`" in bill(emulator).splitlines()[1]


async def test_a_refund_stands_on_the_day_it_was_accepted(emulator: WeChatPayEmulator) -> None:
    paid = await emulator.pay(400)
    await emulator.refund(paid, 100, refunded_at=MORNING + timedelta(days=1))

    assert "REFUND" not in bill(emulator)
    assert [line.count("REFUND") for line in bill(emulator, day=date(2026, 9, 2)).splitlines()] == [0, 1, 0, 0]


async def test_days_are_cut_in_beijing(emulator: WeChatPayEmulator) -> None:
    late = await emulator.pay(400, paid_at=datetime(2026, 9, 1, 15, 59, 59, tzinfo=UTC))
    next_day = await emulator.pay(400, paid_at=datetime(2026, 9, 1, 16, 0, 0, tzinfo=UTC))

    assert late.transaction_id in bill(emulator)
    assert next_day.transaction_id not in bill(emulator)


async def test_the_state_of_a_refund_is_as_of_the_bill_and_never_updated(emulator: WeChatPayEmulator) -> None:
    paid = await emulator.pay(400)
    refund = await emulator.refund(paid, 100, status="PROCESSING", refunded_at=MORNING)
    emulator.clock.turn(timedelta(days=3))
    await emulator.finish_refund(refund)

    assert refund.status == "SUCCESS"
    assert ",`ORIGINAL,`PROCESSING,`" in bill(emulator)


async def test_the_sums_are_the_books(emulator: WeChatPayEmulator) -> None:
    for fen in (101, 999, 12_345):
        await emulator.refund(await emulator.pay(fen), fen // 10)
    names, totals = (line.replace("`", "").split(",") for line in bill(emulator).splitlines()[-2:])
    told = dict(zip(names, totals, strict=True))

    def fen_of(text: str) -> int:
        return int(text.replace(".", ""))

    page = emulator.books["school-lunch"]
    assert fen_of(told["订单总金额"]) - fen_of(told["申请退款总金额"]) == page.raised
    assert fen_of(told["申请退款总金额"]) == page.refunded
