"""The keys of the gateway: given, or made once and never again."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from gateway.settings import Settings
from gateway.store.key_file import data_key, peppers
from gateway.store.peppers import Peppers
from schema.model.errors import SettingsInvalid

KEY = bytes(range(32))
TEXT = base64.b64encode(KEY).decode()


def settings(folder: Path, **values: Any) -> Settings:
    """A configuration with a data directory of its own."""
    return Settings.of({"data_dir": folder / "var", **values})


def test_a_key_that_is_given_is_taken(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(TEXT + "\n")
    assert data_key(settings(tmp_path, data_key=TEXT)) == KEY
    assert data_key(settings(tmp_path, data_key_file=tmp_path / "key")) == KEY
    assert data_key(settings(tmp_path, data_key=TEXT, ledger_url="redis://redis.example")) == KEY
    assert not (tmp_path / "var").exists()


def test_beside_a_private_ledger_it_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = data_key(settings(tmp_path))
    assert len(first) == 32
    assert data_key(settings(tmp_path)) == first
    place = tmp_path / "var" / "data_key"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in place.parent.iterdir()] == ["data_key"]


def test_gateways_that_start_together_get_one_key(tmp_path: Path) -> None:
    many, start = 8, Barrier(8)

    def begin(_: int) -> bytes:
        start.wait(10)
        return data_key(settings(tmp_path))

    with ThreadPoolExecutor(many) as threads:
        assert len(set(threads.map(begin, range(many)))) == 1
    assert [entry.name for entry in (tmp_path / "var").iterdir()] == ["data_key"]


def test_a_ledger_outside_needs_a_key_that_is_shared(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="data_key: is missing; gateways that share a ledger share a key"):
        data_key(settings(tmp_path, ledger_url="redis://redis.example"))
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("text", ["", "short", TEXT[:-4], TEXT + "AAAA", "é" * 44, "*" * 44])
def test_what_is_no_key_is_named_and_not_quoted(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text)
    for given in ({"data_key": text}, {"data_key_file": tmp_path / "key"}):
        with pytest.raises(SettingsInvalid) as caught:
            data_key(settings(tmp_path, **given))
        assert caught.value.problems[0].startswith("data_key")
        assert text == "" or text not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"data_key_file: .*absent cannot be read"):
        data_key(settings(tmp_path, data_key_file=tmp_path / "absent"))


def test_a_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(SettingsInvalid, match=r"data_dir: .*var cannot be used"):
        data_key(settings(tmp_path))


def test_a_spoiled_key_is_never_replaced(tmp_path: Path) -> None:
    data_key(settings(tmp_path))
    place = tmp_path / "var" / "data_key"
    place.write_text("spoiled")
    with pytest.raises(SettingsInvalid, match="is not 32 bytes in base64"):
        data_key(settings(tmp_path))
    assert place.read_text() == "spoiled"


def known(found: Peppers) -> tuple[bytes, ...]:
    """How somebody is known."""
    return found.keys("twitch", "900100777")


def test_peppers_stand_on_lines_of_their_own_and_the_first_is_the_newest(tmp_path: Path) -> None:
    newest = bytes(reversed(KEY))
    text = f"{base64.b64encode(newest).decode()}\n{TEXT}\n"
    (tmp_path / "peppers").write_text(text)

    for given in ({"pepper": text}, {"pepper_file": tmp_path / "peppers"}, {"pepper": text.replace("\n", " ")}):
        assert known(peppers(settings(tmp_path, **given))) == known(Peppers([newest, KEY]))
    assert not (tmp_path / "var").exists()


def test_beside_a_private_ledger_a_pepper_is_made_once_and_may_be_added_to(tmp_path: Path) -> None:
    first = known(peppers(settings(tmp_path)))
    place = tmp_path / "var" / "pepper"
    assert known(peppers(settings(tmp_path))) == first
    assert stat.S_IMODE(place.stat().st_mode) == 0o600

    place.write_text(TEXT + "\n" + place.read_text())
    assert known(peppers(settings(tmp_path))) == (*known(Peppers([KEY])), *first)


def test_a_ledger_outside_needs_a_pepper_that_is_shared(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="pepper: is missing; gateways that share a ledger share a key: set pepper_file"):
        peppers(settings(tmp_path, ledger_url="redis://redis.example"))


@pytest.mark.parametrize("text", ["", " \n", "short", f"{TEXT}\nshort", f"{TEXT}{TEXT}"])
def test_what_is_no_pepper_is_named_and_not_quoted(text: str, tmp_path: Path) -> None:
    (tmp_path / "peppers").write_text(text)
    for given in ({"pepper": text}, {"pepper_file": tmp_path / "peppers"}):
        with pytest.raises(SettingsInvalid, match=r"^pepper(_file)?: is not 32 bytes in base64$") as caught:
            peppers(settings(tmp_path, **given))
        assert TEXT not in str(caught.value)
