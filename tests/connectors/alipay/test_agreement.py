"""Whatever came, in whatever order and how often: every way to a trade counts the same amount."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.model.facts import DonationState, Movement, RefundState, Stage
from tests.connectors.alipay import given as alipay
from tests.connectors.alipay.bills import BACK, PAID, bill, movements, row


@dataclass
class Record:
    """One donation by the ledger's rules: the newest state stands, and the larger of both sums of refunds counts."""

    state: DonationState | None = None
    single: dict[str, int] = field(default_factory=dict)
    clashed: bool = False

    def take(self, fact: Movement) -> None:
        if isinstance(fact, RefundState):
            self.clashed |= self.single.setdefault(fact.native_id, fact.amount.minor) != fact.amount.minor
        elif self.state is None or (fact.version, fact.stage) > (self.state.version, self.state.stage):
            self.state = fact
        elif (fact.version, fact.stage) == (self.state.version, self.state.stage):
            self.clashed |= fact.amount != self.state.amount

    @property
    def net(self) -> int:
        if self.state is None or self.state.stage is not Stage.COMPLETED or self.state.amount is None:
            return 0
        running = self.state.refunded.minor if self.state.refunded else 0
        return max(0, self.state.amount.minor - max(running, sum(self.single.values())))


def yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def notifications(total: int, refunds: Sequence[int]) -> Iterable[dict[str, str]]:
    """Those of a trade in their order: it is made, it is paid, and each refund raises the running sum."""
    made = {**alipay.SAMPLE, "total_amount": yuan(total), "refund_fee": "0.00"}
    yield {**made, "trade_status": "WAIT_BUYER_PAY", "gmt_payment": ""}
    yield made
    for count in range(1, len(refunds) + 1):
        back = sum(refunds[:count])
        status = "TRADE_CLOSED" if back == total else "TRADE_SUCCESS"
        yield {**made, "trade_status": status, "refund_fee": yuan(back), "gmt_refund": f"2026-09-0{count} 12:00:00.000"}


def billed(total: int, refunds: Sequence[int]) -> Iterable[Movement]:
    yield from movements(bill(row(PAID, 订单金额=yuan(total), 商家实收=yuan(total)), paid=(1, yuan(total))))
    for count, minor in enumerate(refunds, 1):
        back = f"-{yuan(minor)}"
        line = row(BACK, 支付宝交易号=alipay.TRADE, 订单金额=back, 商家实收=back, **{"退款批次号/请求号": f"RF{count}"})
        yield from movements(bill(line, paid=(0, "0.00"), back=(1, back)))


def asked(total: int, refunds: Sequence[int]) -> Sequence[Movement]:
    status = "TRADE_CLOSED" if sum(refunds) == total else "TRADE_SUCCESS"
    found = alipay.answered(alipay.trade(trade_status=status, total_amount=yuan(total)))
    return asyncio.run(alipay.connector(alipay.in_turn(found)).donation(alipay.TRADE))


@st.composite
def trades(draw: st.DrawFn) -> tuple[int, list[int]]:
    """An amount, and refunds of it that are no more, sometimes of all of it."""
    parts = draw(st.lists(st.integers(1, 10_000), min_size=1, max_size=4))
    kept = draw(st.sampled_from([0, 1, 777]))
    return (sum(parts) + kept, parts) if draw(st.booleans()) else (sum(parts) + kept, [])


@settings(max_examples=150, deadline=None)
@given(trade=trades(), data=st.data())
def test_notifications_bills_and_answers_in_any_order_count_the_same_amount(
    trade: tuple[int, list[int]], data: st.DataObject
) -> None:
    total, refunds = trade
    told: list[Movement] = [alipay.donation(fields) for fields in notifications(total, refunds)]
    rows, answers = list(billed(total, refunds)), list(asked(total, refunds))
    for way in (told, rows, told + rows, told + answers, rows + answers, told + rows + answers):
        record = Record()
        for fact in data.draw(st.permutations(way + data.draw(st.lists(st.sampled_from(way), max_size=4)))):
            record.take(fact)
        assert (record.net, record.clashed) == (total - sum(refunds), False)


def test_a_notification_that_was_lost_is_made_up_for_by_the_bill() -> None:
    paid, partly = alipay.SAMPLE, alipay.PARTLY
    for heard in ([paid], [paid, partly], []):
        record = Record()
        for fact in [*(alipay.donation(fields) for fields in heard), *billed(500, [200])]:
            record.take(fact)
        assert record.net == 300


def test_an_answer_after_a_partial_refund_does_not_hide_it() -> None:
    record = Record()
    for fact in [alipay.donation(alipay.PARTLY), *asked(500, [200])]:
        record.take(fact)
    assert record.net == 300
