"""What can be switched: the forms that answers have had over the years, and how calls are treated."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

PAUSE: Final = timedelta(seconds=15)
"""What the documentation asks for between two calls."""


@dataclass(slots=True)
class Forms:
    """How answers are written. All off is what the documentation describes."""

    objects_in_arrays: bool = False
    """Participants, teams and team groups in an array of one, as in the documentation's examples."""
    null_names: bool = False
    """Anonymous gifts have ``displayName: null``, as in 2018."""
    anonymous_without_id: bool = False
    """Anonymous gifts have no ``donationID`` (issue 46 of PublicAPI)."""
    images_without_scheme: bool = False
    """Addresses of images begin with ``//``, as in 2018."""
    full_amounts: bool = False
    """Every amount has all its decimals (75.00). Else those of every second gift have; the rest are short (10, 250.5)."""
    fraction_digits: Literal[1, 2, 3] | None = None
    """How many digits of a second times have (2: ``.93``). None: as many as are needed, at least one."""
    active_as_text: bool = False
    """``isActive`` as text, as it is documented; the documentation's examples show booleans."""
    events_without_total: bool = False
    """Events tell neither ``sumDonations`` nor ``numDonations``, which are optional."""
    empty_is_no_content: bool = False
    """A list in which nothing is has status 204 from its beginning. Else ``[]``; which of them is right is *assumed*."""
    others_listed: bool = False
    """Lists below a fundraiser show gifts to all others as well. No list does so."""
    endless: Literal["", "circle", "line"] = ""
    """Lists never end: their first page comes whatever ``offset`` is, or full pages of nearly nothing. No list does so."""


@dataclass(slots=True)
class Habits:
    """How calls are treated."""

    pause: timedelta = timedelta()
    """The least time between two calls from one address: sooner is 429. ``PAUSE`` is what the documentation asks for."""
    list_lag: timedelta = timedelta()
    """How much later than in the total a gift is in lists, as both may be cached on their own: *assumed*."""
