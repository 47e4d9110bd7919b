"""The settings of an account, declared and read: an application id, and what of JustGiving is followed with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from connectors.justgiving import names, sheet
from connectors.justgiving.names import Kind
from connectors.settings import SettingsReader
from connectors.spec import Secret, Setting, Settings
from schema.model.errors import NotFound, SettingsInvalid

SETTINGS: Final = (
    Setting("app_id", "the application id, from developer.justgiving.com", "secret"),
    Setting("pages", "short names of fundraising pages, such as page/sample, or their addresses", "texts", required=False),
    Setting("teams", "short names of teams", "texts", required=False),
    Setting("campaigns", "short names of campaigns", "texts", required=False),
    Setting(
        "within",
        "for which campaign each page (page/sample) or team (team:sample) raises, by short name, or an empty text for none; "
        "needed beside campaigns, as JustGiving does not tell",
        "table",
        required=False,
    ),
    Setting("base_url", "where the API is", "url", required=False, default=sheet.BASE_URL),
)

_APP_ID: Final = re.compile(r"[!-~]{1,200}", re.ASCII)
_NAMED: Final[tuple[tuple[str, Kind, Callable[[str], str]], ...]] = (
    ("pages", Kind.PAGE, names.page),
    ("teams", Kind.TEAM, names.name),
    ("campaigns", Kind.CAMPAIGN, names.name),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """What is followed: its short name as it was written, and where, such as "entry 2 of pages".

    ``within`` is the native id of the campaign for which it raises, None where it raises for none.
    """

    kind: Kind
    name: str
    place: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Checked settings. ``campaigns`` are by native id: pages, then teams, then campaigns."""

    app_id: Secret
    campaigns: Mapping[str, Followed]
    base_url: str


def read(settings: Settings) -> Account:
    """The account of these settings. Raises SettingsInvalid with every problem at once; none of them quotes a value."""
    reading = SettingsReader(settings)
    app_id = reading.text("app_id", _APP_ID, "is an application id, of printable characters without spaces")
    found: dict[str, Followed] = {}
    for setting, kind, reader in _NAMED:
        found |= _followed(reading, setting, kind, reader)
    if not any(settings.get(setting) for setting, _, _ in _NAMED):
        reading.problems.append("pages: is missing, and so are teams and campaigns: name at least one")
    table = settings.get("within")
    parents = _parents(reading, table if isinstance(table, Mapping) else {}, found)
    base_url = reading.url("base_url", sheet.BASE_URL)
    if reading.problems:
        raise SettingsInvalid(reading.problems)
    campaigns = {native: replace(one, within=parents.get(native)) for native, one in found.items()}
    return Account(Secret(app_id), campaigns, base_url.rstrip("/"))


def _followed(reading: SettingsReader, setting: str, kind: Kind, reader: Callable[[str], str]) -> dict[str, Followed]:
    found: dict[str, Followed] = {}

    def read(text: str) -> None:
        name = reader(text)
        native = names.native(kind, name)
        if native in found:  # one that is there twice would be two campaigns of one sum
            raise ValueError("is there before; letter case makes no other name")
        found[native] = Followed(kind, name, f"entry {len(found) + 1} of {setting}")

    reading.each(setting, read, required=False)
    return found


def _parents(reading: SettingsReader, table: Mapping[str, str], found: Mapping[str, Followed]) -> dict[str, str | None]:
    """The campaign, if any, for which each page or team raises. Beside campaigns each must be there, or a season would count
    its money twice. Without any, what is named may be followed by another account.
    """
    parents: dict[str, str | None] = {}
    campaigns = {native for native, one in found.items() if one.kind is Kind.CAMPAIGN}
    for number, (child, campaign) in enumerate(table.items(), 1):
        try:
            kind, name = names.parsed(child.strip())
            parent = names.native(Kind.CAMPAIGN, names.name(campaign)) if campaign else None
        except (NotFound, ValueError):
            reading.problems.append(f"within: entry {number} is not of the form page/sample or team:sample = a short name")
            continue
        native = names.native(kind, name)
        if kind is Kind.CAMPAIGN or native in parents:
            reading.problems.append(f"within: entry {number} is {'a campaign' if kind is Kind.CAMPAIGN else 'there before'}")
        elif parent is not None and campaigns and parent not in campaigns:
            reading.problems.append(f"within: entry {number} names none of campaigns")
        parents[native] = parent
    silent = [one.place for native, one in found.items() if one.kind is not Kind.CAMPAIGN and native not in parents]
    if campaigns and silent:
        reading.problems.append(
            f"within: says nothing of {', '.join(silent)}. JustGiving does not tell which of them raise for a campaign, and a "
            'season would count their money twice: name the campaign of each, or "" for none'
        )
    return parents
