"""What a network's list of donations comes to, to be held against the total that it states itself. Pure."""

from dataclasses import dataclass, field

from schema.model.facts import DonationState, Movement, Stage
from schema.model.money import Money


@dataclass(slots=True)
class Listed:
    """Adds up one whole list: amounts that are shown and count, less refunds. What comes twice is added once."""

    minor: int = 0
    _seen: set[tuple[type, str]] = field(default_factory=set)

    def add(self, movement: Movement) -> None:
        """One more row."""
        key = type(movement), movement.native_id
        if key in self._seen or movement.stage is not Stage.COMPLETED or movement.amount is None:
            return
        self._seen.add(key)
        if isinstance(movement, DonationState):
            self.minor += movement.amount.minor - (movement.refunded.minor if movement.refunded else 0)
        else:
            self.minor -= movement.amount.minor

    def apart(self, stated: Money) -> float:
        """By which share of the stated total the two are apart: 0 where they agree, 1 where nothing was listed."""
        return abs(stated.minor - self.minor) / max(stated.minor, 1)
