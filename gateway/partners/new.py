"""Writes a partner's distribution: a connector for a made-up network of one shape, whose tests are green at once."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from connectors.spec import CONTRACT_VERSION
from gateway.registry import Registry
from schema.model.errors import BadUserInput

LONGEST_NAME: Final = 32
WITHOUT_JINJA: Final = 'The templates need Jinja: pip install "giving-gateway[testing]"'
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_TAKEN: Final = frozenset(
    [
        "none",
        "true",
        "false",
        "any",
        "final",
        "literal",
        "mapping",
        "self",
        "type",
        "decimal",
        "json",
        "account",
        "amounts",
        "attempt",
        "awaitable",
        "basis",
        "book",
        "case",
        "connector",
        "control",
        "currency",
        "deliveries",
        "delivery",
        "drive",
        "emulator",
        "gift",
        "giver",
        "kind",
        "links",
        "money",
        "movement",
        "outgoing",
        "pace",
        "ports",
        "pushing",
        "quirks",
        "raised",
        "receipt",
        "request",
        "response",
        "route",
        "secret",
        "sender",
        "sequence",
        "setting",
        "settings",
        "stage",
        "starlette",
        "timestamp",
        "unreadable",
    ]
)
"""Names whose class would be a word of Python's, or of what every connector imports or defines."""
_TEMPLATE: Final = ".jinja"
_PLACES: Final = {"gitignore": ".gitignore", "ci.yml": ".github/workflows/ci.yml"}
"""Templates whose place is where no package data can be."""
_ONLY_PUSHED: Final = frozenset({"package/webhook.py", "package/emulator/pushing.py"})


class Signed(StrEnum):
    """How a network proves its deliveries."""

    HMAC = "hmac"
    RSA = "rsa"


class Total(StrEnum):
    """Whose a campaign's total is."""

    REPORTED = "reported"
    COUNTED = "counted"


class Amounts(StrEnum):
    """How a network writes amounts."""

    DECIMAL = "decimal"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of network it is. ``signed`` is None where nothing is pushed."""

    signed: Signed | None = Signed.HMAC
    total: Total = Total.REPORTED
    amounts: Amounts = Amounts.DECIMAL

    def __str__(self) -> str:
        pushes = "polled" if self.signed is None else f"pushes ({self.signed})"
        return f"{pushes}, totals {self.total}, amounts {self.amounts}"


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called for a connector of this key. Raises BadUserInput for a text that is no key."""

    key: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.key) or len(self.key) > LONGEST_NAME:
            raise BadUserInput(
                f"{self.key!r} cannot be the name of a connector: it is at most {LONGEST_NAME} lower case letters and digits, "
                "with single _ between them, such as acme"
            )
        if self.key in _TAKEN:
            raise BadUserInput(
                f"{self.key!r} cannot be the name of a connector: its class would be called {self.key.capitalize()}, "
                "which is taken"
            )

    @property
    def title(self) -> str:
        """As people write it."""
        return " ".join(map(str.capitalize, self.key.split("_")))

    @property
    def package(self) -> str:
        """What is imported."""
        return f"giving_gateway_{self.key}"

    @property
    def distribution(self) -> str:
        """What is installed, and the name of its folder."""
        return self.package.replace("_", "-")


def free_place(names: Names, into: Path, registry: Registry) -> Path:
    """Where the distribution is to be. Raises BadUserInput where the name or the place is taken."""
    if names.key in registry.sources:
        owner = registry.sources[names.key].owner
        raise BadUserInput(f"there is a connector {names.key} already, of {owner}: choose another name")
    target = into / names.distribution
    if not into.is_dir():
        raise BadUserInput(f"there is no folder {into}")
    if target.exists():
        raise BadUserInput(f"{target} is there already: remove it, or choose another name or another --into")
    return target


def write(names: Names, shape: Shape, target: Path) -> None:
    """Writes the distribution there; either all of it, or nothing. Raises BadUserInput where that cannot be."""
    written = rendered(names, shape)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as aside:
            whole = Path(aside) / target.name
            for path, text in written.items():
                place = whole / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
            whole.rename(target)
    except OSError as error:
        raise BadUserInput(f"{target} cannot be written: {error.strerror}") from error


def rendered(names: Names, shape: Shape) -> dict[str, str]:
    """The text of every file by its path in the distribution. Raises BadUserInput where Jinja is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined  # of the extra "testing": a gateway that serves has no use for it
    except ImportError:
        raise BadUserInput(WITHOUT_JINJA) from None
    engine = Environment(  # noqa: S701  # what is written are no pages
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    words = _words(names, shape)
    found = {}
    for path, template in _templates(files("gateway.partners") / "template", ""):
        if shape.signed is not None or path not in _ONLY_PUSHED:
            place = _PLACES.get(path) or path.replace("package/", f"{names.package}/")
            found[place] = engine.from_string(template.read_text("utf-8")).render(words)
    return found


def _templates(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(_TEMPLATE):
            yield above + entry.name.removesuffix(_TEMPLATE), entry


def _words(names: Names, shape: Shape) -> dict[str, Any]:
    parts = names.key.split("_")
    return {
        "key": names.key,
        "title": names.title,
        "cls": "".join(map(str.capitalize, parts)),
        "header": "-".join(map(str.capitalize, parts)),
        "host": f"{'-'.join(parts)}.example",
        "package": names.package,
        "distribution": names.distribution,
        "contract": CONTRACT_VERSION,
        "today": datetime.now(UTC).date(),
        "pushes": shape.signed is not None,
        "hmac": shape.signed is Signed.HMAC,
        "rsa": shape.signed is Signed.RSA,
        "signing": "signing_secret" if shape.signed is Signed.HMAC else "signing_key",
        "reported": shape.total is Total.REPORTED,
        "counted": shape.total is Total.COUNTED,
        "decimal": shape.amounts is Amounts.DECIMAL,
        "minor": shape.amounts is Amounts.MINOR,
    }
