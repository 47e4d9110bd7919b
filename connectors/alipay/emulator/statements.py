"""Calls about bills: ask for an address, then fetch the file from it, soon.

https://opendocs.alipay.com/apis/api_15/alipay.data.dataservice.bill.downloadurl.query
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.alipay.emulator.bills import Bill, Period
from connectors.alipay.emulator.faults import BillQuirks
from connectors.alipay.emulator.gate import Call, Refused, bad_arguments
from connectors.alipay.emulator.state import BEIJING, Merchant, State
from connectors.testing.emulation import ScaledClock

PATH: Final = "/downloadBillFile.resource"
READY: Final = time(10, tzinfo=BEIJING)
"""On the day after; of a month, on the fourth of the next one (that hour is *assumed* there)."""
MONTH_READY: Final = 4
KEPT_MONTHS: Final = 30
TOO_LATE: Final = "下载超时，请重新获取下载地址"
"""*Assumed*: only that it is a text page is known."""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    expires_at: datetime


class Statements:
    """The handler of the call, and the address of files. ``now`` is the clock that addresses live by; what day it is says
    ``clock``.
    """

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

    def address(self, call: Call) -> Mapping[str, Any]:
        """``alipay.data.dataservice.bill.downloadurl.query``. This account's contract gives bills of trades alone."""
        period, ready = self._period(call.text("bill_date"))
        quirks, kind = self._quirks, call.text("bill_type")
        if kind not in ("trade", "signcustomer"):
            raise bad_arguments("isv.invalid-parameter", "bill_type 参数无效")
        if self._clock.now() < ready:
            raise Refused("40004", "isp.bill_not_exist", "账单尚未生成")
        bill = Bill(self._state, self._merchant, period, self._clock.now(), "  " if quirks.blanks else "\t")
        content = bill.archive() if kind == "trade" else None
        if content is None:
            raise Refused("40004", quirks.no_data, "账单不存在")
        return {"bill_download_url": f"{call.base_url}{PATH}?{urlencode(self._offer(content, period))}"}

    async def download(self, request: Request) -> Response:
        """The file; too late, a text page that says so, with status 200."""
        file = self._files.get(request.query_params.get("token", ""))
        if file is None or self._now() >= file.expires_at:
            return PlainTextResponse(TOO_LATE)
        content = file.content[: len(file.content) // 2] if self._quirks.cut else file.content
        return Response(content, media_type="application/zip")

    def _period(self, text: str) -> tuple[Period, datetime]:
        today = self._clock.now().astimezone(BEIJING).date()
        form = re.fullmatch(r"([0-9]{4}-[0-9]{2})(-[0-9]{2})?", text)
        try:
            start = date.fromisoformat(form[1] + (form[2] or "-01") if form else "")
        except ValueError:
            raise bad_arguments("isv.invalid-parameter", "bill_date 参数无效") from None
        whole_month = len(text) == len("yyyy-MM")
        if start >= today or _months(today) - _months(start) > KEPT_MONTHS:
            raise bad_arguments("isv.invalid-parameter", "bill_date 不在可查询的范围内")
        end = _next_month(start) if whole_month else start + timedelta(days=1)
        if end > today:
            raise bad_arguments("isv.invalid-parameter", "bill_date 不能是当月")
        ready = datetime.combine(end.replace(day=MONTH_READY) if whole_month else end, READY)
        return Period(text.replace("-", ""), start, end), ready

    def _offer(self, content: bytes, period: Period) -> dict[str, str]:
        now, token = self._now(), f"{self._rng.getrandbits(128):032x}"
        self._files = {known: file for known, file in self._files.items() if now < file.expires_at}
        self._files[token] = _File(content, now + self._quirks.address_life)
        return {
            "bizType": "trade",
            "userId": f"{self._merchant.seller_id}0156",
            "fileType": "csv.zip",
            "bizDates": period.name,
            "downloadFileName": f"{self._merchant.seller_id}0156_{period.name}.csv.zip",
            "timestamp": str(int(now.timestamp() * 1000)),
            "token": token,
        }


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months(day: date) -> int:
    return day.year * 12 + day.month
