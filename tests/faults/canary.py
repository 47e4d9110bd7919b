"""Strings that occur nowhere else, put into every field that names a person or is a secret, and a search for them."""

import base64
import json
import random
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from redis.asyncio import Redis

from tests.end_to_end.configuration import SECRETS

_PEM: Final = re.compile(r"^[A-Za-z0-9+/]{64}$", re.MULTILINE)
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz"


@dataclass
class Canaries:
    """``hidden`` may be nowhere but where it is sealed. ``shown`` may be shown to viewers, and be kept for that; it is nowhere
    that is written for operators. Both say of each string what it is.
    """

    rng: random.Random
    hidden: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def hide(self, what: str, text: str | None = None) -> str:
        """A string for what nobody may see, a new one unless it is given."""
        text = text or self._new()
        self.hidden[text] = what
        return text

    def number(self, what: str) -> str:
        """The same of digits, as ids of persons often are."""
        return self.hide(what, f"9{self.rng.randrange(10**14):014}")

    def show(self, what: str) -> str:
        """A string for what viewers may see."""
        text = self._new()
        self.shown[text] = what
        return text

    def hide_secrets(self, account: Mapping[str, Any]) -> None:
        """The secrets of an account; of a key in a file a line from its middle."""
        for name, value in account.items():
            if name in SECRETS:
                lines = _PEM.findall(value)
                self.hide(f"{account['connector']}.{name}", lines[len(lines) // 2] if lines else value)

    def leaks(self, place: str, said: bytes, *, to_viewers: bool) -> list[str]:
        """What is found there and must not be, in words. ``to_viewers``: names and messages may be there."""
        forbidden = self.hidden if to_viewers else {**self.hidden, **self.shown}
        return [f"{what} in {place}" for text, what in forbidden.items() if any(form in said for form in forms(text))]

    def _new(self) -> str:
        return "Canary" + "".join(self.rng.choices(_LETTERS, k=14))


@cache
def forms(text: str) -> frozenset[bytes]:
    """How a text can stand in bytes: as it is, in either case, quoted, escaped, as digits of 16, or within some base64."""
    plain = text.encode()
    found = {
        plain,
        text.lower().encode(),
        text.upper().encode(),
        quote(text, safe="").encode(),
        json.dumps(text)[1:-1].encode(),
    }
    found |= {plain.hex().encode(), plain.hex().upper().encode()}
    for shift in range(3):
        packed = base64.b64encode(b"\0" * shift + plain)
        whole = packed[(0, 2, 3)[shift] : len(packed) - (4 if (shift + len(plain)) % 3 else 0)]
        found |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(found)


async def kept_in_clear(redis: Redis) -> AsyncIterator[tuple[str, bytes]]:
    """All that a server holds, by key: what can be read there without any key of ours, names of keys included."""
    client = cast("Any", redis)
    async for name in redis.scan_iter():
        kind = await redis.type(name)
        if kind == b"hash":
            held: Iterable[Any] = [part for pair in (await client.hgetall(name)).items() for part in pair]
        elif kind == b"list":
            held = await client.lrange(name, 0, -1)
        elif kind == b"set":
            held = await client.smembers(name)
        elif kind == b"zset":
            held = await client.zrange(name, 0, -1)
        elif kind == b"stream":
            held = [part for _, entry in await client.xrange(name) for pair in entry.items() for part in pair]
        else:
            held = [await redis.get(name) or b""]
        yield name.decode("latin-1"), b"\n".join([name, *held])


def written_to_disk(folder: Path) -> list[tuple[str, bytes]]:
    """Every file within a folder, sealed or not."""
    return [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]
