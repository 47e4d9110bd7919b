"""The key that seals quarantine and tokens: given by the operator, or made once in the data directory."""

import base64
import contextlib
import os
import secrets
from pathlib import Path

from gateway.settings import Settings
from gateway.store.seal import KEY_BYTES, new_data_key
from schema.model.errors import SettingsInvalid


def data_key(settings: Settings) -> bytes:
    """The key. Raises SettingsInvalid when it is none, or when a ledger outside has none given.

    It is made only beside a private ledger: several gateways on one ledger must share one.
    """
    if settings.data_key is not None:
        return _read("data_key", settings.data_key.get_secret_value())
    if settings.data_key_file is not None:
        try:
            return _read("data_key_file", settings.data_key_file.read_text("ascii"))
        except (OSError, UnicodeDecodeError):
            raise SettingsInvalid([f"data_key_file: {settings.data_key_file} cannot be read"]) from None
    if settings.ledger_url is not None:
        raise SettingsInvalid(
            ["data_key: is missing; gateways that share a ledger share a key: set data_key_file to 32 random bytes in base64"]
        )
    place = settings.data_dir / "data_key"
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not place.exists():
            _make(place)
        return _read(str(place), place.read_text("ascii"))
    except OSError as error:
        raise SettingsInvalid([f"data_dir: {settings.data_dir} cannot be used ({error.strerror})"]) from None


def _make(place: Path) -> None:
    """Whole or not at all, and never in place of one that is there: what it sealed could not be opened any more."""
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(new_data_key()))
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
