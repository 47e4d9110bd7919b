"""The command line as a newcomer reads it: what is said, and with which exit code."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from connectors.catalog import BUILT_IN
from gateway import VERSION, cli, registry
from gateway.commands.terminal import BAD_SETTINGS
from schema.api.printed import printed

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-9c2e"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("GIVING_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    structlog.reset_defaults()  # serve sets up the logs of the whole process


def run(*arguments: str, **variables: str) -> Result:
    """One command."""
    return CliRunner().invoke(cli.app, list(arguments), env={"COLUMNS": "120", **variables})


def wrote(text: str) -> None:
    """A configuration where the command looks for it."""
    Path("giving.toml").write_text(text)


def test_help_names_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("serve", "demo", "check", "connectors", "import", "erase", "quarantine", "books", "schema"):
        assert f"  {command} " in result.stdout


def test_without_a_command_help_is_shown_and_a_wrong_one_is_named() -> None:
    assert "Usage:" in run().output
    wrong = run("srve")
    assert wrong.exit_code == 2
    assert "No such command 'srve'" in wrong.stderr


def test_the_version_is_told() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"giving-gateway {VERSION}\n")


def test_the_schema_is_printed_as_it_is() -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert result.stdout == printed()


def test_connectors_lists_every_network_with_its_settings() -> None:
    result = run("connectors")
    assert result.exit_code == 0
    for key in BUILT_IN:
        assert f"({key}, from giving-gateway)" in result.stdout
    assert "mchid" in result.stdout
    assert "required" in result.stdout


def test_connectors_for_machines_is_json_and_nothing_else() -> None:
    listing = json.loads(run("connectors", "--json").stdout)
    assert [entry["key"] for entry in listing] == sorted(BUILT_IN)
    [wechat] = [entry for entry in listing if entry["key"] == "wechat_pay"]
    assert "ReceivesDeliveries" in wechat["abilities"]
    assert {"name", "kind", "required", "help"} == set(wechat["settings"][0])


def test_a_connector_that_cannot_be_imported_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*, group: str) -> tuple[EntryPoint, ...]:
        return (EntryPoint("acme", "no_such_module:CONNECTOR", group),)

    monkeypatch.setattr(registry, "entry_points", broken)
    result = run("connectors")
    assert result.exit_code == BAD_SETTINGS
    assert "connector acme of no_such_module:CONNECTOR cannot be imported" in result.stderr
    assert "Traceback" not in result.output


def test_check_says_that_all_is_well() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "The configuration is good: 0 accounts, 0 campaigns.\n")


def test_check_tells_the_problems_of_the_file_and_of_the_accounts_at_once() -> None:
    wrote(
        f"""
        port = 70000
        [accounts.lunch]
        connector = "wechat_pay"
        apiv3_key = "{CANARY}"
        general = "nowhere"
        [accounts.reef]
        connector = "twich"
        [[campaigns]]
        platform = "wechat_pay"
        id = "lunch"
        title = "Lunch"
        currency = "RMB"
        """
    )
    result = run("check")
    assert result.exit_code == BAD_SETTINGS
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == f"The configuration has {len(lines) - 1} problems:"
    paths = [line.split(":")[0].strip() for line in lines[1:]]
    assert {"port", "accounts.lunch.general", "campaigns[0].currency", "accounts.lunch.mchid"} <= set(paths)
    assert any("there is no connector 'twich'; installed are" in line for line in lines)
    assert len(set(lines)) == len(lines)
    assert CANARY not in result.output


def test_check_tells_what_a_connector_finds_wrong_in_its_settings() -> None:
    wrote(
        """
        [accounts.lunch]
        connector = "wechat_pay"
        mchid = "not a number!"
        apiv3_key = "short"
        merchant_key = "no PEM"
        merchant_serial = "5157F09E"
        """
    )
    result = run("check")
    assert result.exit_code == BAD_SETTINGS
    for name in ("mchid", "apiv3_key", "merchant_key"):
        assert f"  accounts.lunch.{name}: " in result.stderr
    assert "no PEM" not in result.output


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_configuration_that_is_not_there_is_one_sentence(command: str) -> None:
    for result in (run(command, "--config", "absent.toml"), run(command, GIVING_CONFIG="absent.toml")):
        assert result.exit_code == BAD_SETTINGS
        assert result.stderr == (
            "The configuration has a problem:\n  absent.toml: there is no such file (GIVING_CONFIG names the configuration)\n"
        )


def test_serve_says_when_its_address_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", GIVING_PORT=str(port))
    assert result.exit_code == BAD_SETTINGS
    assert f"port: 127.0.0.1:{port} cannot be listened on (Address already in use)" in result.stderr


def test_serve_says_what_a_ledger_outside_needs() -> None:
    nowhere = {"GIVING_PORT": "0", "GIVING_LEDGER_URL": f"redis://:{CANARY}@127.0.0.1:1"}
    keyless = run("serve", **nowhere)
    assert keyless.exit_code == BAD_SETTINGS
    assert "  data_key: is missing;" in keyless.stderr
    unreachable = run("serve", GIVING_DATA_KEY="a" * 43 + "=", GIVING_PEPPER="a" * 43 + "=", **nowhere)
    assert unreachable.exit_code == BAD_SETTINGS
    assert "ledger_url: no Redis server answers there" in unreachable.stderr
    assert CANARY not in keyless.output + unreachable.output


def test_the_package_runs_like_the_command() -> None:
    command = [sys.executable, "-m", "gateway", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=30, check=True)
    assert result.stdout == f"giving-gateway {VERSION}\n"
