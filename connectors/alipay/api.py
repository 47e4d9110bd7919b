"""Questions to Alipay's gateway: signed by us, and believed only with its own signature.

https://docs.open.alipay.com/api_1/alipay.trade.query/
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, BinaryIO, Final, TypeAlias
from urllib.parse import urlencode

from connectors.alipay import sheet
from connectors.alipay.fields import beijing
from connectors.alipay.settings import Account
from connectors.http import HttpRequest, HttpResponse, read_json
from connectors.ports import Ports
from schema.model.errors import DeliveryRejected, GivingError, NotFound, UpstreamGarbled

Answer: TypeAlias = Mapping[str, Any]

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": "application/x-www-form-urlencoded;charset=utf-8",
    "User-Agent": "giving-gateway",
}
_BLANK: Final = re.compile(r"[ \t\r\n]*")


class Api:
    """One app's calls. All of them only read, so each may be repeated."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._ports = account, ports

    async def ask(self, method: str, content: Mapping[str, str], budget: str = "default") -> Answer:
        """The answer to a question that succeeded, verified. Raises what ``sheet.REFUSALS`` says where it did not.

        A refusal may be unsigned: it becomes an error and never a state.
        """

        def check(response: HttpResponse) -> None:
            if response.status == 200:
                self._read(method, response.body)

        url = self._account.base_url
        body = self._question(method, content)
        response = await self._ports.http.send(HttpRequest("POST", url, _HEADERS, body, check=check, budget=budget))
        try:
            answer = self._read(method, response.expect(200).body)
        except NotFound as error:
            raise UpstreamGarbled("the gateway is not at that address") from error
        if answer.get("code") != sheet.SUCCESS:
            raise _refusal(answer)
        return answer

    def download(self, url: str) -> AbstractAsyncContextManager[BinaryIO]:
        """The file at an address that an answer gave, used exactly as given. It carries its own token, and no signature."""
        return self._ports.http.download(HttpRequest("GET", url, {"User-Agent": "giving-gateway"}, budget="files"))

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """An empty temporary file, for that file unpacked."""
        return self._ports.http.scratch()

    def _question(self, method: str, content: Mapping[str, str]) -> bytes:
        """A form, signed over all of its fields, ``sign_type`` among them (in notifications that one is left out)."""
        fields = {
            **sheet.COMMON_FIELDS,
            "app_id": self._account.app_id,
            "method": method,
            "timestamp": beijing(self._ports.clock.now()),
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        signed = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        return urlencode({**fields, "sign": self._account.sign(signed.encode())}).encode()

    def _read(self, method: str, body: bytes) -> Answer:
        """The object within an answer, verified over its text exactly as it came. Raises UpstreamGarbled."""
        whole, raw = read_json(body), dict[str, str]()
        if isinstance(whole, dict):
            raw = dict(_members(body.decode("utf-8-sig")))
        name = next((key for key in (f"{method.replace('.', '_')}_response", "error_response") if key in raw), "")
        answer = whole[name] if name else None
        if not isinstance(answer, dict):
            raise UpstreamGarbled("the answer holds nothing of what was asked")
        if answer.get("code") == sheet.SUCCESS or "sign" in raw:
            try:
                self._account.verify(str(whole.get("sign")), raw[name].encode())
            except DeliveryRejected as error:
                raise UpstreamGarbled(f"an answer is not signed as it must be ({error.reason})") from error
        return answer


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Each member of a JSON object, its value as the text that it is. Only for what ``read_json`` has taken."""
    decoder = json.JSONDecoder()

    def after(place: int, mark: str) -> int:
        """Where the next thing begins, past a mark if it is there, and blanks."""
        place = _end(place)
        return _end(place + 1) if text[place] == mark else place

    def _end(place: int) -> int:
        found = _BLANK.match(text, place)
        return found.end() if found else place

    place = after(0, "{")
    while text[place] != "}":
        name, place = decoder.raw_decode(text, place)
        start = after(place, ":")
        _, place = decoder.raw_decode(text, start)
        yield name, text[start:place]
        place = after(place, ",")


def _refusal(answer: Answer) -> GivingError:
    """The error that fits. Alipay's words are not repeated, as they may quote what was asked."""
    code, sub_code = str(answer.get("code")), str(answer.get("sub_code"))
    error = sheet.REFUSALS.get(sub_code) or sheet.REFUSALS.get(code)
    if error is None:
        return UpstreamGarbled("the gateway refused with a code that is not known")
    return error("the gateway refused what was asked")
