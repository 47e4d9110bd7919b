"""Corporate matching (公益捐赠), for service providers: a sponsor's budget is locked, matched gifts are paid from it.

https://pay.weixin.qq.com/doc/v3/partner/4015555114, 4015554841 and 4015554859. Error codes here are *assumed*.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator.gate import Answer, Call, Refused
from connectors.wechat_pay.emulator.payloads import moment_text
from connectors.wechat_pay.emulator.state import Merchant, NotPossible, State

PROOF_FROM: Final = 100_000
"""Fen: a transfer of more names the payment that it matches."""
MOST_TIMES: Final = 10
"""A match is at most so many times its payment."""

Tell = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Sends a notification: its event type and its clear text."""


@dataclass(slots=True)
class _Budget:
    told: dict[str, Any]
    amount: int
    remain: int
    state: str = "PENDING"
    times: dict[str, str] = field(default_factory=dict)


class Matching:
    """Handlers, and the sponsor's consent. Matched gifts are in no book: they are not a donor's."""

    def __init__(self, state: State, merchant: Merchant, clock: ScaledClock, tell: Tell) -> None:
        self._state = state
        self._merchant = merchant
        self._clock = clock
        self._tell = tell
        self._budgets: dict[str, _Budget] = {}
        self._transfers: dict[str, dict[str, Any]] = {}

    async def confirm(self, out_budget_no: str) -> None:
        """The sponsor agrees: the budget is locked. Raises NotPossible."""
        budget = self._budgets.get(out_budget_no)
        if budget is None or budget.state != "PENDING":
            raise NotPossible("no such budget waits for its sponsor")
        await self._end(budget, "LOCKED", "locked_time")

    async def create(self, call: Call) -> Answer:
        """``POST .../charity-budget``."""
        if not self._merchant.sub_mchids:
            raise Refused(403, "NO_AUTH", "仅支持服务商")
        number, amount = call.text("out_budget_no"), call.amount("amount")
        if number not in self._budgets:
            names = ("out_budget_no", "sponsor_mchid", "activity_name", "activity_remark")
            told = {name: call.text(name) for name in names} | {"sp_mchid": self._merchant.mchid}
            told["budget_id"] = f"2050{self._state.number(self._clock.now(), 16)}"
            self._budgets[number] = _Budget(told, amount, amount)
        budget = self._budgets[number]
        if budget.amount != amount:
            raise Refused(400, "INVALID_REQUEST", "商户预算单号重入但参数不一致")
        confirm = {"confirm_url": f"{call.base_url}/control/confirm_budget", "super_admin_wxid_mask": "d***o"}
        return Answer(self._told(budget) | confirm)

    async def query(self, call: Call) -> Answer:
        """``GET .../charity-budget/{out_budget_no}?sponsor_mchid=``."""
        return Answer(self._told(self._find(call.path["out_budget_no"], call.query.get("sponsor_mchid"))))

    async def unlock(self, call: Call) -> Answer:
        """``POST .../charity-budget/{out_budget_no}/unlock``: the rest goes back to the sponsor."""
        budget = self._find(call.path["out_budget_no"], call.body.get("sponsor_mchid"))
        if budget.state == "LOCKED":
            await self._end(budget, "FINISHED", "finished_time")
        elif budget.state == "PENDING":
            await self._end(budget, "CLOSED", "closed_time")
        return Answer(self._told(budget))

    async def transfer(self, call: Call) -> Answer:
        """``POST .../charity-transfer-bills``: the same number again gives the same transfer."""
        number, amount = call.text("out_transfer_no"), call.amount("amount")
        budget = self._find(call.text("out_budget_no"), call.text("sponsor_mchid"))
        if number not in self._transfers:
            if budget.state != "LOCKED" or amount > budget.remain:
                raise Refused(400, "INVALID_REQUEST", "预算未锁定或余额不足")
            self._prove(call, amount)
            budget.remain -= amount
            names = ("out_transfer_no", "out_budget_no", "sponsor_mchid", "receive_mchid", "transfer_remark")
            now = self._clock.now()
            self._transfers[number] = {name: call.text(name) for name in names} | {
                "amount": amount,
                "transfer_id": f"1030{self._state.number(now, 16)}",
                "state": "SUCCESS",
                "create_time": moment_text(now),
                "success_time": moment_text(now),
            }
        return Answer(self._transfers[number] | {"state": "ACCEPTED"})

    async def transfer_query(self, call: Call) -> Answer:
        """``GET .../charity-transfer-bills/out-transfer-no/{out_transfer_no}?sponsor_mchid=&out_budget_no=``."""
        found = self._transfers.get(call.path["out_transfer_no"])
        if found is None or any(found[name] != call.query.get(name) for name in ("sponsor_mchid", "out_budget_no")):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "转账单不存在")
        return Answer(found)

    def _prove(self, call: Call, amount: int) -> None:
        info = call.body.get("transaction_info")
        payment = self._state.by_transaction(str(info.get("transaction_id"))) if isinstance(info, dict) else None
        if (amount > PROOF_FROM and payment is None) or (payment and amount > MOST_TIMES * payment.amount_fen):
            raise Refused(400, "INVALID_REQUEST", "配捐金额与用户支付不符")

    def _find(self, number: str, sponsor: object) -> _Budget:
        budget = self._budgets.get(number)
        if budget is None or budget.told["sponsor_mchid"] != sponsor:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "预算单不存在")
        return budget

    async def _end(self, budget: _Budget, state: str, time_field: str) -> None:
        moment: datetime = self._clock.now()
        budget.state, budget.times[time_field] = state, moment_text(moment)
        event = {**budget.told, "amount": budget.amount, "state": state, time_field: budget.times[time_field]}
        await self._tell(f"BUDGET.{state}", event)

    def _told(self, budget: _Budget) -> dict[str, Any]:
        return budget.told | {"amount": budget.amount, "remain_amount": budget.remain, "state": budget.state} | budget.times
