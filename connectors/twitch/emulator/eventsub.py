"""``/helix/eventsub/subscriptions``. Source: https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription

The wording of refusals is *assumed*.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twitch.emulator.gate import Gate
from connectors.twitch.emulator.habits import Habits
from connectors.twitch.emulator.oauth import Grant, Refusal
from connectors.twitch.emulator.payloads import TOPICS, Json
from connectors.twitch.emulator.sockets import Sockets
from connectors.twitch.emulator.state import SCOPE, State
from connectors.twitch.emulator.subscriptions import ENABLED, PENDING, Method, Subscription, Subscriptions
from connectors.twitch.emulator.webhooks import Webhooks

# Limits: https://dev.twitch.tv/docs/eventsub/manage-subscriptions/#subscription-limits. That of 300 on one session is left
# out: four topics of one broadcaster cannot reach it.
SAME_WEBHOOKS: Final = 3
SOCKETS_PER_USER: Final = 3
TOTAL_COST: Final = {"webhook": 10_000, "websocket": 10}

PATH: Final = "/helix/eventsub/subscriptions"


class EventSub:
    """Makes, lists and deletes subscriptions: an app's own token those over webhook, a user's those over WebSocket."""

    def __init__(
        self, state: State, habits: Habits, gate: Gate, subscriptions: Subscriptions, webhooks: Webhooks, sockets: Sockets
    ) -> None:
        self._state = state
        self._habits = habits
        self._subscriptions = subscriptions
        self._webhooks = webhooks
        self._sockets = sockets
        self.routes: Final = [
            Route(PATH, gate.endpoint(self._create), methods=["POST"]),
            Route(PATH, gate.endpoint(self._list), methods=["GET"]),
            Route(PATH, gate.endpoint(self._delete), methods=["DELETE"]),
        ]

    async def _create(self, request: Request, grant: Grant) -> Response:
        try:
            asked = await request.json()
            topic, version, transport = asked["type"], asked["version"], asked["transport"]
            broadcaster_id = str(asked["condition"]["broadcaster_user_id"])
            method: Method = transport["method"]
        except (ValueError, KeyError, TypeError):
            raise Refusal(400, "The request body is malformed or lacks a field") from None
        if topic not in TOPICS or version != "1":
            raise Refusal(400, "invalid subscription type and version")
        if method not in ("webhook", "websocket") or (method == "websocket") != bool(grant.user_id):
            raise Refusal(400, "invalid transport and auth combination")
        place = self._callback(transport) if method == "webhook" else self._session(transport, grant)
        self._authorise(broadcaster_id, grant)
        self._count(topic, broadcaster_id, method, place)
        subscription = Subscription(
            id=self._state.uuid(),
            topic=topic,
            version=version,
            broadcaster_id=broadcaster_id,
            method=method,
            place=place,
            created_at=self._state.stamp(),
            status=PENDING if method == "webhook" else ENABLED,
            user_id=grant.user_id,
            secret=transport.get("secret", ""),
            connected_at=self._sockets.connected_at(place),
        )
        self._subscriptions.add(subscription)
        answer = JSONResponse(self._page([subscription], method), 202)
        if method == "webhook":
            self._webhooks.verify(subscription)
        return answer

    def _callback(self, transport: Json) -> str:
        callback, secret = str(transport.get("callback")), transport.get("secret")
        address = urlsplit(callback)
        schemes = ("https", "http") if self._habits.allow_http else ("https",)
        if address.scheme not in schemes or not address.hostname:
            raise Refusal(400, "the callback must be an https address")
        if not self._habits.allow_http and address.port not in (None, 443):
            raise Refusal(400, "the callback must use port 443")
        if not isinstance(secret, str) or not secret.isascii() or not 10 <= len(secret) <= 100:
            raise Refusal(400, "the secret must have 10 to 100 ASCII characters")
        return callback

    def _session(self, transport: Json, grant: Grant) -> str:
        session_id = str(transport.get("session_id"))
        if self._sockets.connected_at(session_id) is None:
            raise Refusal(400, "websocket transport session does not exist or has already disconnected")
        mine = (s for s in self._subscriptions.all() if s.user_id == grant.user_id and s.status == ENABLED)
        others = {s.place for s in mine if s.method == "websocket"} - {session_id}
        if len(others) >= SOCKETS_PER_USER:
            raise Refusal(429, "number of websocket transports limit exceeded")
        return session_id

    def _authorise(self, broadcaster_id: str, grant: Grant) -> None:
        broadcaster = self._state.broadcasters.get(broadcaster_id)
        if broadcaster is None or SCOPE not in broadcaster.consent or grant.user_id not in (None, broadcaster_id):
            raise Refusal(403, "subscription missing proper authorization")

    def _count(self, topic: str, broadcaster_id: str, method: Method, place: str) -> None:
        alive = [s for s in self._subscriptions.all() if s.status in (ENABLED, PENDING)]
        same = [s for s in alive if (s.topic, s.broadcaster_id, s.method) == (topic, broadcaster_id, method)]
        if any(s.place == place for s in same):
            raise Refusal(409, "subscription already exists")
        if method == "webhook" and len(same) >= SAME_WEBHOOKS:
            raise Refusal(429, "too many subscriptions with this type and condition")

    async def _list(self, request: Request, grant: Grant) -> Response:
        query = request.query_params
        filters = {name: query[name] for name in ("status", "type", "user_id") if name in query}
        if len(filters) > 1:
            raise Refusal(400, "at most one of status, type and user_id may be given")
        after = query.get("after", "0")
        if not (after.isascii() and after.isdigit()):
            raise Refusal(400, "invalid cursor")
        found = [s for s in self._visible(grant) if all(_field(s, name) == value for name, value in filters.items())]
        start, end = int(after), int(after) + self._habits.subscriptions_per_page
        answer = self._page(found[start:end], "websocket" if grant.user_id else "webhook")
        more = {"cursor": str(end)} if end < len(found) else {}
        return JSONResponse({**answer, "total": len(found), "pagination": more})

    async def _delete(self, request: Request, grant: Grant) -> Response:
        wanted = request.query_params.get("id")
        if not wanted:
            raise Refusal(400, 'Missing required parameter "id"')
        found = next((s for s in self._visible(grant) if s.id == wanted), None)
        if found is None:
            raise Refusal(404, "subscription not found")
        self._subscriptions.remove(found)
        return Response(status_code=204)

    def _visible(self, grant: Grant) -> list[Subscription]:
        return [s for s in self._subscriptions.all() if s.user_id == grant.user_id]

    def _page(self, subscriptions: list[Subscription], method: Method) -> Json:
        return {
            "data": [s.shown() for s in subscriptions],
            "total": len([s for s in self._subscriptions.all() if s.method == method]),
            "total_cost": 0,
            "max_total_cost": TOTAL_COST[method],
        }


def _field(subscription: Subscription, name: str) -> str:
    return {"status": subscription.status, "type": subscription.topic, "user_id": subscription.broadcaster_id}[name]
