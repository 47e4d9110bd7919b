"""The settings of an account, declared and read: an application id, and what of JustGiving is followed with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connectors.justgiving import names, sheet
from connectors.justgiving.names import Kind
from connectors.settings import SettingsReader
from connectors.spec import Secret, Setting, Settings
from schema.model.errors import SettingsInvalid

SETTINGS: Final = (
    Setting("app_id", "the application id, from developer.justgiving.com", "secret"),
    Setting("pages", "short names of fundraising pages, such as page/sample, or their addresses", "texts", required=False),
    Setting("teams", "short names of teams", "texts", required=False),
    Setting("campaigns", "short names of campaigns", "texts", required=False),
    Setting("base_url", "where the API is", "url", required=False, default=sheet.BASE_URL),
)

_APP_ID: Final = re.compile(r"[!-~]{1,200}", re.ASCII)
_NAMED: Final[tuple[tuple[str, Kind, Callable[[str], str]], ...]] = (
    ("pages", Kind.PAGE, names.page),
    ("teams", Kind.TEAM, names.name),
    ("campaigns", Kind.CAMPAIGN, names.name),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Checked settings. ``campaigns`` are native ids, each once: pages, then teams, then campaigns."""

    app_id: Secret
    campaigns: tuple[str, ...]
    base_url: str


def read(settings: Settings) -> Account:
    """The account of these settings. Raises SettingsInvalid with every problem at once; none of them quotes a value."""
    reading = SettingsReader(settings)
    app_id = reading.text("app_id", _APP_ID, "is an application id, of printable characters without spaces")
    listed = [
        names.native(kind, name) for setting, kind, reader in _NAMED for name in reading.each(setting, reader, required=False)
    ]
    if not any(settings.get(setting) for setting, _, _ in _NAMED):
        reading.problems.append("pages: is missing, and so are teams and campaigns: name at least one")
    base_url = reading.url("base_url", sheet.BASE_URL)
    if reading.problems:
        raise SettingsInvalid(reading.problems)
    return Account(Secret(app_id), tuple(dict.fromkeys(listed)), base_url.rstrip("/"))
