"""Whose keys are whose."""

from connectors.alipay.emulator import AlipayEmulator
from tests.connectors.alipay.emulator.judge import holds, sign


def test_one_seed_has_one_set_of_keys_and_another_seed_another() -> None:
    first, again, other = (AlipayEmulator(seed=seed).account() for seed in (1, 1, 2))

    assert first == again
    assert first["app_private_key"] != other["app_private_key"]
    assert first["alipay_public_key"] != other["alipay_public_key"]


def test_what_the_app_signs_is_not_what_alipay_signs() -> None:
    account = AlipayEmulator().account()

    assert not holds(account["alipay_public_key"], b"a=1", sign(account["app_private_key"], b"a=1"))


def test_the_account_names_the_settings() -> None:
    account = AlipayEmulator(app_id="2021000000000009", seller_id="2088000000000009").account()

    assert set(account) == {"app_id", "app_private_key", "alipay_public_key", "seller_id", "base_url"}
    assert (account["app_id"], account["seller_id"]) == ("2021000000000009", "2088000000000009")
    assert account["app_private_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert account["alipay_public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert account["base_url"].endswith("/gateway.do")
