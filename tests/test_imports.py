"""Imports go one way, and the machine that says so objects when they do not."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
TREES = ("schema", "connectors", "gateway")
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
NO_IO = "Connectors do no I/O and do not know the GraphQL face"
APART = "One network never imports another"
EXECUTION = "schema.execution knows graphql-core and nothing of ours"
DEMO_ONLY = "Emulators run in the demo only"

# contract, module to spoil, the import that it forbids
PLANTS = [
    ("Imports go one way", "schema/model/money.py", "import connectors.contract"),
    ("Imports go one way", "schema/model/money.py", "import gateway"),
    ("Imports go one way", "connectors/contract.py", "import gateway"),
    ("schema.model knows the standard library and the currency table", "schema/model/money.py", "import pydantic"),
    ("schema.model knows the standard library and the currency table", "schema/model/facts.py", "import schema.api"),
    (EXECUTION, "schema/execution/plan.py", "import strawberry"),
    (EXECUTION, "schema/execution/waiting.py", "import schema.model.money"),
    (NO_IO, "connectors/contract.py", "import aiohttp"),
    (NO_IO, "connectors/twitch/mapping.py", "import redis"),
    (NO_IO, "connectors/wechat_pay/webhook.py", "import connectors.testing.fakes"),
    (APART, "connectors/twitch/mapping.py", "import connectors.wechat_pay.mapping"),
    ("Frames and answers are made from what is read, never from the store", "gateway/live/__init__.py", "import gateway.store"),
    (DEMO_ONLY, "gateway/intake/__init__.py", "import connectors.twitch.emulator"),
]


def contract_named(name: str) -> dict[str, Any]:
    """A contract as it stands in pyproject.toml."""
    (found,) = [contract for contract in LINTER["contracts"] if contract["name"] == name]
    return dict(found)


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Runs the linter in a tree, on the packages of that tree."""
    program = shutil.which("lint-imports", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "import-linter is not installed"
    return subprocess.run([program, "--no-cache"], cwd=tree, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the three packages and of the contracts."""
    for name in TREES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    found = lint(ROOT)

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(("contract", "module", "bad"), PLANTS, ids=lambda text: text)
def test_a_planted_import_breaks_its_contract(tree: Path, contract: str, module: str, bad: str) -> None:
    with (tree / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{bad}\n")

    found = lint(tree)

    assert found.returncode == 1, found.stdout
    assert f"{contract} BROKEN" in " ".join(found.stdout.split())


def test_every_contract_has_been_seen_to_object() -> None:
    assert {contract["name"] for contract in LINTER["contracts"]} == {contract for contract, _, _ in PLANTS}


def test_every_module_of_a_connector_but_its_emulator_and_case_is_under_the_contract() -> None:
    patterns = [pattern.split(".") for pattern in contract_named(NO_IO)["source_modules"]]
    modules = [path.relative_to(ROOT).with_suffix("").parts for path in (ROOT / "connectors").rglob("*.py")]

    def free(parts: tuple[str, ...]) -> bool:
        return parts[-1] in ("__init__", "case") or parts[1] == "testing" or "emulator" in parts

    def under(parts: tuple[str, ...]) -> bool:
        return any(len(pattern) <= len(parts) and all(map(fnmatchcase, parts[: len(pattern)], pattern)) for pattern in patterns)

    assert sorted(".".join(parts) for parts in modules if not free(parts) and not under(parts)) == []


def test_every_network_is_in_the_contracts_about_networks() -> None:
    networks = {path.parent.name for path in (ROOT / "connectors").glob("*/connector.py")}

    assert {f"connectors.{name}" for name in networks} <= set(contract_named(APART)["modules"])
    assert {f"connectors.{name}.emulator" for name in networks} <= set(contract_named(DEMO_ONLY)["forbidden_modules"])


@pytest.mark.parametrize("name", TREES)
def test_each_package_is_the_one_of_this_checkout(name: str) -> None:
    # ``schema`` is also the name of an unrelated package on the index
    found: Any = importlib.util.find_spec(name)

    assert Path(found.origin) == ROOT / name / "__init__.py"
