"""Rules about one row of a list that cannot be read: it hides no other, and it is told."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connectors.contract import ListsDonations
from connectors.http import HttpResponse
from connectors.testing.conformance.asking import spoiled
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Broken, Unproven, expect
from connectors.testing.conformance.comparing import essence
from connectors.testing.conformance.failing import places
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import DamagesRows
from connectors.testing.conformance.rules import Rule
from schema.model.errors import Unreadable, UpstreamGarbled
from schema.model.facts import DonationState

GIFTS: Final = (1_937, 435, 2_719, 5_113, 867)
"""Without zeros at the end, so that an amount is known by its digits, however the network writes it."""

States: TypeAlias = dict[str, DonationState]
"""Donations by their ids."""
Place: TypeAlias = tuple[Any, Any]
"""An object or list of JSON, and a key or an index of it."""


async def damaged(bench: Bench) -> str:
    """A row of a list that cannot be read hides no other: it is raised after the last, as UpstreamGarbled or Unreadable."""
    await bench.give(*GIFTS)
    campaign, before = await _listed(bench)
    if isinstance(bench.case, DamagesRows):
        await bench.case.damage_row(bench.emulator)
        (newest,) = (state for state in before.values() if state.amount is not None and state.amount.minor == GIFTS[-1])
        _is_told("that cannot be read", newest, before, *await _asked(bench, campaign))
        return f"the emulator damaged a row, which was told, and {len(before) - 1} others stayed"
    victim, count = next(iter(before.values())), 0
    for what, damage in DAMAGES.items():
        spoil = Damage(victim, damage)
        found, error = await spoiled(bench, spoil, lambda: _asked(bench, campaign))
        if spoil.done and (error is not None or _essences(found) != _essences(before)):  # else the connector does not read it
            _is_told(what, victim, before, found, error)
            count += 1
    if not count:
        raise Unproven("no row was found that could be damaged in transit, and the case does not say how (DamagesRows)")
    return f"a row was damaged in {count} ways and told, and {len(before) - 1} others stayed"


def _is_told(what: str, victim: DonationState, before: States, found: States, error: Exception | None) -> None:
    """Raises Broken unless all others are told as before, the damaged one is not, and the list ends by an error."""
    told, known = _essences(found), _essences(before)
    hidden = [native for native in known if native != victim.native_id and told.get(native) != known[native]]
    expect(not hidden, f"a row {what} hides {len(hidden)} of {len(before) - 1} others")
    made_up = [native for native in told if told[native] != known.get(native)]
    expect(not made_up, f"a row {what} is told all the same, as a donation that never was")
    expect(error is not None, f"a row {what} is left out without a word")


async def _listed(bench: Bench) -> tuple[str, States]:
    """The first campaign in whose list all gifts are, and its donations by their ids."""
    for campaign in bench.campaigns:
        found, error = await _asked(bench, campaign)
        if error is not None:
            raise error
        if len(found) == len(GIFTS):
            return campaign, found
    raise Broken(f"{len(GIFTS)} donations were given, and no campaign's list has them all")


async def _asked(bench: Bench, campaign: str) -> tuple[States, Exception | None]:
    """What a list tells by and by, and how it ends."""
    found: list[object] = []
    error: Exception | None = None
    if isinstance(bench.connector, ListsDonations):
        try:
            async for movement in bench.connector.donations(campaign, since=None):
                found.append(movement)
        except (UpstreamGarbled, Unreadable) as garbled:
            error = garbled
    return {state.native_id: state for state in donations_of(found)}, error


def _essences(states: States) -> dict[str, object]:
    return {native: essence(state) for native, state in states.items()}


@dataclass
class Damage:
    """Spoils answers: damages the row of one donation in a list of JSON. Other answers stay as they are."""

    victim: DonationState
    damage: Callable[[Any, DonationState], bool]
    done: bool = False
    """Whether there was such a row, with something in it to damage."""

    def __call__(self, response: HttpResponse) -> HttpResponse:
        """The answer with the damaged row in it."""
        try:
            value = json.loads(response.body)
        except ValueError:
            return response
        rows = [row for row in _rows(value) if _ids(row, self.victim)]
        if not rows or not self.damage(rows[-1], self.victim):
            return response
        self.done = True
        return replace(response, body=json.dumps(value).encode())


def _rows(value: Any) -> Iterator[Any]:
    """The objects that lists hold, the outermost first."""
    for holder, key in places(value):
        if isinstance(holder, list) and isinstance(holder[key], dict):
            yield holder[key]


def _ids(row: Any, victim: DonationState) -> list[Place]:
    """Where the id of a donation stands in a row, also where the connector puts something before it."""
    whole, native = [], victim.native_id
    ending = []
    for holder, key in places(row):
        text = str(holder[key]) if type(holder[key]) in (str, int) else ""
        if text == native:
            whole.append((holder, key))
        elif text and native.endswith(text) and not native[-len(text) - 1].isalnum():
            ending.append((holder, key))
    return whole or ending


def _amounts(row: Any, victim: DonationState) -> list[Place]:
    """Where the amount of a donation stands in a row, in whatever unit."""
    minor = None if victim.amount is None else _digits(victim.amount.minor)
    return [(holder, key) for holder, key in places(row) if minor is not None and _digits(holder[key]) == minor]


def _digits(value: Any) -> tuple[int, ...] | None:
    """The digits of a number above zero, whatever its scale."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number.normalize().as_tuple().digits if number.is_finite() and number > 0 else None


def _set(find: Callable[[Any, DonationState], list[Place]], value: Any) -> Callable[[Any, DonationState], bool]:
    def damage(row: Any, victim: DonationState) -> bool:
        found = find(row, victim)
        for holder, key in found:
            holder[key] = value
        return bool(found)

    return damage


# nothing is left out: many a network leaves out what a donor hides
DAMAGES: Final[Mapping[str, Callable[[Any, DonationState], bool]]] = MappingProxyType(
    {
        "whose amount is absurd": _set(_amounts, "1e400"),
        "whose amount is no amount": _set(_amounts, []),
        "whose id is no id": _set(_ids, {}),
        "whose id cannot be printed": _set(_ids, "\x00\x1b"),
    }
)
RULES: Final = (Rule("a-damaged-row-of-a-list-is-told", damaged, Grade.PLATINUM, (ListsDonations,)),)
