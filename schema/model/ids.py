"""Identifiers. A native id is the network's own, made unique over the whole network by its connector."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Self

from schema.model.errors import BadUserInput

MAX_NATIVE: Final = 200
_PLATFORM = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class CampaignId:
    """A campaign on a network. Opaque to clients, who get it as a global id."""

    platform: str
    native: str

    def __post_init__(self) -> None:
        if not _PLATFORM.fullmatch(self.platform):
            raise BadUserInput("a network's key is lower case letters, digits and _", argument="platform")
        if not 0 < len(self.native) <= MAX_NATIVE or not self.native.isprintable():
            raise BadUserInput(f"a native id is 1 to {MAX_NATIVE} printable characters", argument="externalId")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of ``str``."""
        platform, _, native = text.partition(":")
        return cls(platform, native)

    def __str__(self) -> str:
        return f"{self.platform}:{self.native}"


def entity(platform: str, native: str) -> bytes:
    """The 16 bytes under which the ledger keeps one donation: a hash, as some networks put donors into their ids."""
    return hashlib.sha256(f"{platform}\n{native}".encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A node of the public graph: its type name and what finds it there. Encoded, it is opaque and stable."""

    kind: str
    parts: tuple[str, ...]

    def encode(self) -> str:
        """Text for clients, safe in addresses."""
        return base64.urlsafe_b64encode("\n".join((self.kind, *self.parts)).encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """The node that a client names, or None when no id of ours looks like that."""
        if not text or len(text) > 1_000:
            return None
        try:
            kind, *parts = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode().split("\n")
        except (binascii.Error, ValueError):
            return None
        found = cls(kind, tuple(parts))
        return found if parts and found.encode() == text else None
