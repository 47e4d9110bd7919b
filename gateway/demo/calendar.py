"""The demo's dates: those of the example, moved so that the first phase has a minute left when it starts."""

from datetime import datetime, timedelta
from typing import Any, Final

FIRST_PHASE_LEFT: Final = timedelta(seconds=60)
"""On the wall's clock, so that everybody sees the phase change."""
PAST: Final = timedelta(days=7)
"""For how long people had given before the demo starts."""


def moved(values: Any, by: timedelta) -> Any:
    """The same values with every moment in them moved."""
    match values:
        case dict():
            return {name: moved(value, by) for name, value in values.items()}
        case list():
            return [moved(value, by) for value in values]
        case datetime():
            return values + by
        case _:
            return values


def shift(values: dict[str, Any], now: datetime, speed: float) -> timedelta:
    """By how much the example's dates are to be moved."""
    second: datetime = values["seasons"][0]["phases"][1]["starts_at"]
    return now + FIRST_PHASE_LEFT * speed - second
