"""Files stay small enough to be read in one go."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST = 300
WRITTEN = {".py", ".lua", ".js", ".css", ".html"}


def too_long(folder: Path) -> list[str]:
    """The files by hand under a folder that have more lines than a reader should have to hold."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in WRITTEN and path.is_file())
    counted = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    return [f"{path.relative_to(folder.parent)}: {lines}" for path, lines in counted.items() if lines > MOST]


@pytest.mark.parametrize("name", ["schema", "connectors", "gateway"])
def test_no_file_is_longer_than_300_lines(name: str) -> None:
    assert too_long(ROOT / name) == []


def test_a_file_with_one_line_more_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    folder.mkdir()
    (folder / "enough.py").write_text("pass\n" * MOST)
    (folder / "more.py").write_text("pass\n" * (MOST + 1))

    assert too_long(folder) == ["gateway/more.py: 301"]
