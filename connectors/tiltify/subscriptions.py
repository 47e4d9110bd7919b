"""What keeps Tiltify pushing: an endpoint that is on, and a subscription for each campaign.

https://developers.tiltify.com/docs/webhooks/subscriptions/programmatic-subscriptions
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from connectors.tiltify import sheet
from connectors.tiltify.api import Api
from connectors.tiltify.fields import Native
from schema.model.errors import NotFound

DONE: Final = (200, 201, 204)
NOT_YET: Final = (404, 422)
"""How the subscription of an unpublished campaign is answered (*assumed*)."""


class Subscriptions:
    """The subscriptions of one endpoint. Remembers which were accepted, the one longest ago first."""

    def __init__(self, api: Api, endpoint: str, campaigns: Iterable[Native]) -> None:
        self._api = api
        self._path = f"/api/private/webhook_endpoints/{endpoint}"
        self._campaigns = tuple(campaigns)
        self._accepted: dict[Native, None] = {}

    async def keep(self) -> None:
        """Turns the endpoint on, which Tiltify turns off after an hour of failures, and subscribes what is not subscribed.

        What stands can be asked for nowhere. So all are put the first time, and then one of them in turn, as somebody may
        have ended it in the dashboard: two calls each time, however many there are, and one more for each campaign that
        Tiltify did not accept yet, which is no error. Both calls change nothing where everything is as it should be.
        """
        answer = await self._api.ask("POST", f"{self._path}/activate")
        if answer.status == 404:
            raise NotFound("the app has no webhook endpoint with this endpoint_id")
        answer.expect(*DONE)
        missing = [native for native in self._campaigns if native not in self._accepted]
        for native in (*missing, *islice(tuple(self._accepted), 1)):
            self._accepted.pop(native, None)
            path = f"{self._path}/webhook_subscriptions/{native.uuid}"
            answer = await self._api.ask("PUT", path, body={"event_types": sheet.WANTED})
            if answer.status not in NOT_YET:
                answer.expect(*DONE)
                self._accepted[native] = None
