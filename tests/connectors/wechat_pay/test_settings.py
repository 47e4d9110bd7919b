"""What is declared, what is built from it, and what is refused: everything at once, by name, without a secret."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.contract import ABILITIES
from connectors.spec import Secret
from connectors.testing.fakes import fake_ports
from connectors.wechat_pay import CONNECTOR
from connectors.wechat_pay.settings import Account
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.connectors.wechat_pay import given as wechat


def problems(**changed: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(wechat.settings(**changed), fake_ports(wechat.unasked))
    return caught.value.problems


def test_the_spec_tells_what_the_connector_is() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.homepage) == ("wechat_pay", "WeChat Pay", "https://pay.weixin.qq.com")
    assert CONNECTOR.basis is Basis.COUNTED
    assert CONNECTOR.declares_campaigns
    assert CONNECTOR.pace.poll is None
    assert [setting.name for setting in CONNECTOR.settings if setting.kind == "secret"] == ["apiv3_key", "merchant_key"]
    assert {setting.name: setting.default for setting in CONNECTOR.settings}["base_url"] == "https://api.mch.weixin.qq.com"


def test_what_is_built_has_the_abilities_that_are_listed_and_no_others() -> None:
    built = CONNECTOR.build(wechat.settings(), fake_ports(wechat.unasked))
    assert {ability for ability in ABILITIES if isinstance(built, ability)} == set(CONNECTOR.abilities)


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.wechat_pay, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mchid", [None, "", "19 00", "1900000001/", "1" * 33]),
        ("apiv3_key", [None, Secret(""), Secret("x" * 31), Secret("x" * 33), Secret("é" * 17), Secret("\ud800" * 40)]),
        ("merchant_key", [None, Secret("x"), Secret("-----BEGIN PRIVATE KEY-----")]),
        ("merchant_serial", [None, "", 'x"', "x" * 65]),
        ("verification_keys", [{wechat.SERIAL: "x"}, {"": "x"}, {"a b": "x"}]),
        ("appid", ["", "wx 1", "x" * 33]),
        ("sub_mchids", [("",), ("1900000002", "x y")]),
        ("base_url", [None, "", "api.mch.weixin.qq.com", "ftp://x", "https://x/?a", "https://x/#a", "https://x y"]),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, values: list[Any]) -> None:
    for value in values:
        [problem] = problems(**{name: value})
        assert problem.startswith(name)


def test_every_problem_is_told_at_once() -> None:
    keys = {wechat.SERIAL: "x", "OTHER": wechat.pem_private("wechat")}
    found = problems(mchid="", apiv3_key=None, merchant_key=None, merchant_serial="", verification_keys=keys, base_url="x")
    assert [problem.split(":")[0] for problem in found] == [
        "mchid",
        "apiv3_key",
        "merchant_key",
        "merchant_serial",
        f"verification_keys.{wechat.SERIAL}",
        "verification_keys.OTHER",
        "base_url",
    ]


def test_problems_quote_no_secret() -> None:
    found = problems(apiv3_key=Secret("sesame"), merchant_key=Secret("sesame"), verification_keys={wechat.SERIAL: "sesame"})
    assert "sesame" not in repr(found)


def test_an_account_prints_without_its_secrets() -> None:
    shown = repr(Account.of(wechat.settings()))
    assert wechat.APIV3_KEY not in shown
    assert "RSA" not in shown


@pytest.mark.parametrize(
    "keys",
    [
        None,
        {},
        {wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")},
        {wechat.SERIAL.lower(): wechat.pem_certificate("wechat"), wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")},
    ],
    ids=["none", "empty", "public key", "both"],
)
def test_every_way_to_hold_keys_is_taken(keys: Mapping[str, str] | None) -> None:
    assert CONNECTOR.build(wechat.settings(verification_keys=keys), fake_ports(wechat.unasked))


def test_two_keys_may_not_differ_in_letter_case_only() -> None:
    keys = {wechat.SERIAL: wechat.pem_public("wechat"), wechat.SERIAL.lower(): wechat.pem_public("wechat")}
    assert "twice" in problems(verification_keys=keys)[0]


def test_the_merchant_s_own_certificate_verifies_nothing() -> None:
    [problem] = problems(merchant_serial=wechat.SERIAL)
    assert problem.startswith("verification_keys: holds the merchant's own certificate")
