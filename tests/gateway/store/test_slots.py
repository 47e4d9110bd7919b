"""The slot of every key that code can build, and what a script or a transaction may touch together."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
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
BOUND_TO = {"quarantine.py": ["held:"]}
"""What is sealed there is bound to such a text for good. It is no key, though it looks like one."""


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


def spelled(tree: ast.Module) -> list[str]:
    """Texts, or parts of f-strings, that begin as a key does: with its kind and a colon. In words a blank follows that."""
    kinds = {key.partition(":")[0] for key in every_key() if ":" in key}
    begins = re.compile(f"(?:{'|'.join(sorted(kinds))}):(?! )")
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if begins.match(text)]


def test_no_key_is_spelled_elsewhere() -> None:
    found = [(path.name, spelled(tree)) for path, tree in trees("gateway") if path != Path(keys.__file__)]
    assert [(name, texts) for name, texts in found if texts] == list(BOUND_TO.items())


@pytest.mark.parametrize(
    "planted",
    [
        'f"tot:{{{campaign}}}"',
        'f"tot:{c}"',
        '"tot:" + c',
        '"rec:{}:7".format(c)',
        '"held:%s" % account',
        'f"{prefix}lease:{name}"',
        '"health:lunch"',
        'redis.hget(f"min:{c}", "raised")',
    ],
)
def test_a_key_that_is_spelled_elsewhere_is_found(planted: str) -> None:
    assert len(spelled(ast.parse(planted))) == 1


@pytest.mark.parametrize("innocent", ['"total:"', 'f"health: {words}"', '"a:tot:b"', '"held"', "keys.total(c)"])
def test_what_is_no_key_is_not_taken_for_one(innocent: str) -> None:
    assert spelled(ast.parse(innocent)) == []
