"""Keys of both modes, and certificates that come and go."""

import json
import re
from datetime import UTC, datetime

from cryptography import x509

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant


async def listed(merchant: Merchant) -> dict[str, str]:
    """The certificates as a merchant gets them."""
    data = (await merchant.get("/v3/certificates")).told["data"]
    return {each["serial_no"]: merchant.open(each["encrypt_certificate"]).decode() for each in data}


async def test_the_certificate_is_listed_sealed_and_valid_today(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    ((serial, pem),) = (await listed(merchant)).items()

    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert re.fullmatch(r"[0-9A-F]{40}", serial)
    assert certificate.serial_number == int(serial, 16)
    assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc
    assert merchant.account["verification_keys"][serial] == pem


async def test_both_kinds_of_keys_are_in_the_account(emulator: WeChatPayEmulator) -> None:
    public, certificate = emulator.account()["verification_keys"].items()

    assert re.fullmatch(r"PUB_KEY_ID_[0-9]+", public[0])
    assert public[1].startswith("-----BEGIN PUBLIC KEY-----")
    assert certificate[1].startswith("-----BEGIN CERTIFICATE-----")


async def test_a_new_certificate_signs_while_the_old_one_is_still_listed(
    emulator: WeChatPayEmulator, merchant: Merchant
) -> None:
    emulator.signing = "certificate"
    old = next(iter(await listed(merchant)))
    new = emulator.rotate_certificate()

    assert list(await listed(merchant)) == [old, new]
    assert emulator.outgoing(await emulator.pay(400, notify=False)).headers["Wechatpay-Serial"] == new


async def test_a_retired_certificate_is_listed_no_more_and_signs_no_answer(
    emulator: WeChatPayEmulator, merchant: Merchant
) -> None:
    old = next(iter(await listed(merchant)))
    new = emulator.rotate_certificate()
    emulator.retire_certificate()

    assert list(await listed(merchant)) == [new]
    assert (await merchant.get("/v3/certificates", {"Wechatpay-Serial": old})).headers["Wechatpay-Serial"] == new


async def test_the_mode_says_which_key_signs_notifications(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400, notify=False)
    public, certificate = emulator.keys.public.serial, emulator.keys.certificates[-1].serial

    def serials() -> set[str]:
        return {emulator.outgoing(payment).headers["Wechatpay-Serial"] for _ in range(20)}

    assert emulator.signing == "public_key"
    assert serials() == {public}
    emulator.signing = "certificate"
    assert serials() == {certificate}
    emulator.signing = "mixed"
    assert serials() == {public, certificate}


def test_numbers_and_payers_can_be_told_again_by_the_seed() -> None:
    first, again, other = (WeChatPayEmulator(seed=seed) for seed in (7, 7, 8))

    assert first.account()["apiv3_key"] == again.account()["apiv3_key"] != other.account()["apiv3_key"]
    assert len(first.account()["apiv3_key"].encode()) == 32
    assert first.state.openid() == again.state.openid() != other.state.openid()
    assert json.dumps(first.account()["sub_mchids"]) == '["1900000109", "1900000110"]'
