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
from schema.model.errors import GivingError, SettingsInvalid

RELOADED: Final = frozenset(
    {"accounts", "campaigns", "charities", "endorsers", "seasons", "rates", "reporting_currency", "public_url"}
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
        try:
            await self._take(*await asyncio.to_thread(self._examined, read))
        except SettingsInvalid as error:
            self._refused(*error.problems)
        except GivingError as error:
            self._refused(f"{error.code}: {error}")
        except Exception:
            log.exception("reload.fault")
            self._base.metrics.reload_failed.set(1)
        else:
            self._base.metrics.reload_failed.set(0)
            return True
        return False

    def _examined(self, read: Callable[[], Settings]) -> tuple[Settings, dict[str, Prepared]]:
        """A reading that is good, with its accounts ready to be built. Raises SettingsInvalid with all problems."""
        importlib.invalidate_caches()  # what was installed since this process began is to be found
        MetadataPathFinder().invalidate_caches()  # before Python 3.12 the call above forgets it
        settings = read()
        return settings, examine_settings(settings, self._installed())

    async def _take(self, settings: Settings, prepared: Mapping[str, Prepared]) -> None:
        held = self._base.current.now
        bound = {name: getattr(held.settings, name) for name in Settings.model_fields if name not in RELOADED}
        waiting = sorted(name for name, value in bound.items() if getattr(settings, name) != value)
        accounts = built(prepared, self._base.ports, held.accounts)
        reading = Configured.of(settings.model_copy(update=bound), accounts, self._base.clock.now(), held)
        await self._follower.adopt(reading)
        if waiting:
            log.warning("reload.needs_restart", settings=waiting)
        self._tell(held.accounts, accounts)

    def _tell(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        removed = sorted(before.keys() - now.keys())
        changed = sorted(name for name in now.keys() & before.keys() if now[name] is not before[name])
        for name in (*removed, *changed):
            self._base.metrics.forget(name)
        log.info("reload.done", added=sorted(now.keys() - before.keys()), changed=changed, removed=removed)

    def _refused(self, *problems: str) -> None:
        for problem in problems:
            log.error("reload.refused", problem=problem)
        self._base.metrics.reload_failed.set(1)
