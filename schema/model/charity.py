"""An organisation that receives money."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charity:
    """``key`` is the configuration's name for it, or what its connector derives from the network's own words."""

    key: str
    name: str
    registration_number: str | None = None
    website: str | None = None
    logo: str | None = None
