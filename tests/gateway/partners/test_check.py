"""``connector check``: which connector is meant, what is wrong with it, and the exit code by grade."""

import json
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors.catalog import ENTRY_POINTS
from connectors.spec import CHANGES, CONTRACT_VERSION
from connectors.testing.conformance import RULES
from gateway.partners.new import Names
from gateway.partners.subject import subject
from gateway.registry import Registry
from schema.model.errors import BadUserInput
from tests.gateway.partners.given import connector, spoil, written

PACKAGE = "giving_gateway_acme"
BRONZE = "amounts-are-exact"
SILVER = "receive-is-pure"
OTHERS = [
    (
        "import connectors.nothing_such",
        f"ModuleNotFoundError: No module named 'connectors.nothing_such'. This gateway has contract {CONTRACT_VERSION}",
    ),
    ("import nothing_such", "ModuleNotFoundError: No module named 'nothing_such'\n"),
    ("def (", "SyntaxError: "),
]


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A distribution, and we are in it."""
    target = written(tmp_path, names=Names("acme"))
    monkeypatch.chdir(target)
    return target


def refused(*arguments: str) -> str:
    """What is said where nothing can be checked."""
    result = connector("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr
    return result.stderr


# ------------------------------------------------------------------------------------------------------ which one


@pytest.mark.parametrize("arguments", [(), (".",), ("../giving-gateway-acme",)], ids=str)
def test_a_folder_is_checked_without_being_installed(acme: Path, arguments: tuple[str, ...]) -> None:
    result = connector("check", *arguments, "--rule", BRONZE)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Acme (acme, of giving-gateway-acme)\nbronze: 1 of 1 proven\n")


def test_the_code_may_be_in_src(acme: Path) -> None:
    (acme / "src").mkdir()
    (acme / PACKAGE).rename(acme / "src" / PACKAGE)
    assert connector("check", "--rule", BRONZE).exit_code == 0


def test_an_installed_connector_is_checked_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = connector("check", "tencent_gongyi", "--rule", "money-is-exact")
    assert result.exit_code == 0, result.output
    assert result.stdout.partition("\n")[0].endswith("Tencent Gongyi (tencent_gongyi, of giving-gateway)")


def test_a_connector_from_outside_is_found_by_its_entry_point(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(acme)
    registry = Registry({}, (EntryPoint("acme", f"{PACKAGE}.connector:build", ENTRY_POINTS),))
    registry.sources["acme"] = replace(registry.sources["acme"], address=f"{PACKAGE}:CONNECTOR")
    with subject("acme", registry) as found:
        assert [type(case).__name__ for case in found.cases] == ["AcmeCase"]


def test_a_name_that_nothing_has_is_told_with_what_there_is(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme.parent)
    said = refused("acme")
    assert "there is no connector 'acme' and no folder of that name; installed are alipay, " in said
    assert said.endswith("; to check the folder, name it: giving-gateway-acme\n")


def test_a_folder_without_a_connector_is_told_so(acme: Path) -> None:
    spoil(acme, "pyproject.toml", ('acme = "giving_gateway_acme:CONNECTOR"', ""))
    assert "offers no connector" in refused()
    spoil(acme, "pyproject.toml", (f'"{ENTRY_POINTS}"]', f'"{ENTRY_POINTS}"]\na = "a:A"\nb = "b:B"'))
    assert "offers the connectors a, b: install it, and name one" in refused()
    (acme / "pyproject.toml").write_text("project = [")
    assert "pyproject.toml cannot be read" in refused()
    (acme / "pyproject.toml").unlink()
    assert f"there is no {acme / 'pyproject.toml'}" in refused()


def test_an_entry_point_without_its_package_is_told_so(acme: Path) -> None:
    (acme / PACKAGE).rename(acme / "elsewhere")
    assert f"offers {PACKAGE}:CONNECTOR, and there is no package {PACKAGE} beside it or in src" in refused()


@pytest.mark.parametrize(("line", "said"), OTHERS)
def test_code_that_cannot_be_imported_is_told_so(acme: Path, line: str, said: str) -> None:
    (acme / PACKAGE / "mapping.py").write_text(line)
    assert f"connector acme of giving-gateway-acme cannot be imported: {said}" in refused()


@pytest.mark.parametrize("text", [None, "", "CASES = ()", "CASES = (int,)", "CASES = 7"])
def test_a_connector_without_cases_is_told_how_they_are_made(acme: Path, text: str | None) -> None:
    (acme / PACKAGE / "case.py").unlink()
    if text is not None:
        (acme / PACKAGE / "case.py").write_text(text)
    said = refused()
    assert f"cannot be put on the bench: {PACKAGE}.case must have CASES, a tuple of classes that inherit" in said


def test_a_case_that_cannot_be_imported_is_told_so(acme: Path) -> None:
    (acme / PACKAGE / "case.py").write_text("import nothing_such")
    assert "cannot be put on the bench: ModuleNotFoundError: No module named 'nothing_such'" in refused()


def test_a_folder_is_imported_from_no_longer_than_it_is_checked(acme: Path) -> None:
    before = list(sys.path)
    with subject(str(acme), Registry()):
        assert sys.path[0] == str(acme)
    assert sys.path == before


def test_a_key_wins_over_a_folder_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "twitch").mkdir()
    with subject("twitch", Registry()) as found:
        assert found.owner == "giving-gateway"
    with pytest.raises(BadUserInput, match="there is no"), subject("./twitch", Registry()):
        pass


# ------------------------------------------------------------------------------------------------------ contracts


def test_a_connector_of_an_earlier_contract_is_told_what_to_change(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/__init__.py", (f"contract_version={CONTRACT_VERSION}", "contract_version=1"))
    said = refused()
    written_for = f"connector acme of giving-gateway-acme was written for contract 1, this gateway has {CONTRACT_VERSION}: "
    assert said.startswith(written_for + "install a release of giving-gateway-acme for ")
    assert f"If it is yours, change it: for 2, {CHANGES[2]}" in said
    assert f"then write contract_version={CONTRACT_VERSION} (docs/connectors.md)\n" in said


def test_one_that_asks_of_the_contract_what_is_gone_is_told_what_to_change(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/__init__.py", ("from connectors.spec import", "from connectors.contract import"))
    said = refused()
    assert "cannot be imported: ImportError: cannot import name 'ConnectorSpec' from 'connectors.contract'" in said
    assert f"if for an earlier one, change it: for 2, {CHANGES[2]}" in said


def test_a_connector_of_a_later_contract_wants_a_newer_gateway(acme: Path) -> None:
    later = CONTRACT_VERSION + 1
    spoil(acme, f"{PACKAGE}/__init__.py", (f"contract_version={CONTRACT_VERSION}", f"contract_version={later}"))
    said = refused()
    assert f"was written for contract {later}, this gateway has {CONTRACT_VERSION}: update giving-gateway" in said
    assert "change it" not in said


# ----------------------------------------------------------------------------------------------------- exit codes


def test_a_rule_that_no_rule_is_is_told_with_those_like_it(acme: Path) -> None:
    said = refused("--rule", "amounts-are-exct")
    assert said.startswith("there is no rule 'amounts-are-exct'; did you mean amounts-are-exact")
    assert "leave one of them out" in refused("--rule", BRONZE, "--grade", "gold")


def test_a_broken_rule_is_told_whole_with_the_line_to_read(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/mapping.py", ("donor_name=_shown_name(words)", 'donor_name=words["giver"]["address"]'))
    result = connector("check", "--rule", "no-person-is-in-a-fact", "--rule", BRONZE)
    assert (result.exit_code, result.stderr) == (1, f"1/2 {BRONZE}: held\n2/2 no-person-is-in-a-fact: broken\n")
    line, where = RULES["no-person-is-in-a-fact"].place.rpartition("/")[2], "connectors/testing/conformance"
    [row] = [row for row in result.stdout.splitlines() if row.startswith("  no-person-is-in-a-fact  broken")]
    assert row.endswith(line)
    assert "DonationState.donor_name holds a personal identifier" in result.stdout
    assert RULES["no-person-is-in-a-fact"].says in result.stdout
    assert f"{where}\n" in result.stdout


@pytest.mark.parametrize(("word", "stage"), [("pending", "PENDING"), ("failed", "VOID")])
def test_a_connector_that_counts_what_was_not_paid_is_told_so(acme: Path, word: str, stage: str) -> None:
    spoil(acme, f"{PACKAGE}/mapping.py", (f'"{word}": Stage.{stage}', f'"{word}": Stage.COMPLETED'))
    result = connector("check", "--rule", "unfinished-donations-count-nothing")
    assert result.exit_code == 1
    assert "what is no money is delivered as completed: " in result.stdout


def test_a_grade_that_is_asked_for_and_not_proven_is_told_with_what_is_open(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/quality.toml", ('hidden-amounts-are-none = "every gift shows its amount"\n', ""))
    result = connector("check", "--grade", "silver")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, len(RULES))
    assert "Claimed: bronze. Asked for: silver.\nOpen for silver:\n" in result.stdout
    assert "\n  hidden-amounts-are-none, unproven\n" in result.stdout
    assert "\nMore about one of them: --rule " in result.stdout


def test_a_claim_that_is_not_in_order_proves_nothing(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/quality.toml", ("[exempt]\n", '[exempt]\nno-such-rule = "for a long reason"\n'))
    result = connector("check", "--rule", SILVER)
    assert result.exit_code == 1
    assert (
        "Nothing is proven while quality.toml is not in order:\n  quality.toml: there is no rule 'no-such-rule'"
        in result.stdout
    )


def test_an_exemption_from_what_every_network_keeps_proves_nothing(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/quality.toml", ("[exempt]\n", f'[exempt]\n{BRONZE} = "amounts are not our strength"\n'))
    result = connector("check", "--rule", SILVER)
    assert result.exit_code == 1
    assert f"\n  quality.toml: no network can be exempt from {BRONZE}: it hinges on nothing that a" in result.stdout


def test_a_delivery_that_crashes_is_told_at_once_though_the_network_goes_on_trying(acme: Path) -> None:
    spoil(acme, f"{PACKAGE}/webhook.py", ('event = message.get("event") if', 'event = message["evnt"] if'))
    result = connector("check", "--json", "--rule", BRONZE)
    [rule] = json.loads(result.stdout)["rules"]
    assert rule["found"] == "a delivery crashed: KeyError: 'evnt'"


def test_machines_get_everything_and_nothing_else(acme: Path) -> None:
    result = connector("check", "--json", "--rule", SILVER)
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    [rule] = told.pop("rules")
    assert rule.pop("seconds") > 0
    assert rule == {
        "name": SILVER,
        "says": RULES[SILVER].says,
        "grade": "silver",
        "standing": "held",
        "found": "1 deliveries gave the same again, without a port",
        "read": RULES[SILVER].place,
    }
    assert told == {
        "connector": "acme",
        "name": "Acme",
        "owner": "giving-gateway-acme",
        "contract_version": CONTRACT_VERSION,
        "cases": ["AcmeCase"],
        "passed": True,
        "asked": None,
        "proven": None,
        "claimed": "bronze",
        "problems": [],
        "open": {"bronze": [], "silver": [], "gold": [], "platinum": []},
    }
