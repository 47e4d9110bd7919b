"""What the soak calls left behind, and how it draws."""

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest

from tests.end_to_end.footprint import MIB, POOLED, Footprint
from tests.soak.__main__ import MORE_MEMORY, Part
from tests.soak.curve import WIDTH, Curve, drawn
from tests.soak.seen import Seen

BEFORE: Final = Footprint(files=40, ledger=POOLED, tasks=30, sockets=0, viewers=0, operations=0, resident=100 * MIB)


def part(after: Footprint) -> Part:
    """Half a run that left this."""
    return Part("", Curve(), BEFORE, after)


def test_a_run_that_leaves_what_there_was_holds() -> None:
    assert part(BEFORE).holds


@pytest.mark.parametrize("name", ["files", "ledger", "tasks", "sockets", "viewers", "operations"])
def test_one_more_of_anything_is_something_left(name: str) -> None:
    assert not part(replace(BEFORE, **{name: getattr(BEFORE, name) + 1})).holds


def test_memory_may_grow_by_so_much_and_no_more() -> None:
    most = int(BEFORE.resident * (1 + MORE_MEMORY))

    assert part(replace(BEFORE, resident=most)).holds
    assert not part(replace(BEFORE, resident=most + 1)).holds


def test_a_curve_is_as_wide_as_it_has_values_and_never_wider_than_its_place() -> None:
    assert drawn([]) == ""
    assert drawn([7]) == "▁"
    assert drawn([0, 7]) == "▁█"
    assert drawn([*range(8)]) == "▁▂▃▄▅▆▇█"
    assert len(drawn([*range(10 * WIDTH + 1)])) <= WIDTH


def gifts(*names: str, recovered: bool = True, missed: int = 0) -> dict[str, object]:
    """A message of donations."""
    return {"recovered": recovered, "missed": missed, "received": [{"id": name} for name in names]}


def total(count: int, *, recovered: bool = True) -> dict[str, object]:
    """A message of a total."""
    return {"recovered": recovered, "campaign": {"total": {"donationCount": count}}}


@pytest.mark.parametrize(
    ("feed", "messages", "wrong"),
    [
        ("campaignDonations", [gifts(), gifts("b", "c"), gifts("d")], ""),
        ("campaignDonations", [gifts(), gifts("b"), gifts("d")], "was not told of each gift once, in order"),
        ("campaignDonations", [gifts(), gifts("b", "b"), gifts("c", "d")], "was not told of each gift once, in order"),
        ("campaignDonations", [gifts(), gifts("c", "b"), gifts("d")], "was not told of each gift once, in order"),
        ("campaignDonations", [gifts(), gifts("b", "c")], "was not told of the last gift"),
        ("campaignDonations", [gifts(), gifts("b", "c"), gifts("d", missed=1)], "missed something"),
        ("campaignDonations", [gifts(), gifts("b", "c", "d", recovered=False)], "was told of a hole"),
        ("campaignTotal", [total(1, recovered=False), total(3), total(4)], ""),
        ("campaignTotal", [total(1), total(3), total(2), total(4)], "went back"),
        ("campaignTotal", [total(1), total(3)], "was not told of the last gift"),
    ],
)
def test_what_a_viewer_was_told_wrong_is_named(feed: str, messages: list[dict[str, object]], wrong: str) -> None:
    mistakes = Counter[str]()
    seen = Seen(feed, ["a", "b", "c", "d"], mistakes)
    first, *rest = messages
    seen.begin(first)
    for message in rest:
        seen.take(message)
    seen.judge_end(4)
    seen.judge()
    assert [*mistakes] == ([f"{feed}: {wrong}"] if wrong else [])
