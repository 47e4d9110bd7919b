"""Weibo for a charity: what its posts stir up, and what it is paid there. The two halves never mix.

Money: a payment to a seller of Weibo Pay, named by a notification and read from Weibo Pay, or a row of a partner's file.
Engagement: counters of public posts and accounts, which are never money.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from connectors.contract import (
    Connector,
    Delivery,
    ReadsDonations,
    ReadsExports,
    ReadsFollowers,
    ReadsPosts,
    Receipt,
    ReceivesDeliveries,
    Row,
)
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from connectors.weibo import export, sheet, webhook
from connectors.weibo.api import OpenApi
from connectors.weibo.pay import PayApi
from connectors.weibo.posts import askable, counters_of, followers_of, post_of
from connectors.weibo.settings import ApiAccount, PayAccount, read
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import NotFound
from schema.model.facts import Movement


class WeiboPay:
    """The money half: one seller."""

    def __init__(self, account: PayAccount, ports: Ports) -> None:
        self._seller = account
        self._pay = PayApi(account, ports)

    def receive(self, delivery: Delivery) -> Receipt:
        """See ``webhook.receive``: it never gives facts of money."""
        return webhook.receive(delivery, self._seller)

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The payment behind a ``pay_id`` as Weibo Pay tells it now, then its refunds. Raises NotFound."""
        return await self._pay.payment(native_id)

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """See ``export.read_export``."""
        return export.read_export(source)


class WeiboPosts:
    """The engagement half: one app and the user whose token it has."""

    def __init__(self, account: ApiAccount, ports: Ports) -> None:
        self._app, self._clock = account, ports.clock
        self._api = OpenApi(account, ports)

    async def post(self, native_id: str) -> Post:
        """One post. Raises NotFound for one that is deleted, hidden by its author, or no id of Weibo's."""
        if not askable([native_id]):
            raise NotFound("Weibo has no post with an id of that form")
        status = await self._api.get(self._app.api_url, sheet.SHOW, {"id": native_id})
        with readable():
            return post_of(status, native_id, self._clock.now())

    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        """The counters of these, a hundred at a call. All or none: what is left out is gone, never what failed."""
        base, call, size = self._app.api_url, sheet.COUNT, sheet.BATCH
        if self._app.commercial_url is not None:
            base, call, size = self._app.commercial_url, sheet.COMMERCIAL_COUNT, sheet.COMMERCIAL_BATCH
        found: dict[str, Engagement] = {}
        for batch in _batches(askable(posts), size):
            rows = await self._api.get(base, call, {"ids": ",".join(batch)})
            with readable():
                found |= counters_of(rows, batch, call, self._clock.now())
        return found

    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """How many followers these accounts have, a hundred at a call, as ``engagement``."""
        found: dict[str, int] = {}
        for batch in _batches(askable(accounts), sheet.FOLLOWERS_BATCH):
            rows = await self._api.get(self._app.api_url, sheet.FOLLOWERS, {"uids": ",".join(batch)})
            with readable():
                found |= followers_of(rows, batch)
        return found


class Weibo(WeiboPay, WeiboPosts):
    """Both halves."""

    def __init__(self, seller: PayAccount, app: ApiAccount, ports: Ports) -> None:
        WeiboPay.__init__(self, seller, ports)
        WeiboPosts.__init__(self, app, ports)


def build(settings: Settings, ports: Ports) -> Connector:
    """The halves that the settings give, with their abilities and no others. Raises SettingsInvalid."""
    found = read(settings)
    if isinstance(found, PayAccount):
        return WeiboPay(found, ports)
    if isinstance(found, ApiAccount):
        return WeiboPosts(found, ports)
    return Weibo(*found, ports)


def _batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


_receives: type[ReceivesDeliveries] = WeiboPay
_reads: type[ReadsDonations] = WeiboPay
_imports: type[ReadsExports] = WeiboPay
_posts: type[ReadsPosts] = WeiboPosts
_followers: type[ReadsFollowers] = WeiboPosts
