"""The settings of an account, declared and read: an app, the campaigns that it is about, and its webhook endpoint if any."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from connectors.settings import SettingsReader
from connectors.spec import Secret, Setting, Settings
from connectors.tiltify import sheet
from connectors.tiltify.fields import UUID, Native
from schema.model.errors import SettingsInvalid

SETTINGS: Final = (
    Setting("client_id", "the client id of the app in Tiltify's developer dashboard"),
    Setting("client_secret", "the client secret of that app", kind="secret"),
    Setting(
        "campaigns",
        "what to follow, each as campaign/UUID, team_campaign/UUID or fundraising_event/UUID",
        kind="texts",
    ),
    Setting(
        "signing_key",
        "the signing key of the app's webhook endpoint, as shown; without it Tiltify is only asked",
        kind="secret",
        required=False,
    ),
    Setting(
        "previous_signing_key",
        "the signing key before that one, accepted too while a key is changed",
        kind="secret",
        required=False,
    ),
    Setting("endpoint_id", "the UUID of that webhook endpoint; needed with signing_key", required=False),
    Setting("base_url", "where Tiltify's API is", kind="url", required=False, default=sheet.BASE_URL),
)

_CREDENTIAL: Final = re.compile(r"[!-~]{1,500}", re.ASCII)
_KEY: Final = re.compile(r"[!-~]{16,500}", re.ASCII)
_NO_CREDENTIAL: Final = "is 1 to 500 printable ASCII characters without spaces"
_NO_KEY: Final = "is 16 to 500 printable ASCII characters without spaces, as in the dashboard"


@dataclass(frozen=True, slots=True)
class Push:
    """A webhook endpoint: its UUID, and the keys with which it may sign."""

    endpoint: str
    keys: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account's settings, checked. ``base_url`` has no slash at the end; ``push`` is None where Tiltify is only asked."""

    client_id: str
    client_secret: Secret
    campaigns: Mapping[str, Native] = field(repr=False)
    """By UUID, in the order of the configuration."""
    push: Push | None
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once; none of them quotes a value."""
        reading = SettingsReader(settings)
        client_id = reading.text("client_id", _CREDENTIAL, _NO_CREDENTIAL)
        client_secret = reading.text("client_secret", _CREDENTIAL, _NO_CREDENTIAL)
        campaigns = _campaigns(reading)
        push = _push(reading)
        base_url = reading.url("base_url", sheet.BASE_URL).rstrip("/")
        if reading.problems:
            raise SettingsInvalid(reading.problems)
        return cls(client_id, Secret(client_secret), campaigns, push, base_url)


def _push(reading: SettingsReader) -> Push | None:
    if not reading.given("signing_key", "previous_signing_key", "endpoint_id"):
        return None
    # a key without its endpoint could not be turned on again, an endpoint without its key not be believed
    keys = [reading.text("signing_key", _KEY, _NO_KEY)]
    if reading.given("previous_signing_key"):
        keys.append(reading.text("previous_signing_key", _KEY, _NO_KEY))
    endpoint = reading.text("endpoint_id", UUID, "is the UUID of a webhook endpoint")
    return Push(endpoint.lower(), tuple(Secret(key) for key in keys))


def _campaigns(reading: SettingsReader) -> Mapping[str, Native]:
    found: dict[str, Native] = {}

    def read(text: str) -> None:
        native = Native.parse(text)
        if native is None:
            kinds = ", ".join(f"{kind}/UUID" for kind in sheet.FOLDERS)
            raise ValueError(f"is none of {kinds} (an old number is no UUID)")
        if native.uuid in found:
            raise ValueError("is there before")
        found[native.uuid] = native

    reading.each("campaigns", read)
    return found
