"""What is declared, what is built from it, and what is refused: everything at once, by name, without a secret."""

import subprocess
import sys
from datetime import time, timedelta
from typing import Any

import pytest

from connectors.alipay import CONNECTOR
from connectors.alipay.settings import Account
from connectors.contract import ABILITIES
from connectors.spec import Secret
from connectors.testing.fakes import fake_ports
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.connectors.alipay import given as alipay


def problems(**changed: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(alipay.settings(**changed), fake_ports(alipay.unasked))
    return caught.value.problems


def test_the_spec_tells_what_the_connector_is() -> None:
    assert (CONNECTOR.key, CONNECTOR.name) == ("alipay", "Alipay")
    assert CONNECTOR.basis is Basis.COUNTED
    assert CONNECTOR.declares_campaigns
    assert (CONNECTOR.accepted.status, CONNECTOR.accepted.body) == (200, b"success")  # also for what cannot be read
    assert [setting.name for setting in CONNECTOR.settings if setting.kind == "secret"] == ["app_private_key"]
    defaults = {setting.name: setting.default for setting in CONNECTOR.settings}
    assert (defaults["base_url"], defaults["bill_type"]) == ("https://openapi.alipay.com/gateway.do", "trade")


def test_bills_are_there_at_ten_in_beijing_for_about_thirty_months() -> None:
    pace = CONNECTOR.pace
    assert (pace.poll, pace.statements_at, pace.zone) == (None, time(10), "Asia/Shanghai")
    assert timedelta(days=880) < pace.statements_kept < timedelta(days=914)
    assert pace.budgets["default"] == 60
    assert pace.budgets["files"] > pace.budgets["bills"]  # else a file would wait while its address expires


def test_what_is_built_has_the_abilities_that_are_listed_and_no_others() -> None:
    built = CONNECTOR.build(alipay.settings(), fake_ports(alipay.unasked))
    assert {ability for ability in ABILITIES if isinstance(built, ability)} == set(CONNECTOR.abilities)


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.alipay, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("app_id", [None, "", "20 21", "2021/", "2" * 33]),
        ("app_private_key", [None, Secret(""), Secret("x"), Secret(alipay.pem_public("app"))]),
        ("alipay_public_key", [None, "", "x", "AAAA", "é", alipay.pem_private("stranger"), alipay.console("alipay")[:-8]]),
        ("seller_id", [None, "", "2088", "20880000000000020156", "charity@example.org"]),
        ("bill_type", [None, "", "TRADE", "settlementMerge"]),
        ("base_url", [None, "", "openapi.alipay.com", "ftp://x", "https://x/?a", "https://x/#a", "https://x y"]),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, values: list[Any]) -> None:
    for value in values:
        [problem] = problems(**{name: value})
        assert problem.startswith(f"{name}:")


def test_every_problem_is_told_at_once_and_quotes_no_secret() -> None:
    wrong = dict.fromkeys(("app_id", "alipay_public_key", "seller_id", "bill_type", "base_url"), "sesame!")
    found = problems(**wrong, app_private_key=Secret("sesame"))
    assert {problem.partition(":")[0] for problem in found} == {*wrong, "app_private_key"}
    assert "sesame" not in repr(found)


def test_the_app_s_own_public_key_is_not_taken_for_alipay_s() -> None:
    for key in (alipay.console("app"), alipay.pem_public("app")):
        assert problems(alipay_public_key=key) == ("alipay_public_key: holds the app's own public key, where Alipay's belongs",)


def test_an_account_prints_without_its_keys() -> None:
    assert "RSA" not in repr(Account.of(alipay.settings()))
