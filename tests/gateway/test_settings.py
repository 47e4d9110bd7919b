"""The configuration: one model from file and environment, and every problem at once."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gateway.configuration import read_file
from gateway.http.limits import Limits
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid
from schema.model.money import Money
from tests.gateway.world import DECLARED

CANARY = "canary-5d1f"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GIVING_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def problems(values: dict[str, Any]) -> list[str]:
    """What is said of a configuration that is wrong."""
    with pytest.raises(SettingsInvalid) as caught:
        Settings.of(values)
    return list(caught.value.problems)


def campaign(**changes: Any) -> dict[str, Any]:
    """A campaign that is right but for the changes."""
    return {"platform": "acme", "id": "lunch", "title": "Lunch", "currency": "CNY", **changes}


def test_every_problem_is_told_at_once_each_with_its_path_in_the_file() -> None:
    values = {
        "prot": 8000,
        "port": 70_000,
        "profile": "staging",
        "reporting_time_zone": "Shanghai",
        "reporting_currency": "RMB",
        "rates": {"EUR": -1, "ABC": 2},
        "accounts": {"lunch": {"connector": "acme", "general": "nowhere"}},
        "charities": [{"id": "meals"}],
        "campaigns": [
            campaign(currency="XXX", goal="1"),
            campaign(id="b", starts_at="2026-09-01T00:00:00", goal="1.001"),
            campaign(id="c", platform="Acme Inc", charity="nobody", colour="red"),
            campaign(id="c\n", match=[{"account": "dinner", "atach": "x"}]),
            campaign(),
            campaign(match=[{"account": "lunch"}], platform="other"),
        ],
    }
    found = problems(values)
    wanted = [
        "accounts.lunch.general: there is no [[campaigns]] with id 'nowhere'",
        "campaigns[0].currency: there is no currency",
        "campaigns[1].goal: CNY has 2 decimals",
        "campaigns[1].starts_at: needs a time zone, such as",
        "campaigns[2].charity: there is no [[charities]] with id 'nobody'",
        "campaigns[2].colour: is not a setting",
        "campaigns[2].platform: a network's key",
        "campaigns[3].id: a native id",
        "campaigns[3].match[0].account: there is no [accounts.dinner]",
        "campaigns[3].match[0].atach: is not a setting",
        "campaigns[4].id: acme:lunch is declared twice",
        "campaigns[5].match[0].account: lunch is no account of other",
        "charities[0].name: Field required",
        "port: Input should be less than or equal to 65535",
        "profile: Input should be 'development' or 'production'",
        "prot: is not a setting",
        "rates: the rate of EUR is a number above 0, from 10^-12 up to 10^13; there is no currency with the ISO",
        "reporting_currency: there is no currency",
        "reporting_time_zone: is no IANA time zone",
    ]
    assert len(found) == len(wanted)
    for problem, beginning in zip(found, wanted, strict=True):
        assert problem.startswith(beginning)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"campaigns": [campaign(goal="0")]}, "campaigns[0].goal: is an amount above 0"),
        ({"campaigns": [campaign(goal="-5")]}, "campaigns[0].goal: is an amount above 0"),
        ({"campaigns": [campaign(goal=1000)]}, "campaigns[0].goal: Input should be a valid string"),
        ({"campaigns": [campaign(goal="1e3")]}, "campaigns[0].goal: an amount is written in digits"),
        ({"campaigns": [campaign(ends_at="2026-13-01T00:00:00Z")]}, "campaigns[0].ends_at: Input should be a valid datetime"),
        ({"accounts": {"lunch": {"general": ["a"]}}}, "accounts.lunch.general: is the id of a campaign"),
        ({"accounts": {"lunch": "acme"}}, "accounts.lunch: Input should be a valid dictionary"),
        ({"accounts": "lunch"}, "accounts: Input should be a valid dictionary"),
        ({"campaigns": {"id": "lunch"}}, "campaigns: Input should be a valid tuple"),
        ({"rates": {"EUR": "nan"}}, "rates.EUR: Input should be a finite number"),
        ({"data_key": "x", "data_key_file": "y"}, "data_key: is given twice, here and as data_key_file"),
        ({"pepper": "x", "pepper_file": "y"}, "pepper: is given twice, here and as pepper_file"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(values: dict[str, Any], problem: str) -> None:
    [found] = problems(values)
    assert found.startswith(problem)


def test_general_must_be_a_campaign_of_the_same_network() -> None:
    accounts = {"lunch": {"connector": "acme", "general": "lunch"}}
    assert Settings.of({"accounts": accounts, "campaigns": [campaign()]}).accounts["lunch"]["general"] == "lunch"
    elsewhere = [campaign(platform="other")]
    assert problems({"accounts": accounts, "campaigns": elsewhere})[0].startswith("accounts.lunch.general: there is no")


def test_money_and_currencies_are_exact_from_the_start() -> None:
    settings = Settings.of({"campaigns": [campaign(goal="1234567.89"), campaign(id="b", currency="JPY", goal="5000")]})
    assert [entry.goal_money for entry in settings.campaigns] == [
        Money.of_minor(123_456_789, "CNY"),
        Money.of_minor(5000, "JPY"),
    ]


def test_a_variable_stands_in_for_any_value_of_the_file_and_leaves_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GIVING_PORT": "8123",
        "GIVING_ACCOUNTS__LUNCH__MCHID": "0190000001",
        "GIVING_ACCOUNTS__LUNCH__APIV3_KEY_FILE": "/run/secrets/apiv3",
        "GIVING_ACCOUNTS__DINNER__CONNECTOR": "acme",
        "GIVING_ALLOWED_ORIGINS": '["https://wall.example"]',
        "GIVING_RATES__EUR": "7.81",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.of({**DECLARED, "port": 1, "rates": {"USD": 7}})
    assert settings.port == 8123
    assert settings.accounts == {
        # digits stay a text: a merchant's number may begin with a zero
        "lunch": {"connector": "acme", "general": "other-gifts", "mchid": "0190000001", "apiv3_key_file": "/run/secrets/apiv3"},
        "dinner": {"connector": "acme"},
    }
    assert settings.allowed_origins == ("https://wall.example",)
    assert {code: str(rate) for code, rate in settings.rates.items()} == {"USD": "7", "EUR": "7.81"}


@pytest.mark.parametrize("name", ["GIVING_ACCOUNTS", "GIVING_ALLOWED_ORIGINS", "GIVING_CAMPAIGNS"])
def test_a_variable_that_is_no_json_is_named_and_not_quoted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "{" + CANARY)
    [found] = problems({})
    assert name.removeprefix("GIVING_").lower() in found
    assert "JSON" in found
    assert CANARY not in found


def test_a_named_file_is_read_and_one_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "giving.test.toml"
    place.write_text('port = 8001\n[accounts.lunch]\nconnector = "acme"\n')
    monkeypatch.setenv("GIVING_CONFIG", str(place))
    assert Settings.load().port == 8001
    assert Settings.load(place).accounts == {"lunch": {"connector": "acme"}}
    monkeypatch.setenv("GIVING_CONFIG", str(tmp_path / "absent.toml"))
    with pytest.raises(SettingsInvalid, match=r"absent\.toml: there is no such file"):
        Settings.load()
    with pytest.raises(SettingsInvalid, match="there is no such file"):
        Settings.load(tmp_path)


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_file() == {}
    (tmp_path / "giving.toml").write_text("port = 8002\n")
    assert Settings.load().port == 8002


@pytest.mark.parametrize("content", [b"port = ", b"port = 1\nport = 2\n", b"title = \xff\xfe\n", b"[accounts\n"])
def test_a_file_that_is_no_toml_is_named(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "giving.toml"
    place.write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"giving\.toml: cannot be read as TOML"):
        Settings.load(place)


def test_no_secret_is_in_the_text_of_the_settings_or_of_an_error() -> None:
    values: dict[str, Any] = {
        "data_key": CANARY,
        "pepper": CANARY,
        "ledger_url": f"redis://:{CANARY}@redis.example",
        "cache_url": f"redis://:{CANARY}@cache.example",
        "accounts": {"lunch": {"connector": "acme", "secret": CANARY}},
    }
    settings = Settings.of(values)
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)
    for spoiled in (
        {**values, "port": "x"},
        {**values, "data_key": {"a": CANARY}},
        {**values, "pepper": {"a": CANARY}},
        {**values, "ledger_url": [CANARY]},
        {**values, "accounts": {"lunch": CANARY}},
    ):
        with pytest.raises(SettingsInvalid) as caught:
            Settings.of(spoiled)
        assert CANARY not in str(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("public_url", "nonsense", "absolute http or https address"),
        ("ledger_url", "foo://x", "redis://"),
        ("cache_url", "localhost:6379", "redis://"),
        ("allowed_origins", ["example.org"], "https://charity.example"),
        ("frame_ancestors", ["https://a.example/page"], "https://charity.example"),
    ],
)
def test_an_address_of_the_wrong_kind_is_told(name: str, value: object, words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        Settings.of({name: value})


def test_origins_compare_whatever_their_case_and_last_slash() -> None:
    assert Settings.of({"allowed_origins": ["https://Charity.example/", "*"]}).allowed_origins == (
        "https://charity.example",
        "*",
    )


def test_a_variable_that_is_no_setting_is_told_and_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVING_PROT", "9000")
    monkeypatch.setenv("GIVING_ACCOUNT__LUNCH__MCHID", "1900000001")
    with pytest.raises(SettingsInvalid) as raised:
        Settings.of({"reporting_currency": "cny"})
    told = "\n".join(raised.value.problems)
    assert "GIVING_PROT: there is no such setting" in told
    assert "GIVING_ACCOUNT__LUNCH__MCHID" in told
    assert "reporting_currency" in told


def test_files_that_a_configuration_names_are_looked_for_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "giving.toml"
    place.write_text(
        """data_dir = "data"
data_key_file = "secrets/data_key"
[accounts.lunch]
apiv3_key_file = "secrets/apiv3"
verification_keys_file = { PUB_KEY_ID_1 = "secrets/key.pem" }
""",
        "utf-8",
    )
    values = read_file(place)
    assert values["data_dir"] == str(tmp_path / "data")
    assert values["data_key_file"] == str(tmp_path / "secrets/data_key")
    assert values["accounts"]["lunch"] == {
        "apiv3_key_file": str(tmp_path / "secrets/apiv3"),
        "verification_keys_file": {"PUB_KEY_ID_1": str(tmp_path / "secrets/key.pem")},
    }


@pytest.mark.parametrize(("written", "meant"), [("", "{folder}/var"), ('data_dir = "/srv/giving"', "/srv/giving")])
def test_the_data_lie_beside_the_configuration_unless_a_variable_names_them(
    written: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "giving.toml"
    place.write_text(written, "utf-8")
    assert Settings.load(place).data_dir == Path(meant.format(folder=tmp_path))
    monkeypatch.setenv("GIVING_DATA_DIR", "here")
    assert Settings.load(place).data_dir == Path("here").absolute()


@pytest.mark.parametrize("url", ["redis+cluster://a:1,b:2", "rediss+cluster://user:secret@a", "unix:///run/redis.sock"])
def test_the_ledger_may_be_a_server_or_a_cluster(url: str) -> None:
    assert Settings.of({"ledger_url": url, "ledger_replicas": 2}).ledger_replicas == 2


def test_replicas_need_a_server_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsInvalid, match="ledger_replicas: the private server has none"):
        Settings.of({"ledger_replicas": 1})
    monkeypatch.setenv("GIVING_LEDGER_REPLICAS", "0")
    assert Settings.of({}).ledger_url is None


def test_every_limit_of_clients_may_be_set_in_the_file_and_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {each.name: getattr(Limits(), each.name) + 1 for each in fields(Limits)}
    assert Settings.of({"limits": numbers}).limits == Limits(**numbers)

    monkeypatch.setenv("GIVING_LIMITS__DEPTH", "12")
    assert Settings.of({"limits": {"aliases": 20}}).limits == Limits(depth=12, aliases=20)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"dept": 12}, "limits.dept: "),
        ({"depth": "deep"}, "limits.depth: "),
        ({"depth": 1.5}, "limits.depth: "),
        ({"depth": 0, "cost": -1}, "limits: depth, cost must be above zero"),
        ({"socket_seconds": float("inf")}, "limits: socket_seconds must be above zero"),
        ({"socket_seconds": float("nan")}, "limits: socket_seconds must be above zero"),
        (7, "limits: "),
    ],
)
def test_a_limit_that_is_none_is_told_by_its_path(limits: object, told: str) -> None:
    [problem] = problems({"limits": limits})
    assert problem.startswith(told)
