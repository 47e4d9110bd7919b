"""``giving-gateway quarantine``: what is held is listed, opened, and applied again. Beside a gateway, or without one."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.contract import Delivery, ReceivesDeliveries
from gateway.accounts import Account, chosen
from gateway.commands.making import Made, made
from gateway.foundation import Foundation, founded
from gateway.intake.evidence import Evidence
from gateway.intake.quarantine import Held, Quarantine
from gateway.intake.webhooks import Tried, Webhooks
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.bulk import in_bulk
from gateway.store.embedded import joined
from schema.model.errors import DeliveryRejected, GivingError, LedgerUnavailable, OperatorError, SettingsInvalid

ALL: Final = "all"
SHORTEST: Final = 6
"""Characters of a key that name it, where no other one begins with them."""
REMOVED: Final = "account_removed"
"""Why something cannot be tried: its account is not in the configuration any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks for: one by its key, or those of a reason, or ALL; of any account, or of one. As it was typed."""

    key: str | None = None
    account: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What is held, the oldest first, as it was at ``now``."""

    held: tuple[Held, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """One of them, with what was received, and what its connector and the configuration make of it now."""

    held: Held
    evidence: Evidence
    made: Made
    now: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one of them."""

    held: Held
    tried: Tried


async def listed(settings: Settings, wanted: Wanted, *, registry: Registry | None = None) -> Listing:
    """What is held. Raises OperatorError for an account that there is not, and LedgerUnavailable."""
    async with _desk(settings, registry) as desk:
        return Listing(tuple(await desk.wanted(wanted)), desk.base.clock.now())


async def opened(settings: Settings, wanted: Wanted, *, registry: Registry | None = None) -> Opened:
    """One of them, by its key. Changes nothing. Raises OperatorError where there is none, and LedgerUnavailable."""
    async with _desk(settings, registry) as desk:
        held = desk.one(wanted, await desk.held(wanted))
        evidence = await desk.quarantine.evidence(held)
        if evidence is None:
            raise OperatorError(_gone(held.key))
        return Opened(held, evidence, await desk.made(held, evidence), desk.base.clock.now())


async def replayed(
    settings: Settings, wanted: Wanted, tell: Callable[[Replayed], None], *, registry: Registry | None = None
) -> list[Replayed]:
    """Applies them again, the oldest first. ``tell`` is told what became of each.

    Raises OperatorError, and LedgerUnavailable: what was done till then is done.
    """
    if (wanted.key, wanted.account, wanted.reason) == (None, None, None):
        raise OperatorError(f"Say what to apply again: a KEY, --account, --reason, or {ALL}.")
    if wanted.key is not None and wanted.reason is not None:
        raise OperatorError("Name either a KEY or a --reason.")
    async with _desk(settings, registry) as desk:
        done = []
        for held in await desk.wanted(wanted):
            account = desk.base.accounts.get(held.account)
            tried = Tried(held.reason, REMOVED) if account is None else await desk.webhooks.once_more(account, held)
            done.append(Replayed(held, tried))
            tell(done[-1])
        return done


@dataclass(frozen=True, slots=True)
class _Desk:
    base: Foundation
    quarantine: Quarantine
    webhooks: Webhooks

    async def wanted(self, wanted: Wanted) -> Sequence[Held]:
        everything = await self.held(wanted)
        if wanted.key not in (None, ALL):
            return [self.one(wanted, everything)]
        found = [held for held in everything if wanted.reason in (None, held.reason)]
        return sorted(found, key=lambda held: (held.held_at, held.key))

    async def held(self, wanted: Wanted) -> Sequence[Held]:
        return [held for name in await self._accounts(wanted.account) for held in await self.quarantine.all(name)]

    def one(self, wanted: Wanted, everything: Sequence[Held]) -> Held:
        key = wanted.key or ""
        found = [held for held in everything if held.key == key or (len(key) >= SHORTEST and held.key.startswith(key))]
        if not found:
            raise OperatorError(_gone(key) if len(key) >= SHORTEST else _short(key))
        if len(found) > 1:
            raise OperatorError(f"{len(found)} in quarantine begin with {key!r}: type more of it, or name the --account.")
        return found[0]

    async def _accounts(self, named: str | None) -> Sequence[str]:
        holding = await self.quarantine.accounts()
        if named is None:
            return holding
        return [named] if named in holding else [chosen(self.base.accounts, named).name]

    async def made(self, held: Held, evidence: Evidence) -> Made:
        account = self.base.accounts.get(held.account)
        if account is None:
            return Made(problem=REMOVED)
        if not isinstance(evidence, Delivery):
            return await made(self.base, account, (evidence,))
        return await self._read(account, evidence)

    async def _read(self, account: Account, delivery: Delivery) -> Made:
        if not isinstance(account.connector, ReceivesDeliveries):
            return Made(problem="not_received")
        try:
            receipt = await self.webhooks.read(account, account.connector, delivery)
        except DeliveryRejected as error:
            return Made(problem=error.reason, code=error.code)
        except (LedgerUnavailable, SettingsInvalid):
            raise
        except GivingError as error:
            return Made(problem=str(error), code=error.code)
        except Exception as error:  # a fault of the connector: that is what an operator wants to know
            return Made(problem=type(error).__name__, code="FAULT")
        return await made(self.base, account, receipt.facts, len(receipt.fetch))


@asynccontextmanager
async def _desk(settings: Settings, registry: Registry | None) -> AsyncIterator[_Desk]:
    set_up_logs(pretty=False, level=logging.CRITICAL)  # the rest is in what is told
    async with founded(settings, registry=registry, server=joined, connecting=in_bulk) as base:
        quarantine = Quarantine(base.redis, base.sealer, base.clock)
        doors = (base.current, base.ingest, quarantine, base.book, base.clock, base.metrics, base.archive)
        yield _Desk(base, quarantine, Webhooks(*doors))


def _gone(key: str) -> str:
    return f"There is nothing with the key {key!r} in quarantine: it was applied, or given up. What there is: quarantine list."


def _short(key: str) -> str:
    return f"Type at least {SHORTEST} characters of the key: {key!r} has {len(key)}. What there is: quarantine list."
