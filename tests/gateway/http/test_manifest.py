"""Files of trusted documents as builds of front-ends write them."""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.configuration import read_file
from gateway.examination import examine_settings
from gateway.http.manifest import documents_of, read_manifests
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid

APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": "e0321f6b438bb42c022f633d38c19549", "name": "A", "type": "query", "body": "query A { a }"},
        {"id": "two", "name": "B", "type": "subscription", "body": "subscription B { b }"},
    ],
}  # fmt: skip
RELAY = {"3be4abb81fa595e25eb725b2c6a87508": "query C { c }", "two": "subscription B { b }"}


def written(folder: Path, name: str, content: object) -> Path:
    """A file with this content, which is text or JSON."""
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder / name


def test_the_documents_of_all_files_are_known_by_their_ids(tmp_path: Path) -> None:
    found = read_manifests([written(tmp_path, "a.json", APOLLO), written(tmp_path, "r.json", RELAY)])

    assert {name[:8]: text for name, text in found.items()} == {
        "e0321f6b": "query A { a }",
        "two": "subscription B { b }",
        "3be4abb8": "query C { c }",
    }


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        [],
        "7",
        {"a": 7},
        {"a": ""},
        {"": "query A { a }"},
        {**APOLLO, "version": 2},
        {**APOLLO, "format": "another"},
        {**APOLLO, "operations": {}},
        {**APOLLO, "operations": [{"id": "a"}]},
        {**APOLLO, "operations": ["query A { a }"]},
    ],
    ids=str,
)
def test_a_file_of_another_form_is_named(tmp_path: Path, content: object) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read_manifests([written(tmp_path, "good.json", RELAY), written(tmp_path, "bad.json", content)])
    [problem] = caught.value.problems
    assert problem.startswith("trusted_document_files[1]: ")
    assert "bad.json is neither" in problem


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    clash = written(tmp_path, "clash.json", {"two": "query D { d }"})
    with pytest.raises(SettingsInvalid) as caught:
        read_manifests([written(tmp_path, "r.json", RELAY), clash, tmp_path / "nowhere.json"])
    assert list(caught.value.problems) == [
        "trusted_document_files[1]: two is the id of two documents",
        f"trusted_document_files[2]: {tmp_path / 'nowhere.json'} cannot be read (No such file or directory)",
    ]


def test_files_are_looked_for_beside_the_configuration_and_examined_with_it(tmp_path: Path) -> None:
    written(tmp_path, "r.json", RELAY)
    place = written(tmp_path, "giving.toml", 'only_trusted_documents = true\ntrusted_document_files = ["r.json", "no.json"]')
    settings = Settings.of(read_file(place))

    assert settings.trusted_document_files == (tmp_path / "r.json", tmp_path / "no.json")
    with pytest.raises(SettingsInvalid, match=r"^trusted_document_files\[1\]: .*no\.json cannot be read"):
        examine_settings(settings)


def test_a_list_without_documents_is_a_mistake() -> None:
    with pytest.raises(SettingsInvalid, match="only_trusted_documents: there are none"):
        examine_settings(Settings.of({"only_trusted_documents": True}))


def test_the_documents_of_our_own_page_are_read_as_a_browser_reads_them() -> None:
    script = Path(str(files("gateway.web"))) / "documents.js"
    if shutil.which("node") is None:
        assert os.environ.get("CI") != "true", "node is not installed"
        pytest.skip("node is not installed")
    program = f"import * as told from {json.dumps(script.as_uri())}; console.log(JSON.stringify(told))"
    said = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, check=True, timeout=30)
    exported = json.loads(said.stdout)

    assert exported.items() <= documents_of(script.read_text("utf-8")).items()
    assert len(exported) >= 8
