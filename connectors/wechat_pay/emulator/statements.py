"""Calls about bills: ask for an address, then fetch the file from it.

https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_6.shtml
"""

import gzip
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator.bills import LAYOUTS, trade_bill
from connectors.wechat_pay.emulator.faults import BillQuirks
from connectors.wechat_pay.emulator.fund_flow import fund_flow_bill
from connectors.wechat_pay.emulator.gate import Answer, Call, Refused, bad_parameter
from connectors.wechat_pay.emulator.notices import draw_text
from connectors.wechat_pay.emulator.state import BEIJING, Merchant, State

READY_AT: Final = time(10, tzinfo=BEIJING)
"""On the day after."""
KEPT: Final = timedelta(days=92)
"""Three months."""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    expires_at: datetime


class Statements:
    """Handlers. ``now`` is the clock that tokens live by; what day it is says ``clock``."""

    def __init__(
        self,
        state: State,
        merchant: Merchant,
        quirks: BillQuirks,
        clock: ScaledClock,
        rng: random.Random,
        now: Callable[[], datetime],
    ) -> None:
        self._state = state
        self._merchant = merchant
        self._quirks = quirks
        self._clock = clock
        self._rng = rng
        self._now = now
        self._files: dict[str, _File] = {}

    async def trade(self, call: Call) -> Answer:
        """``GET /v3/bill/tradebill?bill_date=&bill_type=&tar_type=&sub_mchid=``."""
        day, kind = self._day(call), call.query.get("bill_type", "ALL")
        if kind not in LAYOUTS:
            raise bad_parameter("bill_type", kind, "is not one of ALL, SUCCESS, REFUND", "query")
        sub_mchid = call.query.get("sub_mchid")
        if sub_mchid is not None and sub_mchid not in self._merchant.sub_mchids:
            raise Refused(403, "NO_AUTH", "特约商户未授权")
        text = trade_bill(self._state, self._merchant, day, kind, self._quirks, sub_mchid=sub_mchid)
        return self._offer(call, text)

    async def fund_flow(self, call: Call) -> Answer:
        """``GET /v3/bill/fundflowbill?bill_date=&account_type=&tar_type=``; only the basic account ever moves."""
        day, account = self._day(call), call.query.get("account_type", "BASIC")
        if account not in ("BASIC", "OPERATION", "FEES"):
            raise bad_parameter("account_type", account, "is not one of BASIC, OPERATION, FEES", "query")
        text = fund_flow_bill(self._state, self._merchant, day, self._quirks) if account == "BASIC" else None
        return self._offer(call, text)

    async def download(self, call: Call) -> Answer:
        """``GET /v3/billdownload/file?token=&tartype=``: the bytes, unsigned."""
        file = self._files.get(call.query.get("token", ""))
        if file is None or self._now() >= file.expires_at:
            raise Refused(400, "INVALID_REQUEST", "下载地址已失效")
        return Answer(file=file.content)

    def _day(self, call: Call) -> date:
        text = call.query.get("bill_date", "")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise bad_parameter("bill_date", text, "date out of range", "query") from None
        now = self._clock.now().astimezone(BEIJING)
        if day > now.date() or now.date() - day > KEPT:
            raise Refused(400, "INVALID_REQUEST", "账单日期不在可查询的范围内")
        if now < datetime.combine(day + timedelta(days=1), READY_AT):  # of today itself: *assumed*
            raise Refused(400, "STATEMENT_CREATING", "账单生成中")
        return day

    def _offer(self, call: Call, text: str | None) -> Answer:
        if text is None:
            raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        packed = call.query.get("tar_type")
        if packed not in (None, "GZIP"):
            raise bad_parameter("tar_type", packed, "is not GZIP", "query")
        plain = text.encode()
        token = draw_text(self._rng, 40)
        content = gzip.compress(plain, mtime=0) if packed else plain
        self._files = {known: file for known, file in self._files.items() if self._now() < file.expires_at}
        self._files[token] = _File(content, self._now() + self._quirks.token_life)
        told = plain[:-1] if self._quirks.wrong_hash else plain
        return Answer(
            {
                "hash_type": "SHA1",
                "hash_value": hashlib.sha1(told, usedforsecurity=False).hexdigest(),
                "download_url": f"{call.base_url}/v3/billdownload/file?token={token}" + ("&tartype=gzip" if packed else ""),
            }
        )
