"""Another reading of the configuration, taken over while the gateway runs: whole, or not at all."""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import MetadataPathFinder
from typing import Final

import structlog

from gateway.accounts import Account
from gateway.configured import Configured
from gateway.examination import examine_settings
from gateway.foundation import Foundation, built
from gateway.read.follower import Follower
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from gateway.store.key_file import peppers
from schema.model.errors import GivingError, SettingsInvalid

RELOADED: Final = frozenset(
    {
        *("accounts", "campaigns", "charities", "endorsers", "seasons", "rates", "reporting_currency", "public_url"),
        *("pepper", "pepper_file"),
    }
)
"""Settings that a reading brings. The others hold from the start to the end of a process."""
log = structlog.get_logger()


class Reload:
    """Accounts for which nothing has changed keep their connectors, with keys and tokens, and the work that is under way.

    ``installed`` says which connectors there are at this moment.
    """

    def __init__(self, base: Foundation, follower: Follower, installed: Callable[[], Registry] = Registry) -> None:
        self._base = base
        self._follower = follower
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
            waiting = await self._take(held, *await asyncio.to_thread(self._examined, read))
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

    def _examined(self, read: Callable[[], Settings]) -> tuple[Settings, dict[str, Prepared]]:
        """A reading that is good, with its accounts ready to be built. Raises SettingsInvalid with all problems."""
        importlib.invalidate_caches()  # what was installed since this process began is to be found
        MetadataPathFinder().invalidate_caches()  # before Python 3.12 the call above forgets it
        settings = read()
        return settings, examine_settings(settings, self._installed())

    async def _take(self, held: Configured, settings: Settings, prepared: Mapping[str, Prepared]) -> list[str]:
        """Puts a good reading in the place of the one that was held; what of it waits for a restart."""
        bound = {name: getattr(held.settings, name) for name in Settings.model_fields if name not in RELOADED}
        waiting = sorted(name for name, value in bound.items() if getattr(settings, name) != value)
        settings = settings.model_copy(update=bound)
        hashing = await asyncio.to_thread(peppers, settings)
        accounts = built(prepared, self._base.outfit, held.accounts)
        reading = Configured.of(settings, accounts, self._base.clock.now(), held, hashing)
        await self._follower.adopt(reading)
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
