"""Reads the settings of an account, whatever the network."""

import re
from collections.abc import Callable
from typing import TypeVar

from connectors.spec import Secret, Settings
from schema.model.text import link

Key = TypeVar("Key")


class SettingsReader:
    """Reads settings one by one and collects what is wrong with them. No problem quotes a value."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.problems: list[str] = []

    def given(self, *names: str) -> bool:
        """Whether any of these is set."""
        return any(self._settings.get(name) is not None for name in names)

    def text(self, name: str, form: re.Pattern[str], what: str) -> str:
        """A text of this form; empty where it has a problem, which is then told as ``what``."""
        found = self._text(name)
        if found is None or form.fullmatch(found):
            return found or ""
        self.problems.append(f"{name}: {what}")
        return ""

    def url(self, name: str, example: str) -> str:
        """An address to which a call can be added; empty where it has a problem."""
        found = self._text(name)
        if found is None or (link(found) and "?" not in found and "#" not in found):
            return found or ""
        self.problems.append(f"{name}: is an http(s) address without a query, such as {example}")
        return ""

    def key(self, name: str, reader: Callable[[str], Key]) -> Key | None:
        """What the reader makes of a text; None where it has a problem, such as the reason of a ValueError of the reader's."""
        found = self._text(name)
        try:
            return None if found is None else reader(found)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return None

    def each(self, name: str, reader: Callable[[str], Key], *, required: bool = True) -> list[Key]:
        """What the reader makes of each entry of a list, without those that have a problem: the reason of a ValueError of the
        reader's, told with the entry's number from 1. A list that is ``required`` is missing where it is empty.
        """
        value, found = self._settings.get(name), []
        entries = value if isinstance(value, tuple) else ()
        if required and not entries:
            self.problems.append(f"{name}: is missing")
        for number, text in enumerate(entries, 1):
            try:
                found.append(reader(text))
            except ValueError as error:
                self.problems.append(f"{name}: entry {number} {error}")
        return found

    def _text(self, name: str) -> str | None:
        value = self._settings.get(name)
        found = value.reveal() if isinstance(value, Secret) else value
        if isinstance(found, str) and found:
            return found
        self.problems.append(f"{name}: is missing")
        return None
