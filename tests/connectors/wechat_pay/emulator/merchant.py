"""A merchant written for these tests: signs calls, verifies answers and opens notifications with its own few lines."""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from multidict import CIMultiDict


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The JSON of it."""
        told = json.loads(self.body)
        assert isinstance(told, dict)
        return told

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of an error."""
        return self.status, self.told["code"]


class Merchant:
    """The other side, by the settings of an account."""

    def __init__(self, account: Mapping[str, Any], http: aiohttp.ClientSession) -> None:
        self.account = account
        self.http = http
        key = serialization.load_pem_private_key(account["merchant_key"].encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.key = key

    def authorization(self, method: str, target: str, body: bytes = b"", changed: Mapping[str, str] | None = None) -> str:
        """A good Authorization but for what is ``changed``: a timestamp is signed, the rest is changed afterwards."""
        changed = changed or {}
        timestamp, nonce = changed.get("timestamp", str(int(datetime.now(UTC).timestamp()))), uuid.uuid4().hex
        text = "\n".join([method, target, timestamp, nonce, body.decode(), ""]).encode()
        given = {
            "mchid": self.account["mchid"],
            "nonce_str": nonce,
            "timestamp": timestamp,
            "serial_no": self.account["merchant_serial"],
            "signature": base64.b64encode(self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode(),
            **changed,
        }
        return "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{value}"' for name, value in given.items())

    async def get(self, target: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Calls, signed."""
        return await self._send("GET", target, b"", headers or {})

    async def post(self, target: str, told: Mapping[str, Any]) -> Answer:
        """Calls with JSON, signed."""
        return await self._send("POST", target, json.dumps(told).encode(), {"Content-Type": "application/json"})

    async def _send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {"Authorization": self.authorization(method, target, body), "Accept": "application/json", **headers}
        async with self.http.request(method, self.account["base_url"] + target, data=body or None, headers=sent) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    def verifies(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the signature holds with the key of its serial. It does not look at the time."""
        given = CIMultiDict(headers)
        pem = self.account["verification_keys"].get(given["Wechatpay-Serial"])
        if pem is None:
            return False
        data = pem.encode()
        key = (
            x509.load_pem_x509_certificate(data).public_key()
            if "CERTIFICATE" in pem
            else serialization.load_pem_public_key(data)
        )
        assert isinstance(key, rsa.RSAPublicKey)
        text = f"{given['Wechatpay-Timestamp']}\n{given['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        try:
            key.verify(base64.b64decode(given["Wechatpay-Signature"]), text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def open(self, resource: Mapping[str, str]) -> bytes:
        """What was sealed. Raises InvalidTag."""
        associated = resource.get("associated_data", "").encode()
        sealed = base64.b64decode(resource["ciphertext"])
        return AESGCM(self.account["apiv3_key"].encode()).decrypt(resource["nonce"].encode(), sealed, associated)
