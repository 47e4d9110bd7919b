"""Forms that lists can take. As it stands: what the documentation shows."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Forms:
    """Can be changed while the emulator runs."""

    endless: Literal["", "circle", "line"] = ""
    """Each page of a list of donations, which is empty, names another: the same one, or a new one for ever. No page does so."""
