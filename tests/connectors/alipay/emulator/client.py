"""A client written for these tests: signs calls, verifies answers, reads bills with its own few lines."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.connectors.alipay.emulator.judge import holds, sign


@dataclass
class Answer:
    """What came back. ``signed`` is whether the signature is good for the inner text; None where there is none."""

    name: str
    told: dict[str, Any]
    signed: bool | None
    content_type: str

    @property
    def refusal(self) -> tuple[str, str]:
        """Code and sub code."""
        return self.told["code"], self.told["sub_code"]


class Client:
    """The other side, by the settings of an account. ``now`` stamps the calls."""

    def __init__(self, account: Mapping[str, Any], http: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        self.account = account
        self.http = http
        self.now = now

    def form(self, method: str, content: Mapping[str, Any], changed: Mapping[str, str] | None = None) -> dict[str, str]:
        """A good form but for what is ``changed`` before it is signed."""
        fields = {
            "app_id": self.account["app_id"],
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self.now().astimezone(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(content),
            **(changed or {}),
        }
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
        return fields | {"sign": sign(self.account["app_private_key"], text.encode())}

    async def call(self, method: str, content: Mapping[str, Any], changed: Mapping[str, str] | None = None) -> Answer:
        """Calls, signed."""
        return await self.send(self.form(method, content, changed))

    async def send(self, fields: Mapping[str, str]) -> Answer:
        """Sends a form as it is."""
        head = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        async with self.http.post(self.account["base_url"], data=urlencode(fields), headers=head) as answer:
            assert answer.status == 200
            return self.read((await answer.read()).decode(), answer.content_type)

    def read(self, body: str, content_type: str) -> Answer:
        """Cuts the inner text out of an answer as it came."""
        found = re.fullmatch(r'\{"(\w+)":(\{.*\})(?:,"sign":"([^"]+)")?\}', body)
        assert found
        name, inner, signature = found.groups()
        signed = None if signature is None else holds(self.account["alipay_public_key"], inner.encode(), signature)
        return Answer(name, json.loads(inner), signed, content_type)

    async def bill_address(self, day: str, kind: str = "trade") -> Answer:
        """Asks for the address of a bill."""
        content = {"bill_type": kind, "bill_date": day}
        return await self.call("alipay.data.dataservice.bill.downloadurl.query", content)

    async def fetch(self, url: str) -> tuple[str, bytes]:
        """What is at an address: content type and bytes."""
        async with self.http.get(url) as answer:
            assert answer.status == 200
            return answer.content_type, await answer.read()

    async def bill(self, day: str) -> "Bill":
        """A bill, asked for and fetched."""
        offer = await self.bill_address(day)
        assert offer.signed
        return Bill((await self.fetch(offer.told["bill_download_url"]))[1])


class Bill:
    """A bill, opened. ``files`` are the texts by name."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="gbk") as packed:
            assert packed.testzip() is None
            self.files = {info.filename: packed.read(info).decode("gbk") for info in packed.infolist()}

    @property
    def lines(self) -> list[str]:
        """The lines of the detail."""
        (detail,) = [text for name, text in self.files.items() if name.endswith("_业务明细.csv")]
        return detail.removesuffix("\r\n").split("\r\n")

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of the detail by column, without their padding."""
        head, *rows = [line.split(",") for line in self.lines if not line.startswith("#")]
        return [dict(zip(head, (value.strip() for value in row), strict=True)) for row in rows]
