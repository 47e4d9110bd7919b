"""The file of a bill, read with plain string code."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from connectors.alipay.emulator import AlipayEmulator, Buyer
from tests.connectors.alipay.emulator.client import Client
from tests.connectors.alipay.emulator.conftest import MORNING

HEADER = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)


async def packed(emulator: AlipayEmulator, client: Client) -> bytes:
    """The bill of the first day as it is downloaded, two days later."""
    emulator.clock.turn(timedelta(days=2))
    return (await client.fetch((await client.bill_address("2026-09-01")).told["bill_download_url"]))[1]


async def test_the_zip_has_two_tables_and_its_names_are_gbk_without_a_word_about_it(
    emulator: AlipayEmulator, client: Client
) -> None:
    await emulator.pay(500, attach="", book="b")
    content = await packed(emulator, client)

    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert [info.flag_bits & 0x800 for info in file.infolist()] == [0, 0]  # the bit that would say UTF-8
        assert [name.encode("cp437").decode("gbk") for name in file.namelist()] == [
            "20880000000000020156_20260901_业务明细.csv",
            "20880000000000020156_20260901_业务明细(汇总).csv",
        ]


async def test_the_detail_is_as_in_the_sheet(emulator: AlipayEmulator, client: Client) -> None:
    buyer = Buyer("2088000000000001", "don***@example.org")
    paid = await emulator.pay(500, attach="campaign=x", book="b", at=MORNING, order="LUNCH20260901A0001", buyer=buyer)
    refund = await emulator.refund(paid, 120, at=MORNING + timedelta(hours=1))
    emulator.clock.turn(timedelta(days=2))
    bill = await client.bill("2026-09-01")

    assert [line[0] for line in bill.lines] == ["#"] * 4 + ["支"] + ["2"] * 2 + ["#"] * 4
    assert bill.lines[4] == HEADER
    assert len(HEADER.split(",")) == 25
    assert bill.lines[5] == (
        f"{paid.trade_no}\t,LUNCH20260901A0001\t,交易\t,免费午餐\t,2026-09-01 10:20:20\t,2026-09-01 10:20:30\t,\t,\t,\t,\t,"
        "*心(don***@example.org)\t,5.00\t,5.00\t,0.00\t,0.00\t,0.00\t,0.00\t,0.00\t,\t,0.00\t,0.00\t,\t,0.00\t,0.00\t,\t"
    )
    assert bill.lines[6] == (
        f"{paid.trade_no}\t,LUNCH20260901A0001\t,退款\t,免费午餐\t,2026-09-01 11:20:30\t,2026-09-01 11:20:30\t,\t,\t,\t,\t,"
        "*心(don***@example.org)\t,-1.20\t,-1.20\t,0.00\t,0.00\t,0.00\t,0.00\t,0.00\t,\t,0.00\t,0.00\t,"
        f"{refund.out_biz_no}\t,0.00\t,0.00\t,\t"
    )
    assert bill.lines[7].startswith("#---")
    assert "业务明细列表结束" in bill.lines[7]
    assert bill.lines[8:10] == [
        "#交易合计：1笔，商家实收共5.00元，商家优惠共0.00元",
        "#退款合计：1笔，商家实收退款共-1.20元，商家优惠退款共0.00元",
    ]


async def test_the_summary_has_the_sums(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.refund(await emulator.pay(500, attach="", book="b"), 120)
    emulator.clock.turn(timedelta(days=2))

    (summary,) = [text for name, text in (await client.bill("2026-09-01")).files.items() if "汇总" in name]
    head, figures = [line.split(",") for line in summary.splitlines() if not line.startswith("#")]

    told = dict(zip(head, (figure.strip() for figure in figures), strict=True))
    assert (told["交易订单总笔数"], told["退款订单总笔数"], told["实收净额（元）"]) == ("1", "1", "3.80")


async def test_values_may_be_padded_with_blanks(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b")
    emulator.bills.blanks = True
    emulator.clock.turn(timedelta(days=2))
    bill = await client.bill("2026-09-01")

    assert bill.lines[5].startswith(f"{paid.trade_no}  ,")
    assert bill.rows[0]["订单金额（元）"] == "5.00"


async def test_days_are_cut_in_beijing_by_when_it_was_paid(emulator: AlipayEmulator, client: Client) -> None:
    midnight = datetime(2026, 8, 31, 16, 0, 0, tzinfo=UTC)
    before = await emulator.pay(100, attach="", book="b", at=midnight - timedelta(seconds=1))
    after = await emulator.pay(200, attach="", book="b", at=midnight)
    emulator.clock.turn(timedelta(days=2))

    assert [row["支付宝交易号"] for row in (await client.bill("2026-08-31")).rows] == [before.trade_no]
    (row,) = (await client.bill("2026-09-01")).rows
    assert (row["支付宝交易号"], row["创建时间"]) == (after.trade_no, "2026-08-31 23:59:50")


async def test_a_refund_stands_on_its_own_day(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b")
    await emulator.refund(paid, 500, at=MORNING + timedelta(days=1))
    emulator.clock.turn(timedelta(days=3))

    assert [row["业务类型"] for row in (await client.bill("2026-09-01")).rows] == ["交易"]
    assert [row["业务类型"] for row in (await client.bill("2026-09-02")).rows] == ["退款"]


async def test_what_was_not_paid_is_in_no_bill(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.abandon(500, attach="", book="b")
    emulator.clock.turn(timedelta(days=1))

    assert (await client.bill_address("2026-09-01")).refusal == ("40004", "NO_BILL_DATA")


async def test_the_rows_add_up_to_the_books(emulator: AlipayEmulator, client: Client) -> None:
    for fen in (101, 999, 12_345):
        await emulator.refund(await emulator.pay(fen, attach="", book="school-lunch"), fen // 10)
    emulator.clock.turn(timedelta(days=2))

    rows = (await client.bill("2026-09-01")).rows
    amounts = [int(row["商家实收（元）"].replace(".", "")) for row in rows]

    book = emulator.books["school-lunch"]
    assert sum(amounts) == book.raised
    assert -sum(amount for amount in amounts if amount < 0) == book.refunded


async def test_a_file_that_was_cut_is_no_zip(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="b")
    emulator.bills.cut = True

    content = await packed(emulator, client)

    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))
