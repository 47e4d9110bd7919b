"""A network on which campaigns run."""

from typing import NamedTuple


class Platform(NamedTuple):
    """As its connector describes it. ``homepage`` is an address."""

    key: str
    name: str
    homepage: str
