"""What is declared, what is built from it, and what is refused: everything at once, by name, without a secret."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import ABILITIES, ReadsDonations, ReadsExports, ReadsFollowers, ReadsPosts, ReceivesDeliveries
from connectors.spec import Secret
from connectors.testing.fakes import fake_ports
from connectors.weibo import CONNECTOR
from connectors.weibo.settings import read
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.connectors.weibo import given as weibo

MONEY = {ReceivesDeliveries, ReadsDonations, ReadsExports}
ENGAGEMENT = {ReadsPosts, ReadsFollowers}


def abilities(settings: Any) -> set[type]:
    built = CONNECTOR.build(settings, fake_ports(weibo.unasked))
    return {ability for ability in ABILITIES if isinstance(built, ability)}


def problems(settings: Any) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(settings, fake_ports(weibo.unasked))
    return [problem.partition(":")[0] for problem in caught.value.problems]


def test_the_spec_tells_what_the_connector_is() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.homepage) == ("weibo", "Sina Weibo", "https://weibo.com")
    assert CONNECTOR.basis is Basis.COUNTED
    assert CONNECTOR.declares_campaigns
    assert (CONNECTOR.pace.poll, CONNECTOR.pace.posts) == (None, timedelta(minutes=30))
    assert dict(CONNECTOR.pace.budgets) == {"default": 60, "pay": 3_000}
    assert dict(CONNECTOR.pace.daily) == {"default": "calls_per_day"}
    assert [setting.name for setting in CONNECTOR.settings if setting.kind == "secret"] == ["seller_key", "access_token"]
    assert not any(setting.required for setting in CONNECTOR.settings)
    assert {setting.name: setting.default for setting in CONNECTOR.settings if setting.default} == {
        "pay_url": "https://pay.sc.weibo.com/api/merchant",
        "api_url": "https://api.weibo.com/2",
        "commercial": "no",
        "commercial_url": "https://c.api.weibo.com/2",
        "calls_per_day": "100",
    }


def test_an_account_has_the_abilities_of_the_halves_that_are_set_up_and_no_others() -> None:
    assert abilities(weibo.pay_settings()) == MONEY
    assert abilities(weibo.api_settings()) == ENGAGEMENT
    assert abilities(weibo.settings()) == MONEY | ENGAGEMENT == set(CONNECTOR.abilities)


def test_an_account_without_any_half_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read(weibo.defaults())
    [problem] = caught.value.problems
    assert problem.startswith("appkey:")
    assert "access_token" in problem


def test_a_half_that_is_begun_is_asked_for_whole() -> None:
    nothing = weibo.defaults()
    assert problems({**nothing, "seller_id": "2000000001"}) == ["appkey", "seller_key", "weibo_pay_key"]
    assert problems({**weibo.settings(), "seller_key": None}) == ["seller_key"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("appkey", ["", "10 00", "1&x=1", "1" * 65]),
        ("seller_id", ["", "2000000001/", "é"]),
        ("seller_key", [Secret("x"), Secret(""), Secret(weibo.pem_public("seller"))]),
        ("weibo_pay_key", ["x", "", weibo.pem_private("weibo")]),
        ("pay_url", [None, "", "pay.example", "ftp://pay.example", "https://pay.example/?a"]),
        ("access_token", [Secret(""), Secret("a b"), Secret("a\r\nX: y")]),
        ("api_url", ["https://api.example/#a", "x"]),
        ("commercial", ["maybe", ""]),
        ("commercial_url", ["x"]),
        ("calls_per_day", ["0", "-1", "many", "1.5", ""]),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, values: list[Any]) -> None:
    for value in values:
        assert problems({**weibo.settings(), name: value}) == [name]


def test_every_problem_is_told_at_once_and_none_quotes_a_secret() -> None:
    sesame = Secret("open sesame")
    wrong: dict[str, Any] = {"appkey": "", "seller_key": sesame, "weibo_pay_key": "x", "pay_url": "x", "access_token": sesame}
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build({**weibo.settings(), **wrong, "calls_per_day": "x"}, fake_ports(weibo.unasked))
    told = {problem.partition(":")[0] for problem in caught.value.problems}
    assert told == {*wrong, "calls_per_day"}
    assert "sesame" not in repr(caught.value.problems)


def test_the_seller_s_own_public_key_verifies_nothing() -> None:
    assert problems({**weibo.settings(), "weibo_pay_key": weibo.pem_public("seller")}) == ["weibo_pay_key"]


def test_an_account_prints_without_its_secrets() -> None:
    shown = repr(read(weibo.settings()))
    assert "DEMOTOKEN" not in shown
    assert "RSA" not in shown


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.weibo, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
