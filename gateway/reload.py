"""Another reading of the configuration, taken over while the gateway runs: whole, or not at all."""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import MetadataPathFinder
from typing import Final, NamedTuple, Protocol

import structlog

from gateway.accounts import Account
from gateway.configured import Configured
from gateway.examination import examine_settings
from gateway.foundation import Foundation, built
from gateway.http.manifest import read_manifests
from gateway.read.follower import Follower
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from gateway.store.key_file import peppers
from schema.model.errors import GivingError, SettingsInvalid

RELOADED: Final = frozenset(
    {
        *("accounts", "campaigns", "charities", "endorsers", "seasons", "rates", "reporting_currency", "public_url"),
        *("pepper", "pepper_file", "trusted_document_files", "only_trusted_documents"),
    }
)
"""Settings that a reading brings. The others hold from the start to the end of a process."""
log = structlog.get_logger()


class Trust(Protocol):
    """Takes over the documents that are trusted, by their ids, and whether no others run."""

    def __call__(self, documents: Mapping[str, str], *, only: bool) -> None: ...


class _Reading(NamedTuple):
    settings: Settings
    accounts: Mapping[str, Prepared]
    trusted: Mapping[str, str]


class Reload:
    """Accounts for which nothing has changed keep their connectors, with keys and tokens, and the work that is under way.

    ``installed`` says which connectors there are at this moment.
    """

    def __init__(
        self, base: Foundation, follower: Follower, trust: Trust, installed: Callable[[], Registry] = Registry
    ) -> None:
        self._base = base
        self._follower = follower
        self._trust = trust
        self._installed = installed

    async def run(self, asked: asyncio.Event, read: Callable[[], Settings]) -> None:
        """Whenever it is asked for, one after the other, until it is cancelled. ``read`` is called in a thread."""
        while True:
            await asked.wait()
            asked.clear()
            await self.once(read)

    async def once(self, read: Callable[[], Settings]) -> bool:
        """Whether another reading holds now. If not, nothing has changed; why is in the log, problem by problem."""
        held = self._base.current.now
        try:
            waiting = await self._take(held, await asyncio.to_thread(self._examined, read))
        except SettingsInvalid as error:
            self._refused(*error.problems)
        except GivingError as error:
            self._refused(f"{error.code}: {error}")
        except Exception:
            log.exception("reload.fault")
            self._base.metrics.reload_failed.set(1)
        else:
            self._base.metrics.reload_failed.set(0)
            try:
                self._tell(held.accounts, self._base.accounts, waiting)
            except Exception:  # it holds all the same
                log.exception("reload.untold")
            return True
        return False

    def _examined(self, read: Callable[[], Settings]) -> _Reading:
        """One that is good, with its accounts ready to be built. Raises SettingsInvalid with all problems."""
        importlib.invalidate_caches()  # what was installed since this process began is to be found
        MetadataPathFinder().invalidate_caches()  # before Python 3.12 the call above forgets it
        settings = read()
        accounts = examine_settings(settings, self._installed())
        return _Reading(settings, accounts, read_manifests(settings.trusted_document_files))

    async def _take(self, held: Configured, good: _Reading) -> list[str]:
        """Puts a good reading in the place of the one that was held; what of it waits for a restart."""
        bound = {name: getattr(held.settings, name) for name in Settings.model_fields if name not in RELOADED}
        waiting = sorted(name for name, value in bound.items() if getattr(good.settings, name) != value)
        settings = good.settings.model_copy(update=bound)
        hashing = await asyncio.to_thread(peppers, settings)
        accounts = built(good.accounts, self._base.outfit, held.accounts)
        reading = Configured.of(settings, accounts, self._base.clock.now(), held, hashing)
        await self._follower.adopt(reading)
        self._trust(good.trusted, only=settings.only_trusted_documents)
        return waiting

    def _tell(self, before: Mapping[str, Account], now: Mapping[str, Account], waiting: list[str]) -> None:
        removed = sorted(before.keys() - now.keys())
        changed = sorted(name for name in now.keys() & before.keys() if now[name] is not before[name])
        if waiting:
            log.warning("reload.needs_restart", settings=waiting)
        log.info("reload.done", added=sorted(now.keys() - before.keys()), changed=changed, removed=removed)
        for name in (*removed, *changed):
            self._base.metrics.forget(name)

    def _refused(self, *problems: str) -> None:
        for problem in problems:
            log.error("reload.refused", problem=problem)
        self._base.metrics.reload_failed.set(1)
