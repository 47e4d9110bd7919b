"""The world outside of one process: what all accounts share of it, and how each is given its part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from connectors.ports import Clock, Ports
from gateway import VERSION
from gateway.accounts import Outfit
from gateway.outbound.breaker import Breaker
from gateway.outbound.budgets import Budgets
from gateway.outbound.http import OutboundHttp
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.reach import Reach, origins, public_socket
from gateway.outbound.session import open_session
from gateway.outbound.slots import Slots
from gateway.outbound.sockets import OutboundSockets
from gateway.outbound.tokens import OutboundTokens, Renewals
from gateway.registry import Prepared
from gateway.store.cache import Cache
from gateway.store.seal import Sealer


@dataclass(frozen=True, slots=True)
class Outside:
    """What is kept here outlives each account, and nothing here grows with their number: they come and go with readings of the
    configuration.
    """

    anywhere: aiohttp.ClientSession
    public: aiohttp.ClientSession
    metrics: CallMetrics
    clock: Clock
    folder: Path
    """Where downloads lie."""
    cache: Cache
    """On the ledger's server, as a cache may lose a refresh token that cannot be had again."""
    sealer: Sealer
    slots: Slots = field(default_factory=Slots)
    renewals: Renewals = field(default_factory=Renewals)

    def outfit(self, entry: Prepared) -> Outfit:
        """The world as one account may use it. Its own addresses are those of its settings, given or by default."""
        addresses = [entry.settings[setting.name] for setting in entry.spec.settings if setting.kind == "url"]
        reach = self._reach(*(address for address in addresses if isinstance(address, str)))
        pace, breaker = entry.spec.pace, Breaker()
        daily = {
            name: self.cache.bucket(entry.name, name, int(limit), self.clock)  # a restart must not fill it
            for name, setting in pace.daily.items()
            if isinstance(limit := entry.settings[setting], str) and limit.isdecimal()
        }
        http = self._http(entry.spec.key, reach, Budgets(pace.budgets, daily=daily, spacing=pace.spacing), breaker)
        tokens = OutboundTokens(entry.name, self.cache.tokens(entry.name, self.sealer), self.clock, self.renewals)
        return Outfit(Ports(http, OutboundSockets(reach), tokens, self.clock), breaker)

    def http(self, name: str, address: str, per_minute: int) -> OutboundHttp:
        """Asks what is no account's, under this name in the figures."""
        return self._http(name, self._reach(address), Budgets({"default": per_minute}), Breaker())

    def _reach(self, *addresses: str) -> Reach:
        return Reach(self.anywhere, self.public, origins(addresses))

    def _http(self, name: str, reach: Reach, budgets: Budgets, breaker: Breaker) -> OutboundHttp:
        return OutboundHttp(
            name,
            reach,
            clock=self.clock,
            budgets=budgets,
            slots=self.slots,
            metrics=self.metrics,
            breaker=breaker,
            folder=self.folder,
        )


@asynccontextmanager
async def opened(folder: Path, cache: Cache, sealer: Sealer, clock: Clock, metrics: CallMetrics) -> AsyncIterator[Outside]:
    """The world outside, until the context ends; then no renewal of a token is under way any more."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with open_session(VERSION) as anywhere, open_session(VERSION, sockets=public_socket) as public:
        outside = Outside(anywhere, public, metrics, clock, folder, cache, sealer)
        try:
            yield outside
        finally:
            await outside.renewals.close()
