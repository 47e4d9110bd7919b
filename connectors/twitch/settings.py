"""What an account on Twitch is: a broadcaster, and an application that the broadcaster allowed to read charity campaigns."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from connectors.spec import Secret, Setting, Settings
from schema.model.errors import SettingsInvalid

Transport: TypeAlias = Literal["webhook", "websocket"]

# https://dev.twitch.tv/docs/api/guide/ , https://dev.twitch.tv/docs/eventsub/handling-websocket-events
BASE_URL: Final = "https://api.twitch.tv/helix"
AUTH_URL: Final = "https://id.twitch.tv/oauth2"
SOCKET_URL: Final = "wss://eventsub.wss.twitch.tv/ws"

SETTINGS: Final = (
    Setting("client_id", "the client id of the application registered with Twitch"),
    Setting("client_secret", "the client secret of that application", "secret"),
    Setting("refresh_token", "the refresh token of the broadcaster's consent, with scope channel:read:charity", "secret"),
    Setting("broadcaster_id", "the user id of the broadcaster, in digits"),
    Setting(
        "eventsub_secret",
        "what webhooks are signed with: 10 to 100 ASCII characters of your own choice; for transport webhook only",
        "secret",
        required=False,
    ),
    Setting(
        "transport",
        "how Twitch pushes: to our address, or over a socket that we open",
        default="webhook",
        required=False,
        choices=("webhook", "websocket"),
    ),
    Setting("base_url", "the REST interface", "url", default=BASE_URL, required=False),
    Setting("auth_url", "the token interface", "url", default=AUTH_URL, required=False),
    Setting("socket_url", "the EventSub WebSocket", "url", default=SOCKET_URL, required=False),
)

_CREDENTIAL = re.compile(r"[!-~]{1,500}", re.ASCII)
_BROADCASTER = re.compile(r"[0-9]{1,20}", re.ASCII)
_EVENTSUB_SECRET = re.compile(r"[ -~]{10,100}", re.ASCII)
_HTTP = re.compile(r"https?://[^\s/?#]+[^\s?#]*", re.ASCII)
_SOCKET = re.compile(r"wss?://[^\s/?#]+[^\s?#]*", re.ASCII)

_RULES: Final = (
    ("client_id", _CREDENTIAL, "is 1 to 500 printable ASCII characters without spaces"),
    ("client_secret", _CREDENTIAL, "is 1 to 500 printable ASCII characters without spaces"),
    ("refresh_token", _CREDENTIAL, "is 1 to 500 printable ASCII characters without spaces"),
    ("broadcaster_id", _BROADCASTER, "is the broadcaster's user id in digits, not the name"),
    ("transport", re.compile("webhook|websocket"), "is webhook or websocket"),
    ("base_url", _HTTP, "is an http(s) address without a query"),
    ("auth_url", _HTTP, "is an http(s) address without a query"),
    ("socket_url", _SOCKET, "is a ws(s) address without a query"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Checked settings. Addresses have no slash at the end. ``eventsub_secret`` is empty only for transport websocket."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    broadcaster: str
    eventsub_secret: str = field(repr=False)
    transport: Transport
    base_url: str
    auth_url: str
    socket_url: str


def read_account(settings: Settings) -> Account:
    """The account of these settings. Raises SettingsInvalid with every problem at once; no problem quotes a value."""
    texts = {setting.name: _text(settings, setting.name) for setting in SETTINGS}
    problems = [f"{name} {rule}" for name, form, rule in _RULES if not form.fullmatch(texts[name])]
    if (texts["transport"] == "webhook" or texts["eventsub_secret"]) and not _EVENTSUB_SECRET.fullmatch(
        texts["eventsub_secret"]
    ):
        problems.append("eventsub_secret is 10 to 100 printable ASCII characters, and needed for transport webhook")
    if problems:
        raise SettingsInvalid(problems)
    return Account(
        client_id=texts["client_id"],
        client_secret=texts["client_secret"],
        refresh_token=texts["refresh_token"],
        broadcaster=texts["broadcaster_id"],
        eventsub_secret=texts["eventsub_secret"],
        transport="websocket" if texts["transport"] == "websocket" else "webhook",
        base_url=texts["base_url"].rstrip("/"),
        auth_url=texts["auth_url"].rstrip("/"),
        socket_url=texts["socket_url"].rstrip("/"),
    )


def _text(settings: Settings, name: str) -> str:
    value = settings.get(name)
    if isinstance(value, Secret):
        return value.reveal()
    return value if isinstance(value, str) else ""
