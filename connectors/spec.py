"""What is known of a connector before one is built: its key, its settings, its pace, and the contract it was written for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from connectors.contract import Connector, Reply
from connectors.ports import Ports
from schema.model.total import Basis

CONTRACT_VERSION: Final = 2
"""Grows when a connector written for the version before would break. Policy: docs/connectors.md."""

CHANGES: Final[Mapping[int, str]] = MappingProxyType(
    {
        2: "import CONTRACT_VERSION, ConnectorSpec, Pace, Secret, Setting and Settings from connectors.spec instead of "
        "connectors.contract; a case of the suite is a class of its own, listed in CASES of the package's module case",
    }
)
"""What each version changed, in the words of what an author has to do."""


class Secret:
    """A text that prints as ``***``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"


ACKNOWLEDGED: Final = Reply()
"""Most networks take any 2xx for an acknowledgement."""

SettingKind: TypeAlias = Literal["text", "secret", "texts", "table", "url"]
SettingValue: TypeAlias = str | Secret | tuple[str, ...] | Mapping[str, str] | None
Settings: TypeAlias = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of an account.

    Kinds: ``text`` a string; ``secret`` a Secret (both may also be given as ``NAME_file``); ``texts`` a list of strings;
    ``table`` strings by key; ``url`` an http(s) or ws(s) address. A ``default`` of None makes the setting None when absent.
    """

    name: str
    help: str
    kind: SettingKind = "text"
    required: bool = True
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a network may be asked. None means never.

    ``poll``: campaigns and their totals. ``milestones``: those of each campaign. ``posts``: counters of posts and followers.
    ``statements_at``: the time of day, in ``zone``, from which the bill of the day before is there. ``statements_kept``: how
    long the network keeps a bill. ``budgets`` are calls per minute. ``spacing`` is the least time between two calls on a
    budget, for networks that want each call apart: a call waits for its turn. ``daily`` names, for a budget that the network
    counts by the day, the setting that holds how many calls it has; that count survives restarts.
    """

    poll: timedelta | None = None
    budgets: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({"default": 60}))
    milestones: timedelta | None = None
    posts: timedelta | None = None
    statements_at: time | None = None
    statements_kept: timedelta = timedelta(days=90)
    statements_whole: bool = False  # a bill tells every clue that a delivery tells, so that no delivery needs to be kept
    zone: str = "UTC"
    """The IANA name of the zone in which the network cuts its days."""
    spacing: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    daily: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """What is known of a connector before one is built.

    ``build`` gets every declared setting by name and raises SettingsInvalid with all problems at once, each of them
    beginning with the setting's name. ``declares_campaigns``: the network has none of its own, they are in ``giving.toml``.
    """

    key: str
    name: str
    homepage: str
    contract_version: int
    settings: tuple[Setting, ...]
    pace: Pace
    basis: Basis
    build: Callable[[Settings, Ports], Connector]
    declares_campaigns: bool = False
    accepted: Reply = ACKNOWLEDGED
    """What the network takes for received: the answer to what is genuine and cannot be read."""
    abilities: tuple[type, ...] = ()
    """The abilities of what ``build`` gives, for listings; a test holds them against the object."""
