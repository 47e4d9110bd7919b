"""The private API, as far as webhooks go: https://v5api.tiltify.com/api/private/openapi

What is answered beside ``activated_at`` and ``deactivated_at`` is *assumed*, as are the words of refusals.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from connectors.tiltify.emulator.campaigns import Campaign
from connectors.tiltify.emulator.endpoint import EVENT_TYPES, Endpoint
from connectors.tiltify.emulator.errors import Refused, invalid
from connectors.tiltify.emulator.gate import Gate
from connectors.tiltify.emulator.moments import iso, iso_or_none
from connectors.tiltify.emulator.oauth import WEBHOOKS
from connectors.tiltify.emulator.payloads import Json
from connectors.tiltify.emulator.state import State

BASE: Final = "/api/private/webhook_endpoints/{endpoint}"


class Private:
    """Handlers, for tokens with the scope ``webhooks:write``."""

    def __init__(self, state: State, endpoint: Endpoint, gate: Gate, callback: Callable[[], str | None]) -> None:
        self._state = state
        self._endpoint = endpoint
        self._gate = gate
        self._callback = callback

    def routes(self) -> list[BaseRoute]:
        """Every address. Clients subscribe by PUT, the documentation shows POST."""
        activate = self._gate.endpoint(self._activate, WEBHOOKS)
        subscribe = self._gate.endpoint(self._subscribe, WEBHOOKS)
        return [
            Route(f"{BASE}/activate", activate, methods=["POST"]),
            Route(f"{BASE}/webhook_subscriptions/{{fact}}", subscribe, methods=["PUT", "POST"]),
        ]

    async def _activate(self, request: Request) -> Json:
        self._check(request)
        self._endpoint.activate(self._state.now())
        return {
            "data": {
                "id": self._endpoint.id,
                "url": self._callback(),
                "activated_at": iso_or_none(self._endpoint.activated_at),
                "deactivated_at": iso_or_none(self._endpoint.deactivated_at),
                "inserted_at": iso(self._endpoint.inserted_at),
            }
        }

    async def _subscribe(self, request: Request) -> Json:
        self._check(request)
        campaign = self._fact(request.path_params["fact"])
        made = self._endpoint.subscribe(campaign.native_id, _event_types(await request.body()), self._state.now())
        return {
            "data": {
                "id": made.id,
                "event_types": list(made.event_types),
                "inserted_at": iso(made.inserted_at),
                "updated_at": iso(made.updated_at),
            }
        }

    def _check(self, request: Request) -> None:
        if request.path_params["endpoint"] != self._endpoint.id:
            raise Refused(404)

    def _fact(self, asked: str) -> Campaign:
        """Of any kind, by UUID, and published: https://github.com/MoSadie/TiltiSlip/wiki/Getting-Started-Tiltify"""
        for known in self._state.campaigns.values():
            if known.id == asked:
                if known.status == "unpublished":
                    raise invalid("fact_id", "is not published")
                return known
        raise Refused(404)


def _event_types(body: bytes) -> list[str]:
    try:
        told: Any = json.loads(body)
    except ValueError:
        raise invalid("event_types") from None
    found = told.get("event_types") if isinstance(told, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(each, str) and each in EVENT_TYPES for each in found):
        raise invalid("event_types")
    return found
