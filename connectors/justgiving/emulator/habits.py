"""In which of its forms the network writes, and how late it tells. Everything can be switched."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from connectors.justgiving.emulator.gifts import Status


@dataclass(slots=True)
class Forms:
    """Forms that have been seen, or that nobody has ruled out. Shares are of 1."""

    escaped_slashes: float = 0.5
    r"""Of answers in which ``/`` is written as ``\/``, dates among them."""
    gift_aid: float = 0.5
    """Of gifts in pounds for which tax is reclaimed, where the gift itself does not say."""
    markup: float = 0.25
    """Of messages that are told as HTML, with entities."""
    anonymous_name: str = "Anonymous"
    """What anonymous donors are called. May be empty."""
    no_target: Literal["", "0"] = ""
    """What a page without a target tells: *assumed*, both."""
    totals_missing: bool = False
    """Page details without any total, as a client saw them in 2020."""
    listed_status: Literal["never", "exceptions", "always"] = "exceptions"
    """In which entries of lists ``status`` is: in none, in all but accepted ones, in all. Single donations always have it."""
    unlisted: frozenset[Status] = field(default_factory=frozenset)
    """The statuses of donations that are not in lists. Whether refunds disappear is not known."""
    endless: Literal["", "circle", "line"] = ""
    """A page's list of donations never ends: whichever part is asked for the first one comes, or always one more follows."""
    owner_view: bool = False
    """Everybody is told what only the owner of a page is: ``donorRealName``."""


@dataclass(slots=True)
class Lags:
    """How far lists and totals are behind: up to a minute, and not together. *Assumed*: the platform's cache is undocumented.

    A single donation is told as it is.
    """

    donations: timedelta = timedelta()
    """Lists of donations."""
    totals: timedelta = timedelta()
    """All figures of pages, teams and campaigns."""
