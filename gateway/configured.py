"""What one reading of the configuration says, and which reading holds at the moment."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from gateway.accounts import Account, finder
from gateway.intake.placement import Rules
from gateway.read.directory import AccountEntry, Directory
from gateway.settings import Settings
from gateway.store.peppers import Peppers

NO_PEPPERS: Final = Peppers()


@dataclass(frozen=True, slots=True)
class Configured:
    """One reading, whole. Nothing of it changes: the next reading is another value."""

    settings: Settings
    accounts: Mapping[str, Account]
    directory: Directory
    rules: Rules
    peppers: Peppers

    @classmethod
    def of(
        cls,
        settings: Settings,
        accounts: Mapping[str, Account],
        read_at: datetime,
        former: "Configured | None" = None,
        peppers: Peppers = NO_PEPPERS,
    ) -> Self:
        """A reading with what was built and read for it. What accounts of ``former`` have told stays known."""
        entries = {name: AccountEntry.of(name, account.spec, account.connector) for name, account in accounts.items()}
        looking = {name: account.spec for name, account in accounts.items() if settings.looks_up(name)}
        entries |= {
            finder(name): AccountEntry(finder(name), spec, pushes=False, finds_for=name) for name, spec in looking.items()
        }
        directory = Directory(settings, entries, read_at, None if former is None else former.directory)
        rules = Rules(settings, {name: account.platform for name, account in accounts.items()})
        return cls(settings, accounts, directory, rules, peppers)


class Current:
    """Which reading holds. It changes as a whole and at once.

    Whoever needs the configuration looks here at the beginning of each piece of work, and goes by what was found to its end.
    """

    def __init__(self, now: Configured) -> None:
        self._now = now
        self._changed = asyncio.Event()

    @property
    def now(self) -> Configured:
        """The one that holds."""
        return self._now

    def become(self, configured: Configured) -> None:
        """Another one holds from now on."""
        self._now = configured
        self._changed.set()
        self._changed = asyncio.Event()

    async def each(self) -> AsyncGenerator[Configured, None]:
        """The one that holds, and whenever another one does, that one; who is slow is not told of those in between."""
        told = None
        while True:
            while told is self._now:
                await self._changed.wait()
            told = self._now
            yield told
