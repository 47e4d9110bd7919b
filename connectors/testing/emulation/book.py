"""What an emulator knows to be true."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Book:
    """What an emulator knows to be true of one campaign, in minor units. ``raised`` is net of ``refunded``.

    ``endorsers`` holds, by name, what the payments that name an endorser gave, net of refunds.
    """

    currency: str
    raised: int = 0
    refunded: int = 0
    count: int = 0
    endorsers: dict[str, int] = field(default_factory=dict)
