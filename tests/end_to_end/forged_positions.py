"""Positions that nobody was ever given, each made from a true one."""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from gateway.read import positions
from schema.model.ids import CampaignId
from schema.model.total import Place
from tests.clients.server_log import Entry

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
Forge: TypeAlias = Callable[[Entry], str]


def moved(milliseconds: int = 0, sequence: int = 0, check: int = 0) -> Forge:
    """A position beside a true one, its check as it was or another."""

    def forge(entry: Entry) -> str:
        packed = base64.urlsafe_b64decode(entry.position + "=")
        place, seal = positions.decode(entry.position) or Place(), int.from_bytes(packed[-2:])
        numbers = ((place.milliseconds + milliseconds, 8), (place.sequence + sequence, 4), (seal ^ check, 2))
        return base64.urlsafe_b64encode(b"".join(number.to_bytes(size) for number, size in numbers)).decode().rstrip("=")

    return forge


def respelt(entry: Entry) -> str:
    """The same bytes: 19 letters have room for two bits more."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return entry.position[:-1] + letters[letters.index(entry.position[-1]) ^ 1]


IMPOSSIBLE: Final[Mapping[str, Forge]] = MappingProxyType(
    {
        "no position": lambda entry: "not a position",
        "of another script": lambda entry: "位置",
        "too short": lambda entry: entry.position[:-1],
        "too long": lambda entry: entry.position + "A",
        "very long": lambda entry: "7" * 200,
        "padded": lambda entry: entry.position + "=",
        "spelt otherwise": respelt,
        "its figures forged": moved(check=1),
        "before it": moved(milliseconds=-1),
        "beside it": moved(sequence=1),
        "from the future": moved(milliseconds=3_600_000),
        "before everything": lambda entry: positions.encode(LUNCH, Place(), "", ""),
        "the end of time": lambda entry: positions.encode(LUNCH, Place(2**64 - 1, 2**32 - 1), "1", "1"),
    }
)
