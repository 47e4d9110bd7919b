"""The settings of an account, declared and read: how this organisation's files are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from connectors.spec import Setting, Settings, SettingValue
from connectors.tencent_gongyi.sheet import COLUMNS, STATUSES, Status
from schema.model.errors import SettingsInvalid

ENCODINGS: Final = ("utf-8-sig", "gb18030")
UNITS: Final = ("yuan", "fen")
DELIMITERS: Final = (",", ";", "\t")

SETTINGS: Final = (
    Setting(
        "columns",
        f"how the export heads its columns, by our names for them: {', '.join(COLUMNS)}; default: as these names",
        kind="table",
        required=False,
    ),
    Setting(
        "statuses",
        f"what further words in the status column mean: {', '.join(Status)}",
        kind="table",
        required=False,
    ),
    Setting("encoding", "how the file is encoded", required=False, default="utf-8-sig", choices=ENCODINGS),
    Setting("amount_unit", "what amounts of an export are counted in", required=False, default="yuan", choices=UNITS),
    Setting("delimiter", "what stands between the values of a row", required=False, default=",", choices=DELIMITERS),
)


@dataclass(frozen=True, slots=True)
class Account:
    """``columns`` are headings by our names, ``named`` those of them that the account gave itself. Words in lower case."""

    columns: Mapping[str, str]
    named: frozenset[str]
    statuses: Mapping[str, Status]
    encoding: str
    in_fen: bool
    delimiter: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once."""
        columns, statuses = _table(settings.get("columns")), _table(settings.get("statuses"))
        problems = [f"columns.{name[:40]!r}: is none of {', '.join(COLUMNS)}" for name in columns if name not in COLUMNS]
        headings = [heading.strip() for heading in {**COLUMNS, **columns}.values()]
        problems += [f"columns.{name}: is empty" for name, heading in columns.items() if not heading.strip()]
        if twice := sorted({heading for heading in headings if heading and headings.count(heading) > 1}):
            problems.append(f"columns: {', '.join(map(repr, twice))} stands for two things")
        problems += [
            f"statuses.{word[:40]!r}: is none of {', '.join(Status)}"
            for word, status in statuses.items()
            if status not in list(Status)
        ]
        for name, choices in (("encoding", ENCODINGS), ("amount_unit", UNITS), ("delimiter", DELIMITERS)):
            if settings.get(name) not in choices:
                problems.append(f"{name}: is one of {', '.join(map(repr, choices))}")
        if problems:
            raise SettingsInvalid(problems)
        return cls(
            columns={name: heading.strip() for name, heading in {**COLUMNS, **columns}.items()},
            named=frozenset(columns),
            statuses={**STATUSES, **{word.strip().lower(): Status(status) for word, status in statuses.items()}},
            encoding=str(settings["encoding"]),
            in_fen=settings["amount_unit"] == "fen",
            delimiter=str(settings["delimiter"]),
        )


def _table(value: SettingValue) -> Mapping[str, str]:
    return value if isinstance(value, Mapping) else {}
