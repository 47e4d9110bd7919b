"""The control door: what the Python methods do, over HTTP with JSON. Twitch has nothing like it.

``GET /control/state`` tells the books and the switches. ``POST /control/<command>`` takes the command's arguments by name
and answers with what it gave. A mistake is 400 with ``{"error": ...}`` and changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twitch.emulator.state import Campaign, Charity
from schema.model.errors import BadCurrency

if TYPE_CHECKING:
    from connectors.twitch.emulator.emulator import TwitchEmulator


class Control:
    """The door of one emulator."""

    def __init__(self, emulator: "TwitchEmulator") -> None:
        self._emulator = emulator
        self._commands: Final[dict[str, Callable[..., Any]]] = {
            # Campaigns
            "start": self._start,
            "pause": emulator.pause,
            "resume": emulator.resume,
            "stop": emulator.stop,
            "raise-goal": emulator.raise_goal,
            "donate": emulator.donate,
            # Consent
            "add-broadcaster": emulator.add_broadcaster,
            "revoke-tokens": emulator.revoke_tokens,
            "revoke-consent": emulator.revoke_consent,
            "revoke-subscriptions": emulator.revoke_subscriptions,
            # Messages
            "hold": emulator.mail.hold,
            "release": emulator.mail.release,
            "resend": emulator.mail.resend,
            "repeat": emulator.mail.repeat,
            # Sockets
            "reconnect": emulator.sockets.reconnect,
            "cut": emulator.sockets.cut,
            # Switches
            "forms": lambda **values: _switch(emulator.forms, values),
            "faults": lambda **values: _switch(emulator.faults, values),
            "lose": emulator.faults.lose_next,
            "mischief": lambda **values: _switch(emulator.sender.mischief, values),
            "turn": lambda seconds: emulator.clock.turn(timedelta(seconds=seconds)),
        }
        self.routes: Final = [
            Route("/control/state", self._state),
            Route("/control/{command}", self._command, methods=["POST"]),
        ]

    async def _state(self, request: Request) -> Response:
        emulator = self._emulator
        return JSONResponse(
            {
                "books": {campaign_id: asdict(book) for campaign_id, book in emulator.books.items()},
                "campaigns": [_plain(c) for c in emulator.state.campaigns.values()],
                "subscriptions": [s.shown() for s in emulator.subscriptions.all()],
                "forms": asdict(emulator.forms),
                "faults": asdict(emulator.faults),
                "mischief": asdict(emulator.sender.mischief),
            }
        )

    async def _command(self, request: Request) -> Response:
        command = self._commands.get(request.path_params["command"])
        if command is None:
            return JSONResponse({"error": f"commands: {', '.join(self._commands)}"}, 404)
        try:
            arguments = await request.json() if await request.body() else {}
            given = command(**arguments)
            given = await given if hasattr(given, "__await__") else given
        except (TypeError, ValueError, LookupError, BadCurrency) as mistake:
            return JSONResponse({"error": str(mistake)}, 400)
        return JSONResponse(_plain(given))

    def _start(self, *, charity: dict[str, str] | None = None, **rest: Any) -> Campaign:
        return self._emulator.start_campaign(charity=Charity(**charity) if charity else None, **rest)


def _switch(target: Any, values: dict[str, Any]) -> None:
    kinds = get_type_hints(type(target))
    for name, value in values.items():
        kind = kinds.get(name)
        fits = value in get_args(kind) or type(value) is kind or (kind is float and type(value) is int)
        if not fits:
            raise ValueError(f"{name} is no switch, or {value!r} is none of its positions; switches: {', '.join(kinds)}")
    for name, value in values.items():
        setattr(target, name, value)


def _plain(value: Any) -> Any:
    if isinstance(value, Campaign):
        shown = {"id": value.id, "broadcaster_id": value.broadcaster.id, "status": value.status, "goal": value.goal}
        return {**shown, **asdict(value.book)}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
