"""What Twitch is asked to push: one EventSub subscription for each of the four topics.

https://dev.twitch.tv/docs/eventsub/manage-subscriptions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from connectors.twitch.eventsub import ENABLED, PENDING
from connectors.twitch.helix import Helix
from connectors.twitch.mapping import TOPICS
from schema.model.errors import CredentialsRefused, UpstreamGarbled, UpstreamUnavailable

PATH: Final = "/eventsub/subscriptions"
VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription as it is listed."""

    id: str
    topic: object
    version: object
    status: object
    broadcaster: object
    method: object
    callback: object

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row of the list. Raises UpstreamGarbled when it has no id."""
        if not isinstance(row.get("id"), str) or not row["id"]:
            raise UpstreamGarbled("a subscription has no id")
        condition, transport = row.get("condition") or {}, row.get("transport") or {}
        if not isinstance(condition, dict) or not isinstance(transport, dict):
            raise UpstreamGarbled("a subscription has no condition or transport")
        return cls(
            id=row["id"],
            topic=row.get("type"),
            version=row.get("version"),
            status=row.get("status"),
            broadcaster=condition.get("broadcaster_user_id"),
            method=transport.get("method"),
            callback=transport.get("callback"),
        )

    def serves(self, callback: str) -> bool:
        """Whether it pushes there, or will once the address has answered the challenge."""
        return self.callback == callback and self.version == VERSION and self.status in (ENABLED, PENDING)


async def keep(helix: Helix, *, broadcaster: str, callback: str, secret: str) -> None:
    """Leaves exactly one living webhook subscription a topic, to this callback; what is there and right is not touched.

    Of others only this broadcaster's webhooks for the same topics are ended: the application may serve more than us.
    Those go first, as Twitch allows three of the same topic and condition.
    """
    listed = [Subscription.from_row(row) async for row in helix.rows(PATH, {}, grant="app")]
    missing = []
    for topic in TOPICS:
        ours = [s for s in listed if s.topic == topic and s.broadcaster == broadcaster and s.method == "webhook"]
        serving = sorted((s for s in ours if s.serves(callback)), key=lambda s: s.status != ENABLED)
        for extra in ours:
            if extra not in serving[:1]:
                await _delete(helix, extra)
        if not serving:
            missing.append(topic)
    for topic in missing:
        await _create(helix, topic, broadcaster, {"method": "webhook", "callback": callback, "secret": secret}, by_app=True)


async def attach(helix: Helix, *, broadcaster: str, session: str) -> None:
    """Subscribes a welcomed socket to all topics. They end with the socket, so there is nothing to tidy up."""
    for topic in TOPICS:
        await _create(helix, topic, broadcaster, {"method": "websocket", "session_id": session}, by_app=False)


async def _create(helix: Helix, topic: str, broadcaster: str, transport: Mapping[str, str], *, by_app: bool) -> None:
    wanted = {
        "type": topic,
        "version": VERSION,
        "condition": {"broadcaster_user_id": broadcaster},
        "transport": transport,
    }
    # Webhooks are asked for with the application's token, sockets with the user's; never the other way round.
    answer = await helix.ask("POST", PATH, grant="app" if by_app else "user", body=wanted)
    if answer.status == 403:
        raise CredentialsRefused("needs consent: the broadcaster has not granted channel:read:charity to this application")
    if answer.status == 400 and transport["method"] == "websocket":  # https://github.com/Teekeks/pyTwitchAPI/issues/291
        raise UpstreamUnavailable("the socket's session ended before it was subscribed")
    answer.expect(202, 409)  # 409: it is there already, which also makes a second attempt harmless


async def _delete(helix: Helix, subscription: Subscription) -> None:
    answer = await helix.ask("DELETE", PATH, {"id": subscription.id}, grant="app")
    if answer.status != 404:  # ended in the meantime
        answer.expect(204)
