"""Finding connectors and reading their settings: lazy, read-only and loud."""

import sys
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.catalog import BUILT_IN, ENTRY_POINTS
from connectors.contract import ReadsCampaigns
from connectors.spec import CHANGES, CONTRACT_VERSION, ConnectorSpec, Pace, Secret, Setting
from gateway.registry import Registry, read_settings
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis
from tests.gateway import acme

SETTINGS = (
    Setting("mchid", "the merchant's number"),
    Setting("secret", "what deliveries are signed with", "secret"),
    Setting("keys", "public keys by serial", "table", required=False),
    Setting("scopes", "what is asked for", "texts", required=False),
    Setting("base_url", "where the API is", "url", default="https://api.acme.example"),
    Setting("mode", "direct or partner", default="direct", choices=("direct", "partner")),
)
SPEC = replace(acme.spec(), settings=SETTINGS)
FINDING = replace(SPEC, pace=Pace(poll=timedelta(minutes=1)), basis=Basis.REPORTED, abilities=(ReadsCampaigns,))
RIGHT = {"connector": "acme", "mchid": "1", "secret": "s"}


def installed(monkeypatch: pytest.MonkeyPatch, spec: object = SPEC, key: str = "acme") -> Registry:
    """A registry that knows one connector, found in a module of its own."""
    module = ModuleType("partner_connector")
    module.CONNECTOR = spec  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "partner_connector", module)
    return Registry({key: "partner_connector:CONNECTOR"}, ())


def problems(registry: Registry, accounts: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """What is said of these accounts."""
    with pytest.raises(SettingsInvalid) as caught:
        registry.prepare(accounts)
    return caught.value.problems


def test_listing_imports_nothing() -> None:
    points = (EntryPoint("partner", "no_such_module:CONNECTOR", ENTRY_POINTS),)
    before = set(sys.modules)
    registry = Registry({"acme": "another_absent_module:CONNECTOR"}, points)
    assert sorted(registry.sources) == ["acme", "partner"]
    assert not registry.clashes
    assert set(sys.modules) == before


def test_an_account_of_one_network_imports_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = installed(monkeypatch)
    registry.sources["broken"] = replace(registry.sources["acme"], key="broken", address="no_such_module:CONNECTOR")
    assert list(registry.prepare({"lunch": RIGHT})) == ["lunch"]


def test_our_own_connectors_are_what_the_catalogue_says() -> None:
    registry = Registry(outside=())
    for key in BUILT_IN:
        assert registry.spec(key).key == key


def test_two_owners_of_a_key_stop_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    points = (EntryPoint("acme", "partner_connector:OTHER", ENTRY_POINTS),)
    registry = Registry({"acme": "partner_connector:CONNECTOR"}, points)
    [problem] = problems(registry, {"lunch": RIGHT})
    assert "acme is offered by both giving-gateway and partner_connector:OTHER" in problem
    assert "uninstall one" in problem


@pytest.mark.parametrize("version", [0, CONTRACT_VERSION - 1])
def test_an_earlier_contract_is_refused_with_what_to_change(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = installed(monkeypatch, replace(SPEC, contract_version=version))
    [problem] = problems(registry, {"lunch": RIGHT})
    assert problem.startswith("accounts.lunch.connector: connector acme of giving-gateway was written for contract")
    assert f"install a release of giving-gateway for {CONTRACT_VERSION}. If it is yours, change it: for 2, import" in problem
    assert CHANGES[CONTRACT_VERSION] in problem


def test_a_later_contract_is_refused_with_what_to_update(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = installed(monkeypatch, replace(SPEC, contract_version=CONTRACT_VERSION + 1))
    [problem] = problems(registry, {"lunch": RIGHT})
    assert "update giving-gateway" in problem
    assert "change it" not in problem


def test_a_connector_that_asks_for_what_the_contract_had_is_told_what_to_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "written_for_one.py").write_text("from connectors.contract import ConnectorSpec")
    monkeypatch.syspath_prepend(tmp_path)
    [problem] = problems(Registry({"acme": "written_for_one:CONNECTOR"}, ()), {"lunch": RIGHT})
    assert "cannot be imported: ImportError: cannot import name 'ConnectorSpec' from 'connectors.contract'" in problem
    assert CHANGES[2] in problem


@pytest.mark.parametrize("spec", [None, "text", object(), ConnectorSpec])
def test_what_is_no_connector_is_refused(spec: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is no ConnectorSpec of that key" in problems(installed(monkeypatch, spec), {"lunch": RIGHT})[0]


def test_a_connector_under_another_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = installed(monkeypatch, SPEC, "acne")
    assert "is no ConnectorSpec of that key" in problems(registry, {"lunch": {**RIGHT, "connector": "acne"}})[0]


@pytest.mark.parametrize("address", ["no_such_module:CONNECTOR", "partner_connector:ABSENT", "partner_connector"])
def test_a_connector_that_cannot_be_imported_is_named(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    [problem] = problems(Registry({"acme": address}, ()), {"lunch": RIGHT})
    assert problem.startswith("accounts.lunch.connector: connector acme of giving-gateway cannot be imported")


def test_all_problems_of_all_accounts_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s\n")
    accounts: dict[str, dict[str, Any]] = {
        "Lunch!": dict(RIGHT),
        "nothing": {},
        "unknown": {"connector": "acne"},
        "several": {
            "connector": "acme",
            "mchidd": "1",
            "secret": "s",
            "secret_file": str(tmp_path / "secret"),
            "keys_file": {"a": str(tmp_path / "absent")},
            "scopes": "read",
            "base_url": "api.acme.example",
            "mode": "both",
        },
        "types": {**RIGHT, "mchid": 7, "keys": {"a": 1}, "scopes": ["a", 1], "base_url": "http://[::1", "secret_file": "x\0y"},
        "empty": {**RIGHT, "mchid": ""},
    }
    assert problems(installed(monkeypatch), accounts) == (
        "accounts.Lunch!: a name has lower case letters, digits and _ only",
        "accounts.nothing.connector: is missing; it names the network, such as wechat_pay",
        "accounts.unknown.connector: there is no connector 'acne'; installed are acme",
        "accounts.several.mchidd: acme has no such setting",
        "accounts.several.mchid: is missing: the merchant's number",
        "accounts.several.secret: is given twice, here and as secret_file",
        "accounts.several.keys: its file cannot be read (FileNotFoundError)",
        "accounts.several.scopes: is a list of texts",
        "accounts.several.base_url: is an absolute address",
        "accounts.several.mode: is one of direct, partner",
        "accounts.types.mchid: is a text that is not empty",
        "accounts.types.secret: is given twice, here and as secret_file",
        "accounts.types.keys: is a table of texts",
        "accounts.types.scopes: is a list of texts",
        "accounts.types.base_url: is an absolute address",
        "accounts.empty.mchid: is a text that is not empty",
    )


@pytest.mark.parametrize("change", [{"abilities": ()}, {"pace": Pace()}, {"basis": Basis.COUNTED}], ids=str)
def test_where_no_total_of_a_single_campaign_can_be_asked_for_at_a_pace_none_is_looked_up(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = installed(monkeypatch, replace(FINDING, **change))
    told = ("accounts.lunch.lookup: acme cannot be asked for the total of a single campaign",)
    assert problems(registry, {"lunch": {**RIGHT, "lookup": "true"}}) == told
    assert registry.prepare({"lunch": {**RIGHT, "lookup": False}})


def test_elsewhere_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed(monkeypatch, FINDING).prepare({"lunch": {**RIGHT, "lookup": True}})


def test_values_arrive_by_their_names_with_defaults_and_secrets_that_do_not_print() -> None:
    values, wrong = read_settings(SPEC, {**RIGHT, "scopes": ["read", "write"], "general": "other"})
    assert wrong == []
    secret = values.pop("secret")
    assert isinstance(secret, Secret)
    assert secret.reveal() == "s"
    assert repr(secret) == f"{secret}" == "***"
    assert values == {
        "mchid": "1",
        "keys": None,
        "scopes": ("read", "write"),
        "base_url": "https://api.acme.example",
        "mode": "direct",
    }


def test_secrets_and_tables_are_read_from_files_without_the_last_line_end(tmp_path: Path) -> None:
    for name in ("secret", "first", "second"):
        (tmp_path / name).write_text(f"{name}-text\n")
    raw = {
        "mchid": "1",
        "secret_file": str(tmp_path / "secret"),
        "keys_file": {"A1": str(tmp_path / "first"), "B2": tmp_path / "second"},
    }
    values, wrong = read_settings(SPEC, raw)
    assert wrong == []
    assert isinstance(values["secret"], Secret)
    assert values["secret"].reveal() == "secret-text"
    assert values["keys"] == {"A1": "first-text", "B2": "second-text"}


@pytest.mark.parametrize("named", ["", "x\0y", 7, ["a"], "."])
def test_a_file_that_cannot_be_read_is_a_problem_and_no_fault(named: object, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    for value in (named, str(tmp_path / "bytes")):
        _, wrong = read_settings(SPEC, {"mchid": "1", "secret_file": value})
        assert wrong[0].startswith("secret: its file cannot be read")


def test_only_secrets_and_tables_come_from_files(tmp_path: Path) -> None:
    _, wrong = read_settings(SPEC, {**RIGHT, "base_url_file": str(tmp_path)})
    assert wrong == ["base_url_file: acme has no such setting"]


def test_what_a_connector_finds_wrong_when_it_is_built_has_the_accounts_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_settings: object, _ports: object) -> object:
        raise SettingsInvalid(["secret: is no key", "mchid: has letters"])

    prepared = installed(monkeypatch, replace(SPEC, build=build)).prepare({"lunch": RIGHT})
    with pytest.raises(SettingsInvalid) as caught:
        prepared["lunch"].build(None)  # type: ignore[arg-type]
    assert caught.value.problems == ("accounts.lunch.secret: is no key", "accounts.lunch.mchid: has letters")
