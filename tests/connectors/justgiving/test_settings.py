"""What is declared, what is built from it, and what is refused: everything at once, by name, without a value."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import ABILITIES, ListsCampaigns, ListsDonations, ReadsCampaigns
from connectors.justgiving import CONNECTOR
from connectors.justgiving.settings import read
from connectors.spec import Secret
from connectors.testing.fakes import fake_ports
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.connectors.justgiving.given import APP_ID, network, settings


def problems(settings: Any) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(settings, fake_ports(network()))
    return list(caught.value.problems)


def named(settings: Any) -> list[str]:
    return [problem.partition(":")[0] for problem in problems(settings)]


def test_the_spec_is_what_the_design_says() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.homepage) == ("justgiving", "JustGiving", "https://www.justgiving.com")
    assert (CONNECTOR.basis, CONNECTOR.declares_campaigns) == (Basis.REPORTED, False)
    assert CONNECTOR.pace.poll == timedelta(seconds=60)
    assert dict(CONNECTOR.pace.budgets) == {"default": 60}
    assert [(s.name, s.kind, s.required) for s in CONNECTOR.settings] == [
        ("app_id", "secret", True),
        ("pages", "texts", False),
        ("teams", "texts", False),
        ("campaigns", "texts", False),
        ("within", "table", False),
        ("base_url", "url", False),
    ]


def test_pitfall_6_the_default_is_the_live_host_as_there_is_no_sandbox() -> None:
    assert [s.default for s in CONNECTOR.settings if s.name == "base_url"] == ["https://api.justgiving.com"]


def test_pitfall_7_nothing_is_pushed_so_it_only_asks() -> None:
    built = CONNECTOR.build(settings(), fake_ports(network()))
    abilities = {ability for ability in ABILITIES if isinstance(built, ability)}
    assert abilities == {ReadsCampaigns, ListsCampaigns, ListsDonations} == set(CONNECTOR.abilities)


def test_an_account_follows_pages_then_teams_then_campaigns() -> None:
    within = {"page/b": "c", "a": "", "team:t": "c"}
    account = read(
        settings(pages=("page/b", "a"), teams=("t",), campaigns=("c",), within=within, base_url="https://api.example/")
    )
    assert tuple(account.campaigns) == ("page/b", "a", "team:t", "campaign:c")
    assert account.base_url == "https://api.example"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("sample", "sample"),
        ("page/Sample", "page/Sample"),
        ("page/sample", "page/sample"),
        ("page/sample?utm_source=copy", "page/sample"),
        ("https://www.justgiving.com/page/sample", "page/sample"),
        ("https://www.justgiving.com/page/sample/?utm_medium=fundraising&utm_content=page#x", "page/sample"),
        ("https://www.justgiving.com/fundraising/sample?utm_term=a/b", "sample"),
        ("http://justgiving.com/fundraising/Sample_1.2", "Sample_1.2"),
        ("https://www.justgiving.com/page/j%C3%B6hn", "page/jöhn"),
    ],
)
def test_a_page_is_named_by_its_short_name_or_its_address(given: str, name: str) -> None:
    (followed,) = read(settings(pages=(given,))).campaigns.values()
    assert followed.name == name


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "page/",
        "page/..",
        "..",
        "a/b",
        "page/a/b",
        "two words",
        "a%2Fb",
        "nul\x00",
        "\ud800",
        "a" * 151,
        "https://www.justgiving.com/",
        "https://www.justgiving.com/page",
        "https://www.justgiving.com/sample",
        "https://www.justgiving.com/page/sample/donate",
        "https://www.justgiving.com.evil.example/page/sample",
        "https://notjustgiving.com/page/sample",
        "https://[broken/page/sample",
    ],
)
def test_what_names_no_page_is_refused(given: str) -> None:
    (problem,) = problems(settings(pages=("page/right", given)))
    assert problem.startswith("pages: entry 2 ")


def test_a_short_name_has_no_colon_so_a_page_is_never_taken_for_a_team() -> None:
    assert named(settings(pages=("team:sample",))) == ["pages"]
    assert named(settings(teams=("team:sample",))) == ["teams"]
    assert named(settings(campaigns=("page/sample",))) == ["campaigns"]


def test_at_least_one_thing_to_follow_is_named() -> None:
    (problem,) = problems(settings(pages=None))
    assert problem.startswith("pages: is missing")
    assert "teams" in problem
    assert "campaigns" in problem
    assert named(settings(pages=())) == ["pages"]
    assert tuple(read(settings(pages=None, teams=("t",))).campaigns) == ("team:t",)
    assert tuple(read(settings(pages=(), campaigns=("c",))).campaigns) == ("campaign:c",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("app_id", None),
        ("app_id", Secret("")),
        ("app_id", Secret("two words")),
        ("app_id", Secret("line\r\nX-More: 1")),
        ("base_url", "api.justgiving.com"),
        ("base_url", "https://api.example/?x=1"),
        ("base_url", None),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: Any) -> None:
    assert named(settings(**{name: value})) == [name]


def test_every_problem_is_told_at_once_and_none_quotes_a_value() -> None:
    wrong = {"pages": ("a:b", "c d"), "teams": ("e/f",), "campaigns": ("",), "base_url": "open-sesame"}
    told = problems({**wrong, "app_id": Secret("open sesame")})
    assert [problem.partition(":")[0] for problem in told] == ["app_id", "pages", "pages", "teams", "campaigns", "base_url"]
    assert not any(value in problem for problem in told for value in ("a:b", "c d", "e/f", "sesame"))


def test_an_account_prints_without_its_application_id() -> None:
    assert APP_ID not in repr(read(settings()))


def test_the_package_loads_neither_emulator_nor_transport() -> None:
    code = (
        "import connectors.justgiving, sys; "
        "print([m for m in sys.modules if 'emulator' in m or m in ('aiohttp', 'starlette', 'redis', 'strawberry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
