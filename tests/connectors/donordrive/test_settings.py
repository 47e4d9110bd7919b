"""What is declared, what is built from it, and what is refused: everything at once, by name, and without a value."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import ABILITIES
from connectors.donordrive import CONNECTOR
from connectors.donordrive.settings import Account, Fundraiser
from connectors.donordrive.sheet import Kind
from connectors.testing.fakes import fake_ports
from schema.model.errors import SettingsInvalid
from schema.model.money import Currency
from schema.model.total import Basis
from tests.connectors.donordrive import given as donordrive


def problems(**changed: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        Account.of(donordrive.settings(**changed))
    return caught.value.problems


def account(**changed: Any) -> Account:
    return Account.of(donordrive.settings(**changed))


def test_the_spec_tells_what_the_connector_is() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.basis) == ("donordrive", "DonorDrive", Basis.REPORTED)
    assert not CONNECTOR.declares_campaigns
    assert [setting.name for setting in CONNECTOR.settings if setting.required] == ["base_url", "fundraisers"]


def test_a_host_is_asked_no_faster_than_every_fifteen_seconds() -> None:
    pace = CONNECTOR.pace
    assert pace.poll == pace.spacing["default"] == timedelta(seconds=15)
    assert pace.budgets == {"default": 4}
    assert pace.milestones == timedelta(minutes=30)


def test_what_is_built_has_the_abilities_that_are_listed_and_no_others() -> None:
    built = CONNECTOR.build(donordrive.settings(), fake_ports(donordrive.program()))
    assert {ability for ability in ABILITIES if isinstance(built, ability)} == set(CONNECTOR.abilities)


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.donordrive, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("address", "base_url", "host"),
    [
        ("https://testdrive.donordrive.com", "https://testdrive.donordrive.com", "testdrive.donordrive.com"),
        ("https://WWW.Program.example/", "https://www.program.example", "www.program.example"),
        ("HTTPS://program.example:443", "https://program.example", "program.example"),
        ("http://127.0.0.1:8443/", "http://127.0.0.1:8443", "127.0.0.1:8443"),
        ("http://program.example:80", "http://program.example", "program.example"),
        ("https://program.example:80", "https://program.example:80", "program.example:80"),
    ],
)
def test_one_host_has_one_name(address: str, base_url: str, host: str) -> None:
    found = account(base_url=address)
    assert (found.base_url, found.host) == (base_url, host)


def test_fundraisers_are_participants_teams_and_events_by_number_or_alias() -> None:
    found = account(fundraisers=("participants/900001", "teams/sample-team_1", "events/600"))
    assert found.fundraisers == (
        Fundraiser(Kind.PARTICIPANT, "900001"),
        Fundraiser(Kind.TEAM, "sample-team_1"),
        Fundraiser(Kind.EVENT, "600"),
    )


def test_a_currency_is_configured_only_where_the_program_s_is_not_the_one() -> None:
    assert account().currency is None
    assert account(currency="USD").currency == Currency.of("USD")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("base_url", [None, "", "program.example", "ftp://program.example", "https://program.example/api", "https://a/?b=c"]),
        (
            "base_url",
            ["https://user@program.example", "https://program.example:0", "https://é.example", "https://" + "a" * 101],
        ),
        ("fundraisers", [None, (), "participants/900001", ("",), ("900001",), ("participants/",), ("participants/1/2",)]),
        ("fundraisers", [("participants/..",), ("participants/1?x",), ("donors/1",), ("Teams/1",), ("teams/" + "a" * 101,)]),
        ("currency", ["", "cad", "CA", "$", "XXX"]),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, values: list[Any]) -> None:
    for value in values:
        [problem] = problems(**{name: value})
        assert problem.startswith(f"{name}: ")


def test_every_problem_is_told_at_once_and_quotes_no_value() -> None:
    found = problems(base_url="sesame", fundraisers=("participants/1", "sesame", "sesame/2"), currency="sesame")
    assert [problem.partition(":")[0] for problem in found] == ["base_url", "fundraisers", "fundraisers", "currency"]
    assert ["entry 2 " in found[1], "entry 3 " in found[2]] == [True, True]
    assert "sesame" not in repr(found)


def test_the_longest_settings_fit_into_a_native_id() -> None:
    longest = account(base_url="https://" + "a" * 100, fundraisers=("participants/" + "1" * 18,))
    assert len(f"{longest.host}/{longest.fundraisers[0].path}") <= 200
