"""The gateway's door: checks who calls, runs the method that is named, signs what is answered.

https://opendocs.alipay.com/common/02kf5p (calls) and https://opendocs.alipay.com/common/02km9f (codes)
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from connectors.alipay.emulator.faults import ApiFaults
from connectors.alipay.emulator.keys import Keys
from connectors.alipay.emulator.signing import holds, sign, signed_text
from connectors.alipay.emulator.state import BEIJING, Merchant
from connectors.testing.emulation import Outage

MESSAGES: Final = {
    "20000": "Service Currently Unavailable",
    "20001": "Insufficient Token Permissions",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
}
_REFUSALS: Final = {"20000": "isp.unknow-error", "20001": "aop.invalid-auth-token"}
_FRAME: Final = {
    "sign_type": ("RSA2", "isv.invalid-signature-type"),
    "format": ("JSON", "isv.invalid-format"),
    "charset": ("utf-8", "isv.invalid-charset"),
    "version": ("1.0", "isv.invalid-version"),
}
"""Fields with the one value that is taken, and what another one is called. The names are *assumed*."""
WINDOW: Final = timedelta(hours=1)
"""How far ``timestamp`` may be off: *assumed*; less than the hours between Beijing and the zones of servers."""


class Refused(Exception):
    """A call that is answered with a code other than 10000."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        super().__init__(sub_msg)
        self.told = {"code": code, "msg": MESSAGES[code], "sub_code": sub_code, "sub_msg": sub_msg}


def bad_arguments(sub_code: str, sub_msg: str) -> Refused:
    """40002."""
    return Refused("40002", sub_code, sub_msg)


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose signature was good."""

    content: Mapping[str, Any]
    base_url: str

    def text(self, name: str) -> str:
        """A text of ``biz_content``; empty where it is absent. Raises Refused for anything else."""
        value = self.content.get(name, "")
        if not isinstance(value, str):
            raise bad_arguments("isv.invalid-parameter", f"{name} 不是字符串")
        return value


Handler = Callable[[Call], Mapping[str, Any]]


class Gate:
    """Answers ``POST /gateway.do``. ``now`` is the clock that judges timestamps."""

    def __init__(
        self,
        keys: Keys,
        merchant: Merchant,
        outage: Outage,
        api: ApiFaults,
        now: Callable[[], datetime],
        handlers: Mapping[str, Handler],
    ) -> None:
        self._keys = keys
        self._merchant = merchant
        self._outage = outage
        self._api = api
        self._now = now
        self._handlers = handlers

    async def answer(self, request: Request) -> Response:
        """The endpoint. Of an app that is not known it knows no key, so that alone is not signed: *assumed*."""
        if down := await self._outage.meet():
            return down
        fields = await _form(request)
        if fields.get("app_id") != self._merchant.app_id:
            unknown = bad_arguments("isv.invalid-app-id", "无效的AppID参数")
            return _written("error_response", json.dumps(unknown.told, ensure_ascii=False))
        method = fields.get("method", "")
        name = f"{method.replace('.', '_')}_response" if method in self._handlers else "error_response"
        try:
            self._check(fields)
            call = Call(_content(fields), str(request.base_url).rstrip("/"))
            told = {"code": "10000", "msg": "Success", **self._handlers[method](call)}
        except Refused as refused:
            told = refused.told
        return self._signed(name, told)

    def _check(self, fields: Mapping[str, str]) -> None:
        if not fields.get("sign"):
            raise bad_arguments("isv.missing-signature", "缺少签名参数")
        for name, (value, sub_code) in _FRAME.items():
            if fields.get(name) != value:
                raise bad_arguments(sub_code, f"无效的{name}参数")
        if not holds(self._keys.app.public_key(), signed_text(fields, without=("sign",)), fields["sign"]):
            raise bad_arguments("isv.invalid-signature", "验签出错")
        try:
            made = datetime.strptime(fields.get("timestamp", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except ValueError:
            made = None
        if made is None or abs(made - self._now()) > WINDOW:
            raise bad_arguments("isv.invalid-timestamp", "非法的时间戳参数")
        if fields.get("method") not in self._handlers:
            raise bad_arguments("isv.invalid-method", "不存在的方法名")
        if self._api.refuse_next > 0:
            self._api.refuse_next -= 1
            raise Refused(self._api.refuse_code, _REFUSALS[self._api.refuse_code], "服务暂不可用")

    def _signed(self, name: str, told: Mapping[str, Any]) -> Response:
        # A slash is escaped, as the live gateway writes addresses: *assumed* of every answer. Whoever verifies what they
        # wrote anew instead of the text that came will find the signature wrong.
        inner = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        signature = sign(self._keys.alipay, inner.encode())
        if self._api.tamper_next > 0:
            self._api.tamper_next -= 1
            inner = f'{inner[:-1]},"added":"later"}}'
        return _written(name, inner, signature)


def _written(name: str, inner: str, signature: str | None = None) -> Response:
    end = f',"sign":"{signature}"' if signature else ""
    return HTMLResponse(f'{{"{name}":{inner}{end}}}')  # it does not say that it is JSON: *assumed*


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _content(fields: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        content = json.loads(fields.get("biz_content", ""))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise bad_arguments("isv.invalid-parameter", "biz_content 不是JSON对象")
    return content
