"""``connector new``: what is written and said, and what is refused before anything is written."""

import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors.catalog import ENTRY_POINTS
from connectors.spec import CONTRACT_VERSION
from gateway.partners.new import Amounts, Names, Shape, Signed, Total, free_place, rendered, write
from gateway.registry import Registry
from schema.model.errors import BadUserInput
from tests.gateway.partners.given import SHAPES, connector, named


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_was_written_is_told_with_the_two_commands_that_come_next() -> None:
    result = connector("new", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    first, *_, one, other = result.stdout.splitlines()
    assert first == "giving-gateway-acme is written. Its network is made up: pushes (hmac), totals reported, amounts decimal."
    assert (one.strip(), other.strip()) == ("cd giving-gateway-acme && pytest", "giving-gateway connector check")


def test_a_distribution_is_complete() -> None:
    connector("new", "reef_watch")
    project = Path("giving-gateway-reef-watch")
    assert sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()) == [
        ".github/workflows/ci.yml",
        ".gitignore",
        "README.md",
        *(f"giving_gateway_reef_watch/{name}" for name in ("README.md", "__init__.py", "case.py", "connector.py")),
        *(f"giving_gateway_reef_watch/emulator/{name}" for name in ("__init__.py", "network.py", "pushing.py", "state.py")),
        *(f"giving_gateway_reef_watch/{name}" for name in ("mapping.py", "py.typed", "quality.toml")),
        *(f"giving_gateway_reef_watch/{name}" for name in ("settings.py", "webhook.py")),
        "pyproject.toml",
        *(f"tests/{name}" for name in ("__init__.py", "samples/drive.json", "samples/gift.json")),
        *(f"tests/{name}" for name in ("test_conformance.py", "test_mapping.py")),
    ]
    told = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    assert told["project"]["dependencies"] == ["giving-gateway"]
    assert told["project"]["entry-points"][ENTRY_POINTS] == {"reef_watch": "giving_gateway_reef_watch:CONNECTOR"}


def test_what_is_polled_has_no_webhook() -> None:
    assert connector("new", "acme", "--polled", "--total", "counted", "--amounts", "minor", "--into", ".").exit_code == 0
    assert list(Path("giving-gateway-acme").rglob("*push*")) == []
    assert list(Path("giving-gateway-acme").rglob("webhook.py")) == []


def test_the_options_make_the_shape_and_a_signature_means_that_it_pushes() -> None:
    first = connector("new", "acme", "--signed", "rsa", "--total", "counted", "--amounts", "minor").stdout
    assert "pushes (rsa), totals counted, amounts minor." in first
    assert "polled, totals reported, amounts decimal." in connector("new", "reef", "--polled").stdout


def test_it_is_written_where_it_is_wanted() -> None:
    Path("some where").mkdir()
    result = connector("new", "acme", "--into", "some where")
    assert "cd 'some where/giving-gateway-acme' && pytest" in result.stdout
    assert Path("some where/giving-gateway-acme/pyproject.toml").is_file()


@pytest.mark.parametrize(
    "name", ["Acme", "1acme", "acme-co", "acme_", "_acme", "a__b", "", "ácme", "a" * 33, "../up", "acme\n"]
)
def test_what_cannot_be_a_key_is_refused(name: str) -> None:
    result = connector("new", "--", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be the name of a connector" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["none", "true", "account", "connector"])
def test_a_name_whose_class_would_be_something_else_is_refused(name: str) -> None:
    result = connector("new", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"its class would be called {name.capitalize()}, which is taken" in " ".join(result.stderr.split())


def test_a_name_that_is_taken_is_refused_by_its_owner() -> None:
    assert "there is a connector twitch already, of giving-gateway" in connector("new", "twitch").stderr
    registry = Registry({}, (EntryPoint("acme", "giving_gateway_acme:CONNECTOR", ENTRY_POINTS),))
    with pytest.raises(BadUserInput, match="acme already, of giving_gateway_acme:CONNECTOR"):
        free_place(Names("acme"), Path(), registry)


def test_what_is_there_already_stays_as_it_is() -> None:
    Path("giving-gateway-acme").mkdir()
    result = connector("new", "acme")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "giving-gateway-acme is there already" in result.stderr
    assert list(Path("giving-gateway-acme").iterdir()) == []


def test_a_folder_that_is_none_is_refused() -> None:
    Path("file").write_text("")
    for into in ("nowhere", "file"):
        assert f"there is no folder {into}" in connector("new", "acme", "--into", into).stderr


def test_where_it_cannot_be_written_nothing_is_half_written(tmp_path: Path) -> None:
    target = tmp_path / "giving-gateway-acme"
    target.mkdir()
    (target / "kept").write_text("")  # somebody else was there in between
    with pytest.raises(BadUserInput, match="cannot be written"):
        write(Names("acme"), Shape(), target)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == [
        "giving-gateway-acme",
        "giving-gateway-acme/kept",
    ]


def test_a_shape_that_there_is_not_is_refused() -> None:
    result = connector("new", "acme", "--polled", "--signed", "rsa")
    assert (result.exit_code, "--signed is for a network that sends webhooks" in result.stderr) == (2, True)
    assert connector("new", "acme", "--signed", "md5").exit_code == 2


def test_without_jinja_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = connector("new", "acme")
    assert (result.exit_code, result.stderr) == (2, 'The templates need Jinja: pip install "giving-gateway[testing]"\n')
    assert list(Path().iterdir()) == []


def test_names_are_made_from_the_key() -> None:
    names = Names("reef_watch2")
    assert (names.title, names.package) == ("Reef Watch2", "giving_gateway_reef_watch2")
    assert names.distribution == "giving-gateway-reef-watch2"


def test_there_are_twelve_shapes() -> None:
    assert len(set(SHAPES)) == 12
    assert Shape() == Shape(Signed.HMAC, Total.REPORTED, Amounts.DECIMAL)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_written_names_its_contract_and_leaves_no_traces_of_the_template(shape: Shape) -> None:
    files = rendered(named(shape), shape)
    texts = "\n".join(files.values())
    assert f"contract_version={CONTRACT_VERSION}," in files[f"{named(shape).package}/__init__.py"]
    for trace in ("{{", "{%", "}}}", "jinja", "TODO", "\n\n\n\n", " \n"):
        assert trace not in texts, trace
