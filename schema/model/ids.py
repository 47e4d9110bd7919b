"""Identifiers. A native id is the network's own, made unique over the whole network by its connector."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, NamedTuple, Self, TypeGuard

from schema.model.errors import BadUserInput

MAX_NATIVE: Final = 200
MAX_GLOBAL: Final = 2_000
"""Characters of an encoded node: the longest native id, in four bytes a character, fits with room to spare."""
_PLATFORM = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Pair(NamedTuple):
    platform: str
    native: str


class CampaignId(_Pair):
    """A campaign on a network. Opaque to clients, who get it as a global id.

    It is a tuple, as nearly every look into a table is by one, and tuples are hashed and compared in no time.
    """

    __slots__ = ()

    def __new__(cls, platform: str, native: str) -> Self:
        """Raises BadUserInput for what can be none."""
        if not _PLATFORM.fullmatch(platform):
            raise BadUserInput("a network's key is lower case letters, digits and _", argument="platform")
        check_native(native, "externalId")
        return super().__new__(cls, platform, native)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of ``str``."""
        platform, _, native = text.partition(":")
        return cls(platform, native)

    def __str__(self) -> str:
        return f"{self.platform}:{self.native}"


def is_native(value: object) -> TypeGuard[str]:
    """Whether a value can be a native id: an empty or broken one would make several things one."""
    return isinstance(value, str) and 0 < len(value) <= MAX_NATIVE and value.isprintable()


def check_native(text: str, argument: str) -> None:
    """Raises BadUserInput unless a text can be a native id."""
    if not is_native(text):
        raise BadUserInput(f"a native id is 1 to {MAX_NATIVE} printable characters", argument=argument)


def encoded(lines: str) -> str:
    """Lines as text for clients, safe in addresses."""
    return binascii.b2a_base64(lines.encode(), newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def entity(platform: str, native: str) -> bytes:
    """The 16 bytes under which the ledger keeps one donation: a hash, as some networks put donors into their ids."""
    return hashlib.sha256(f"{platform}\n{native}".encode("utf-8", "surrogatepass")).digest()[:16]


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A node of the public graph: its type name and what finds it there. Encoded, it is opaque and stable.

    The texts are of one line each, and there is at least one part. Raises BadUserInput for others.
    """

    kind: str
    parts: tuple[str, ...]

    def __post_init__(self) -> None:
        whole = "".join((self.kind, *self.parts))
        if not self.parts or "\n" in whole or _SURROGATE.search(whole):
            raise BadUserInput("a node is found by texts of one line", argument="id")

    def encode(self) -> str:
        """Text for clients, safe in addresses."""
        return encoded("\n".join((self.kind, *self.parts)))

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """The node that a client names, or None when no id of ours looks like that."""
        if not text or len(text) > MAX_GLOBAL:
            return None
        try:
            kind, *parts = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode().split("\n")
            found = cls(kind, tuple(parts))
        except (binascii.Error, ValueError, BadUserInput):
            return None
        return found if found.encode() == text else None
