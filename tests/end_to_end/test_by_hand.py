"""The whole promise once, with nothing of ours on the sending side: own keys, own bytes, ``curl``."""

import asyncio
import base64
import json
import random
import shutil
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.end_to_end import configuration
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.viewers import TOTAL, follow, socket

PLATFORM = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SERIAL: Final = "PUB_KEY_ID_0114232134912410000000000000"
MERCHANT: Final = "1230000109"
APIV3_KEY: Final = "0123456789abcdef0123456789ABCDEF"
CAMPAIGN: Final = "{ campaigns { nodes { id externalId total { raised { amount } } } } }"

PAYMENT: Final = {
    "mchid": MERCHANT,
    "appid": "wxd678efh567hg6787",
    "out_trade_no": "1217752501201407033233368018",
    "transaction_id": "1217752501201407033233368018",
    "trade_type": "JSAPI",
    "trade_state": "SUCCESS",
    "attach": "campaign=school-lunch",
    "success_time": "2026-11-20T10:34:56+08:00",
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 4_00, "payer_total": 4_00, "currency": "CNY"},
}
REFUND: Final = {
    "mchid": MERCHANT,
    "out_trade_no": PAYMENT["out_trade_no"],
    "transaction_id": PAYMENT["transaction_id"],
    "out_refund_no": "7752501201407033233368018",
    "refund_id": "50200207182018070300011301001",
    "refund_status": "SUCCESS",
    "success_time": "2026-11-20T12:00:00+08:00",
    "amount": {"total": 4_00, "refund": 1_50, "payer_total": 4_00, "payer_refund": 1_50},
}


def notification(event: str, clear: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """Headers and body, as https://pay.weixin.qq.com/doc/v3/merchant/4012791861 has them."""
    kind, nonce = event.partition(".")[0].lower(), uuid.uuid4().hex[:12]
    sealed = AESGCM(APIV3_KEY.encode()).encrypt(nonce.encode(), json.dumps(clear).encode(), kind.encode())
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": kind,
        "original_type": kind,
        "nonce": nonce,
    }
    envelope = {"id": str(uuid.uuid4()), "create_time": "2026-11-20T10:34:56+08:00", "event_type": event, "resource": resource}
    body = json.dumps({**envelope, "resource_type": "encrypt-resource", "summary": "支付成功"}).encode()
    timestamp, nonce = str(int(datetime.now(UTC).timestamp())), uuid.uuid4().hex
    signature = PLATFORM.sign(f"{timestamp}\n{nonce}\n".encode() + body + b"\n", padding.PKCS1v15(), hashes.SHA256())
    headers = {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
        "Wechatpay-Serial": SERIAL,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }
    return headers, body


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Sends it with ``curl``, or without where there is none; the status."""
    if shutil.which("curl") is None:
        async with aiohttp.ClientSession() as session, session.post(url, headers=dict(headers), data=body) as answer:
            return answer.status
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    curl = await asyncio.create_subprocess_exec(
        *("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@-", *lines, url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await asyncio.wait_for(curl.communicate(body), 20)
    return int(told)


@asynccontextmanager
async def gateway(folder: Path, seed: int) -> AsyncIterator[str]:
    """A gateway that trusts this file's key, and has a network that nobody answers for."""
    public = PLATFORM.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "connector": "wechat_pay",
        "mchid": MERCHANT,
        "apiv3_key": APIV3_KEY,
        "merchant_key": own.decode(),
        "merchant_serial": "5157F09EFDC096DE15EBE81A47057A7200000000",
        "verification_keys": {SERIAL: public.decode()},
        "base_url": "http://127.0.0.1:9",
    }
    port = configuration.free_port(random.Random(seed))
    process = GatewayProcess(configuration.write(folder, port, {"lunch": account}), port, folder / "gateway.log")
    try:
        await process.start()
        yield process.url
    finally:
        await process.kill()


async def shown(url: str) -> tuple[str, str | None]:
    """The campaign's id, and what it has raised."""
    async with aiohttp.ClientSession() as session, session.post(f"{url}/graphql", json={"query": CAMPAIGN}) as answer:
        campaigns = (await answer.json(content_type=None))["data"]["campaigns"]["nodes"]
    (lunch,) = [campaign for campaign in campaigns if campaign["externalId"] == "school-lunch"]
    return lunch["id"], lunch["total"] and lunch["total"]["raised"]["amount"]


async def test_a_payment_moves_the_total_once_a_refund_lowers_it_and_a_flipped_byte_is_refused(
    tmp_path: Path, seed: int
) -> None:
    async with gateway(tmp_path, seed) as url, asyncio.timeout(60):
        webhook = f"{url}/webhooks/wechat_pay/lunch"
        campaign, raised = await shown(url)
        assert raised is None
        async with socket(url) as session:
            messages = follow(session, TOTAL, id=campaign)

            told: list[tuple[str, str, int] | None] = []

            async def next_total() -> tuple[str, str, int] | None:
                while True:
                    total = (await anext(messages))["campaign"]["total"]
                    figures = total and (total["raised"]["amount"], total["refunded"]["amount"], total["donationCount"])
                    # the same figures come again when their freshness moves: the network is LIVE from its first delivery on
                    if told[-1:] != [figures]:
                        told.append(figures)
                        return told[-1]

            assert await next_total() is None

            headers, body = notification("TRANSACTION.SUCCESS", PAYMENT)
            assert await post(webhook, headers, body) == 200
            assert await next_total() == ("4.00", "0.00", 1)

            # the same again, once as the same bytes and once as the network would send it anew, changes nothing
            assert await post(webhook, headers, body) == 200
            assert await post(webhook, *notification("TRANSACTION.SUCCESS", PAYMENT)) == 200
            assert (await shown(url))[1] == "4.00"

            # and what is watched was told nothing of it: the next figures are those of the refund
            assert await post(webhook, *notification("REFUND.SUCCESS", REFUND)) == 200
            assert await next_total() == ("2.50", "1.50", 1)

            another = {**PAYMENT, "transaction_id": "1217752501201407033233368019"}
            headers, body = notification("TRANSACTION.SUCCESS", another)
            middle = len(body) // 2
            flipped = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
            assert await post(webhook, headers, flipped) == 401
            assert (await shown(url))[1] == "2.50"
            assert await post(webhook, headers, body) == 200
            assert await next_total() == ("6.50", "1.50", 2)
            await messages.aclose()
