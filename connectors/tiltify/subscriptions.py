"""What keeps Tiltify pushing: an endpoint that is on, and a subscription for each campaign.

https://developers.tiltify.com/docs/webhooks/subscriptions/programmatic-subscriptions
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from connectors.tiltify import sheet
from connectors.tiltify.api import Api
from connectors.tiltify.fields import Native
from schema.model.errors import CredentialsRefused, NotFound, UpstreamGarbled

DONE: Final = (200, 201, 204)
REFUSED: Final = (403, 404, 422)
"""How the subscription of an unpublished campaign is answered, or of one that is not for this app (*assumed*)."""


class Subscriptions:
    """The subscriptions of one endpoint. Remembers which were accepted or refused for good, the one longest ago first."""

    def __init__(self, api: Api, endpoint: str, campaigns: Iterable[Native]) -> None:
        self._api = api
        self._path = f"/api/private/webhook_endpoints/{endpoint}"
        self._campaigns = tuple(campaigns)
        self._settled: dict[Native, bool] = {}  # whether it was accepted

    async def keep(self) -> None:
        """Turns the endpoint on, which Tiltify turns off after an hour of failures, and subscribes what is not subscribed.

        What stands can be asked for nowhere. So all are put the first time, and then one of them in turn, as somebody may
        have ended it in the dashboard: two calls each time, however many there are, and two more for each campaign that is
        not published yet, which is no error. Both calls change nothing where everything is as it should be.

        Raises CredentialsRefused, after the last, with the places of those that are published and refused all the same. What
        Tiltify does not know at all is told where it is asked for.
        """
        answer = await self._api.ask("POST", f"{self._path}/activate")
        if answer.status == 404:
            raise NotFound("the app has no webhook endpoint with this endpoint_id")
        answer.expect(*DONE)
        missing = [native for native in self._campaigns if native not in self._settled]
        for native in (*missing, *islice(tuple(self._settled), 1)):
            self._settled.pop(native, None)
            path = f"{self._path}/webhook_subscriptions/{native.uuid}"
            answer = await self._api.ask("PUT", path, body={"event_types": sheet.WANTED})
            if answer.status not in REFUSED:
                answer.expect(*DONE)
                self._settled[native] = True
            elif await self._is_published(native):
                self._settled[native] = False
        refused = [f"entry {place}" for place, native in enumerate(self._campaigns, 1) if self._settled.get(native) is False]
        if refused:
            raise CredentialsRefused(
                f"Tiltify does not push {', '.join(refused)} of campaigns to this app's endpoint, although it is published: "
                "name it in an account of its own without signing_key, which asks for it"
            )

    async def _is_published(self, native: Native) -> bool:
        try:
            return (await self._api.one(native.path)).get("status") == sheet.PUBLISHED
        except (NotFound, UpstreamGarbled):
            return False
