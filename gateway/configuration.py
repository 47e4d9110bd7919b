"""What the file and the environment say, before any of it is looked at."""

import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from schema.model.errors import SettingsInvalid

PREFIX: Final = "GIVING_"
NAMED_BY: Final = "GIVING_CONFIG"
USUAL: Final = Path("giving.toml")
DATA: Final = "var"


def file_of(path: Path | None = None) -> Path | None:
    """The file at ``path`` or ``GIVING_CONFIG``, or ``giving.toml`` where there is one."""
    named = path or (Path(os.environ[NAMED_BY]) if NAMED_BY in os.environ else None)
    return named or (USUAL if USUAL.is_file() else None)


def read_file(path: Path | None = None) -> dict[str, Any]:
    """The content of that file.

    Files that it names (``*_file``, ``*_files``) and the data directory, named or not, are beside it: from any folder it means
    the same ledger. Raises SettingsInvalid when a named file is missing or is no TOML.
    """
    place = file_of(path)
    if place is None:
        return {}
    if not place.is_file():
        raise SettingsInvalid([f"{place}: there is no such file ({NAMED_BY} names the configuration)"])
    try:
        values = tomllib.loads(place.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise SettingsInvalid([f"{place}: cannot be read as TOML: {error}"]) from None
    return {name: _beside(place.absolute().parent, name, value) for name, value in ({"data_dir": DATA} | values).items()}


def _beside(folder: Path, name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _beside(folder, name if name.endswith("_file") else key, item) for key, item in value.items()}
    if name.endswith("_files") and isinstance(value, list):
        return [str(folder / item) if isinstance(item, str) else item for item in value]
    return str(folder / value) if (name.endswith("_file") or name == "data_dir") and isinstance(value, str) else value


def surplus_variables(settings: Collection[str]) -> list[str]:
    """Variables that look like a setting and are none: a misspelt one would be ignored in silence."""
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX)
        and name.upper() != NAMED_BY
        and name.upper().removeprefix(PREFIX).split("__")[0].lower() not in settings
    )
