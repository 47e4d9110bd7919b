"""Keys that are given, or made once in the data directory: what seals, and what donors' ids are hashed with."""

import base64
import contextlib
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store.peppers import Peppers
from gateway.store.seal import KEY_BYTES, new_data_key
from schema.model.errors import SettingsInvalid


def data_key(settings: Settings) -> bytes:
    """The key of quarantine, archive and tokens.

    Raises SettingsInvalid when it is none, or when a ledger outside has none given. It is made only beside a private ledger:
    several gateways on one ledger must share one.
    """
    return _read(*_given(settings, "data_key", settings.data_key, settings.data_key_file))


def peppers(settings: Settings) -> Peppers:
    """What donors' ids are hashed with, one on each line, the newest first. Otherwise like ``data_key``."""
    name, text = _given(settings, "pepper", settings.pepper, settings.pepper_file)
    return Peppers([_read(name, each) for each in text.split() or [""]])


def _given(settings: Settings, name: str, value: SecretStr | None, file: Path | None) -> tuple[str, str]:
    """Where the text is, and the text."""
    if value is not None:
        return name, value.get_secret_value()
    if file is not None:
        try:
            return f"{name}_file", file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise SettingsInvalid([f"{name}_file: {file} cannot be read"]) from None
    if settings.ledger_url is not None:
        raise SettingsInvalid(
            [f"{name}: is missing; gateways that share a ledger share a key: set {name}_file to 32 random bytes in base64"]
        )
    place = settings.data_dir / name
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not place.exists():
            _make(place)
        return str(place), place.read_text("ascii", "replace")
    except OSError as error:
        raise SettingsInvalid([f"data_dir: {settings.data_dir} cannot be used ({error.strerror})"]) from None


def _make(place: Path) -> None:
    """Whole or not at all, and never in place of one that is there: what it was used for could not be found any more."""
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(new_data_key()) + b"\n")
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another gateway was faster
            os.link(draft, place)
    finally:
        draft.unlink()


def _read(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsInvalid([f"{name}: is not {KEY_BYTES} bytes in base64"])
    return key
