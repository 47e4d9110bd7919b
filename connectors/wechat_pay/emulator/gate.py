"""The door of the API: counts calls, checks who calls, runs what was called, signs what is answered.

Errors: https://pay.weixin.qq.com/doc/v3/merchant/4012084430
"""

import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from connectors.testing.emulation import Outage
from connectors.wechat_pay.emulator.faults import ApiFaults
from connectors.wechat_pay.emulator.keys import Keys
from connectors.wechat_pay.emulator.notices import draw_text, probe_signature
from connectors.wechat_pay.emulator.signing import BadAuthorization, check_authorization, signature_headers
from connectors.wechat_pay.emulator.state import Merchant

RESULTS: Final = {
    "ORDER_NOT_EXIST": 268512771,
    "FREQUENCY_LIMITED": 268447840,
    "RATELIMIT_EXCEEDED": 268447840,
    "RATE_LIMITED": 268447840,
    "SIGN_ERROR": 268443699,
}
"""The numeric result at the end of ``Request-ID``; 0 is good."""
OTHER_RESULT: Final = 268435455
"""For errors whose number is not known: *assumed*."""
SECOND: Final = timedelta(seconds=1)


class Refused(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, code: str, message: str, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.told = {"code": code, "message": message} | ({"detail": dict(detail)} if detail else {})


def bad_parameter(name: str, value: object, issue: str, location: str = "body") -> Refused:
    """400 with the field that is wrong."""
    return Refused(400, "PARAM_ERROR", "参数错误", {"field": f"/{name}", "value": value, "issue": issue, "location": location})


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose signature was good."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    base_url: str

    def text(self, name: str) -> str:
        """An obligatory text of the body. Raises Refused."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise bad_parameter(name, value, "is obligatory")
        return value

    def amount(self, *path: str) -> int:
        """An obligatory amount in fen, where the names lead. Raises Refused."""
        value: Any = self.body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if type(value) is not int or value < 1:
            raise bad_parameter("/".join(path), value, "is one fen or more")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: JSON, nothing, or the bytes of a file, which alone are not signed."""

    told: Mapping[str, Any] | None = None
    status: int = 200
    file: bytes | None = None


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass
class Gate:
    """Wraps handlers. ``now`` is the clock of signatures and of the rate."""

    keys: Keys
    merchant: Merchant
    outage: Outage
    api: ApiFaults
    rng: random.Random
    now: Callable[[], datetime]
    _recent: list[datetime] = field(default_factory=list)

    def endpoint(self, handler: Handler, *, may_be_down: bool = False) -> Callable[[Request], Awaitable[Response]]:
        """The handler behind the door. ``may_be_down``: it is what ``certificates_down`` takes away."""

        async def endpoint(request: Request) -> Response:
            if (down := await self.outage.meet()) is not None:
                return down
            body = await request.body()
            try:
                self._admit(may_be_down=may_be_down)
                self._check(request, body)
                answer = await handler(_call(request, body))
            except Refused as refused:
                return self._respond(request, Answer(refused.told, refused.status), refused.code)
            return self._respond(request, answer)

        return endpoint

    def _admit(self, *, may_be_down: bool) -> None:
        api, now = self.api, self.now()
        if api.rate is not None:
            self._recent = [*(moment for moment in self._recent if timedelta(0) <= now - moment < SECOND), now]
            if len(self._recent) > api.rate:
                raise Refused(429, api.rate_code, "频率超限")
        if may_be_down and api.certificates_down:
            raise Refused(500, "SYSTEM_ERROR", "系统错误")

    def _check(self, request: Request, body: bytes) -> None:
        for name in ("user-agent", "accept"):  # *assumed*: the status and code of a call without them
            if not request.headers.get(name):
                raise Refused(400, "PARAM_ERROR", "Http头缺少Accept或User-Agent")
        try:
            check_authorization(
                request.headers.get("authorization", ""),
                method=request.method,
                target=_target(request),
                body=body,
                mchid=self.merchant.mchid,
                serial=self.keys.merchant_serial,
                key=self.keys.merchant.public_key(),
                now=self.now(),
            )
        except BadAuthorization as bad:
            raise Refused(401, "SIGN_ERROR", f"签名错误: {bad}") from bad

    def _respond(self, request: Request, answer: Answer, code: str | None = None) -> Response:
        result = RESULTS.get(code, OTHER_RESULT) if code else 0
        headers = {"Request-ID": f"{self.rng.getrandbits(128):032X}-{result}"}
        if answer.file is not None:
            return Response(answer.file, answer.status, headers, media_type="application/octet-stream")
        body = b"" if answer.told is None else json.dumps(answer.told, ensure_ascii=False, separators=(",", ":")).encode()
        key = self.keys.named(request.headers.get("wechatpay-serial", ""))
        headers |= signature_headers(key.private, key.serial, self.now(), draw_text(self.rng, 32), body)
        if self.api.probes > 0:
            self.api.probes -= 1
            headers["Wechatpay-Signature"] = probe_signature(self.rng)
        if answer.told is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return Response(body, answer.status, headers)


def _target(request: Request) -> str:
    query = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    return (path + b"?" + query if query else path).decode("ascii")


def _call(request: Request, body: bytes) -> Call:
    try:
        told = json.loads(body) if body else {}
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused(400, "PARAM_ERROR", "请求体不是JSON对象")
    return Call(request.path_params, dict(request.query_params), told, str(request.base_url).rstrip("/"))
