"""What can be made to go wrong, by name, beside outages. Everything is off until it is switched on."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """A fault of a notification of Weibo Pay."""

    FORGED = "forged"
    """Signed by a key that is not Weibo's."""
    TAMPERED = "tampered"
    """The amount changed after signing."""
    OTHER_SELLER = "other_seller"
    """Signed by Weibo, and of another seller."""
    OTHER_APP = "other_app"
    """Signed by Weibo, and of another app."""

    WRONG_AMOUNT = "wrong_amount"
    """Signed by Weibo, and of another amount than was paid."""
    QUERY_STRING = "query_string"
    """The parameters behind the address instead of in the form."""
    EXTRA_FIELDS = "extra_fields"
    """Fields that nobody has heard of, signed like the others."""


PASSING: Final = frozenset({Fault.FORGED, Fault.TAMPERED, Fault.OTHER_SELLER, Fault.OTHER_APP})
"""Those that, asked for once, are gone with the first attempt."""


@dataclass(slots=True)
class ApiFaults:
    """Faults of answers. What the edge answers in place of an API, pages with 200, 414, 418 or 500, is an outage."""

    errors: dict[str, int] = field(default_factory=dict)
    """Error codes by the name of the API that answers them; ``*`` is every API."""
    error_as_200: bool = False
    """Errors come with status 200."""
    full_allowance: bool = False
    """``account/rate_limit_status`` tells a full allowance whatever is left."""
    empty_lists: bool = False
    """Lists of ids are empty, with the same ``total_number`` as ever."""
    text_amounts: bool = False
    """Weibo Pay's calls tell amounts as text, as its notifications do; which of the two is true is not known."""
