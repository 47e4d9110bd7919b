"""The settings of an account, declared and read."""

import re
from dataclasses import dataclass
from typing import Final, Self

from connectors.settings import SettingsReader
from connectors.spec import Secret, Setting, Settings
from schema.model.errors import SettingsInvalid

BASE_URL: Final = "https://api.lantern.example/v2"

SETTINGS: Final = (
    Setting("access_key", "the organiser's key with the right to read, from Organiser > Keys", kind="secret"),
    Setting("webhook_secret", "what webhooks are signed with, from Organiser > Webhooks", kind="secret"),
    Setting(
        "previous_webhook_secret",
        "the one before, accepted too while the secret is changed",
        kind="secret",
        required=False,
    ),
    Setting("base_url", "where the API is", kind="url", required=False, default=BASE_URL),
)

_ACCESS_KEY: Final = re.compile(r"lk_[0-9a-f]{32}", re.ASCII)
_SECRET: Final = re.compile(r"ls_[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """One organiser's settings, checked. ``base_url`` has no slash at the end."""

    access_key: Secret
    webhook_secrets: tuple[Secret, ...]
    """The one that is valid, and perhaps the one before."""
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once; none of them quotes a value."""
        reading = SettingsReader(settings)
        key = reading.text("access_key", _ACCESS_KEY, "is lk_ with 32 hexadecimal digits behind it")
        names = ["webhook_secret", *(name for name in ["previous_webhook_secret"] if reading.given(name))]
        secrets = [reading.text(name, _SECRET, "is ls_ with 32 hexadecimal digits behind it") for name in names]
        base_url = reading.url("base_url", BASE_URL).rstrip("/")
        if reading.problems:
            raise SettingsInvalid(reading.problems)
        return cls(Secret(key), tuple(map(Secret, secrets)), base_url)
