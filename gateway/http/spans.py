"""How many rows a history has, told from its arguments before anything is read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from graphql import EnumValueNode, StringValueNode, ValueNode, VariableNode

from schema.model.cuts import MOST, Interval

_LENGTHS: Final[Mapping[Interval, timedelta]] = {
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.MONTH: timedelta(days=28),
}
_USUAL: Final[Mapping[Interval, int]] = {Interval.MINUTE: MOST, Interval.HOUR: MOST, Interval.DAY: 400, Interval.MONTH: 60}
"""Rows without a beginning: as many as are kept of minutes and hours; of days and months what a season has after a year or
five, for it begins with the first known change and not with the calendar."""


class Span(NamedTuple):
    """The arguments of a history: each a value, a variable, or left out."""

    interval: ValueNode | None
    since: ValueNode | None
    until: ValueNode | None

    @classmethod
    def of_arguments(cls, given: Mapping[str, ValueNode]) -> Self:
        """From the arguments that a field has."""
        return cls(given.get("interval"), given.get("since"), given.get("until"))

    def of(self, variables: Mapping[str, Any]) -> int:
        """How many rows at most, with variables as coerced. What cannot be told counts as the most."""
        interval = _interval(_value(self.interval, variables))
        if interval is None:
            return MOST
        since = _moment(_value(self.since, variables))
        if since is None:
            return _USUAL[interval]
        until = _moment(_value(self.until, variables)) or datetime.now(UTC)
        return max(1, min(MOST, -((since - until) // _LENGTHS[interval]) + 1))


def _value(node: ValueNode | None, variables: Mapping[str, Any]) -> object:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return node.value if isinstance(node, EnumValueNode | StringValueNode) else None


def _interval(value: object) -> Interval | None:
    return Interval[value] if isinstance(value, str) and value in Interval.__members__ else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:  # refused later
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
