"""The slot of every key that code can build, and what a script or a transaction may touch together."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from redis.crc import key_slot

from gateway.store import keys
from schema.model.ids import CampaignId
from tests.docs.test_errors import trees

NATIVES = ("reef", "学:1", "a{b}c", "}{", "{}", "x" * 200, "a b", "{")
PLATFORMS = ("twitch", "wechat_pay")
SAMPLES: dict[str, tuple[Any, ...]] = {
    "campaign": tuple(CampaignId(platform, native) for platform in PLATFORMS for native in NATIVES),
    "entity": tuple(bytes([number]) * 16 for number in range(64)),
    "platform": PLATFORMS,
    "account": ("lunch", "reef-2"),
    "name": ("app", "upkeep:lunch"),
    "kind": ("body",),
    "number": tuple(range(8)),
}
NO_KEYS = {"totals", "campaign_of"}
"""A pattern, and the reverse of a key."""


def functions() -> dict[str, Callable[..., str | tuple[str, ...]]]:
    """Every function that spells keys."""
    found = inspect.getmembers(keys, inspect.isfunction)
    return {name: made for name, made in found if made.__module__ == keys.__name__ and name not in NO_KEYS}


def built(name: str) -> list[tuple[tuple[Any, ...], tuple[str, ...]]]:
    """What a function makes of the samples: arguments and keys."""
    made = functions()[name]
    choices: list[tuple[Any, ...]] = [()]
    for parameter in inspect.signature(made).parameters:
        choices = [(*chosen, sample) for chosen in choices for sample in SAMPLES[parameter]]
    results = [(chosen, made(*chosen)) for chosen in choices]
    return [(chosen, (found,) if isinstance(found, str) else found) for chosen, found in results]


def every_key() -> list[str]:
    """All of them."""
    spelled = [key for name in functions() for _, found in built(name) for key in found]
    return [*spelled, keys.HOLDING, keys.ZONE]


def slots(names: Iterable[str]) -> set[int]:
    """Where they lie."""
    return {key_slot(name.encode()) for name in names}


def test_all_keys_of_a_campaign_share_a_slot_whatever_its_id() -> None:
    by_campaign: defaultdict[CampaignId, set[str]] = defaultdict(set)
    for name in functions():
        for chosen, found in built(name):
            if chosen and isinstance(chosen[0], CampaignId):
                by_campaign[chosen[0]].update(found)
    assert {str(campaign): len(slots(names)) for campaign, names in by_campaign.items()} == {
        str(campaign): 1 for campaign in SAMPLES["campaign"]
    }
    assert {len(names) for names in by_campaign.values()} == {64 + 11}


def test_campaigns_are_spread() -> None:
    assert len({slots([keys.total(CampaignId("twitch", str(number)))]).pop() for number in range(1_000)}) > 900


@pytest.mark.parametrize(
    "name", [name for name in functions() if "campaign" not in inspect.signature(functions()[name]).parameters]
)
def test_what_one_function_names_together_shares_a_slot(name: str) -> None:
    assert [found for _, found in built(name) if len(slots(found)) != 1] == []


def test_no_two_keys_are_spelled_alike() -> None:
    assert len(every_key()) == len(set(every_key()))


def test_no_key_is_spelled_elsewhere() -> None:
    kinds = {re.findall("^[^:]+:{?", key)[0] for key in every_key() if ":" in key}
    strays = [
        f"{path.name}:{node.lineno}"
        for path, tree in trees("gateway")
        if path.name != "keys.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
        if str(node.values[0].value) in kinds
    ]
    assert strays == []
