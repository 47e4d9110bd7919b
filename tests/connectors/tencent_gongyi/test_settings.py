"""What is declared, what is built from it, and what is refused: everything at once and by name."""

import subprocess
import sys
from typing import Any

import pytest

from connectors.contract import ABILITIES
from connectors.tencent_gongyi import CONNECTOR
from connectors.testing.fakes import fake_ports
from gateway.registry import read_settings
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.connectors.tencent_gongyi.given import connector, settings, unasked


def problems(**changed: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(settings(**changed), fake_ports(unasked))
    return caught.value.problems


def test_the_spec_tells_what_the_connector_is() -> None:
    assert (CONNECTOR.key, CONNECTOR.name) == ("tencent_gongyi", "腾讯公益 Tencent Gongyi")
    assert CONNECTOR.homepage == "https://gongyi.qq.com"
    assert CONNECTOR.basis is Basis.COUNTED
    assert CONNECTOR.declares_campaigns
    assert CONNECTOR.pace.poll is None
    assert not any(setting.required for setting in CONNECTOR.settings)


def test_what_is_built_has_the_abilities_that_are_listed_and_no_others() -> None:
    assert {ability for ability in ABILITIES if isinstance(connector(), ability)} == set(CONNECTOR.abilities)


def test_an_account_without_any_setting_is_complete() -> None:
    values, wrong = read_settings(CONNECTOR, {"connector": "tencent_gongyi"})
    assert wrong == []
    CONNECTOR.build(values, fake_ports(unasked))


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.tencent_gongyi, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"columns": {"donor": "昵称"}}, "columns"),
        ({"columns": {"id": " "}}, "columns"),
        ({"columns": {"id": "编号", "project": "编号"}}, "columns"),
        ({"columns": {"id": "project"}}, "columns"),
        ({"statuses": {"完成": "DONE"}}, "statuses"),
        ({"encoding": "utf-16"}, "encoding"),
        ({"encoding": None}, "encoding"),
        ({"amount_unit": "jiao"}, "amount_unit"),
        ({"delimiter": "|"}, "delimiter"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, Any], name: str) -> None:
    [problem] = problems(**changed)
    assert problem.startswith(name)


def test_every_wrong_setting_is_named_at_once() -> None:
    found = problems(columns={"donor": "x"}, statuses={"a": "b"}, encoding="x", amount_unit="x", delimiter="x")
    assert [problem.split(":")[0].split(".")[0] for problem in found] == [
        "columns",
        "statuses",
        "encoding",
        "amount_unit",
        "delimiter",
    ]
