"""The settings of an account, declared and read."""

import re
from dataclasses import dataclass
from typing import Final, Self

from connectors.settings import SettingsReader
from connectors.spec import Secret, Setting, Settings
from schema.model.errors import SettingsInvalid

BASE_URL: Final = "https://well.example/api"

SETTINGS: Final = (
    Setting("member", "the number of the association, as on its letters, such as A1234"),
    Setting("pass_phrase", "what the association reads its books with", kind="secret"),
    Setting("base_url", "where the API is", kind="url", required=False, default=BASE_URL),
)

_MEMBER: Final = re.compile(r"[A-Z][0-9]{4}", re.ASCII)
_PHRASE: Final = re.compile(r"[!-~]{12,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """One association's settings, checked. ``base_url`` has no slash at the end."""

    member: str
    pass_phrase: Secret
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once; none of them quotes a value."""
        reading = SettingsReader(settings)
        member = reading.text("member", _MEMBER, "is a capital letter and four digits")
        phrase = reading.text("pass_phrase", _PHRASE, "is 12 to 100 printable ASCII characters without spaces")
        base_url = reading.url("base_url", BASE_URL).rstrip("/")
        if reading.problems:
            raise SettingsInvalid(reading.problems)
        return cls(member, Secret(phrase), base_url)
