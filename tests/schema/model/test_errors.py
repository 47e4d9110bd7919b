"""The tree that is drawn in the module is the tree that there is."""

import inspect
import re

import pytest

from schema.model import errors
from schema.model.errors import DeliveryRejected, GivingError, KeyUnknown, SettingsInvalid, TryLater


def drawn() -> dict[str, tuple[str | None, str | None]]:
    """Each class of the drawing with the class above it and its code."""
    found: dict[str, tuple[str | None, str | None]] = {}
    path: list[tuple[int, str]] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        match = re.match(r"^(    (?:[| ]   )*)(\+-- )?([A-Z]\w+)(?:\s{2,}([A-Z][A-Z_]+[A-Z])\s{2,})?", line)
        if match is None:
            continue
        depth = line.index(match[3])
        while path and path[-1][0] >= depth:
            path.pop()
        found[match[3]] = (path[-1][1] if path else None, match[4])
        path.append((depth, match[3]))
    return found


def existing() -> dict[str, type[GivingError]]:
    return {name: c for name, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, GivingError)}


def test_the_drawing_and_the_module_hold_the_same_classes() -> None:
    assert set(drawn()) == set(existing())


def test_each_class_stands_where_it_is_drawn() -> None:
    for name, (above, _) in drawn().items():
        assert above is None or existing()[name].__bases__ == (existing()[above],)


def test_each_drawn_code_is_the_class_own_and_no_other_class_has_it() -> None:
    coded = {name: code for name, (_, code) in drawn().items() if code is not None}

    assert {name: existing()[name].code for name in coded} == coded
    assert len(set(coded.values())) == len(coded)


def test_every_class_without_branches_has_a_code() -> None:
    above = {parent for parent, _ in drawn().values()}

    assert all(code is not None for name, (_, code) in drawn().items() if name not in above)
    assert all(
        "code" not in vars(existing()[name]) for name, (_, code) in drawn().items() if code is None and name != "GivingError"
    )


def test_only_what_can_succeed_later_is_retryable() -> None:
    assert {name for name, c in existing().items() if c.retryable} == {
        n for n, c in existing().items() if issubclass(c, TryLater)
    }


def test_every_status_is_one_of_failure() -> None:
    assert all(400 <= c.status_hint < 600 for c in existing().values())


def test_what_proved_nothing_leaves_as_401() -> None:
    assert DeliveryRejected.status_hint == KeyUnknown.status_hint == 401


@pytest.mark.parametrize("name", sorted(existing()))
def test_every_class_says_when_it_is_raised(name: str) -> None:
    assert existing()[name].__doc__


def test_all_problems_of_a_configuration_are_kept() -> None:
    error = SettingsInvalid(["accounts.lunch.mchid: is missing", "port: is no number"])

    assert error.problems == ("accounts.lunch.mchid: is missing", "port: is no number")
    assert str(error).splitlines() == list(error.problems)
