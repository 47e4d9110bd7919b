"""A charity's client written for these tests: it calls both APIs and signs with its own few lines."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.connectors.weibo.emulator.judge import sign


def plain_text(fields: Mapping[str, str]) -> bytes:
    """What is signed, built anew from the sheet."""
    pairs = [f"{name}={fields[name]}" for name in sorted(fields) if name not in {"sign", "sign_type"} and fields[name] != ""]
    return "&".join(pairs).encode()


@dataclass
class Answer:
    """What came back."""

    status: int
    kind: str
    body: bytes

    @property
    def told(self) -> Any:
        """The JSON of it."""
        return json.loads(self.body)

    @property
    def code(self) -> Any:
        """The error code as it came."""
        return self.told["error_code"]


class Client:
    """The other side, by the settings of an account."""

    def __init__(self, account: Mapping[str, Any], http: aiohttp.ClientSession) -> None:
        self.account = account
        self.http = http
        self.root = account["api_url"].removesuffix("/2")

    async def get(self, name: str, **parameters: str) -> Answer:
        """A data call with the account's token."""
        return await self.ask("GET", f"{self.account['api_url']}/{name}.json", {"access_token": self.token, **parameters})

    async def refused(self, name: str, **parameters: str) -> int:
        """The number of the error that a data call ends in."""
        return int((await self.get(name, **parameters)).code)

    async def oauth(self, name: str, **fields: str) -> Answer:
        """A call of the OAuth endpoints."""
        async with self.http.post(f"{self.root}/oauth2/{name}", data=fields) as answer:
            return Answer(answer.status, answer.content_type, await answer.read())

    async def pay(self, name: str, **fields: str) -> Answer:
        """A signed call of Weibo Pay."""
        return await self.send(name, self.signed(fields))

    async def send(self, name: str, sent: Mapping[str, str]) -> Answer:
        """A call of Weibo Pay as it stands."""
        async with self.http.post(f"{self.account['pay_url']}/{name}", data=sent) as answer:
            return Answer(answer.status, answer.content_type, await answer.read())

    async def paid(self, name: str, **fields: str) -> Any:
        """The data of a good call of Weibo Pay."""
        told = (await self.pay(name, **fields)).told
        assert (told["code"], told["msg"]) == ("100000", "")
        return told["data"]

    async def ask(
        self, method: str, url: str, parameters: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Any call with a query."""
        async with self.http.request(method, url, params=parameters, headers=headers) as answer:
            return Answer(answer.status, answer.content_type, await answer.read())

    @property
    def token(self) -> str:
        """The account's token as it was at the start."""
        return str(self.account["access_token"])

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Fields with the common ones and the signature."""
        common = {"appkey": self.account["appkey"], "seller_id": self.account["seller_id"], **fields}
        return {**common, "sign_type": "rsa", "sign": sign(self.account["seller_key"], plain_text(common))}
