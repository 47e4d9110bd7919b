"""A client that cannot run is not passed over in silence where it matters."""

from pathlib import Path

import pytest

from tests.clients.following import Reader


@pytest.fixture(autouse=True)
def nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize(("program", "named"), [("urql.mjs", "node, npm"), ("event_source.py", "chromium")])
def test_a_missing_program_fails_in_ci_and_skips_elsewhere(program: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"not installed: {named}"):
        Reader(program).demand()

    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=f"not installed: {named}"):
        Reader(program).demand()


def test_a_client_of_python_needs_nothing_more() -> None:
    Reader("python_gql.py").demand()
