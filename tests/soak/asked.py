"""What viewers ask for: each of the five subscriptions, most of them as others do, a few in words of their own."""

import random
from dataclasses import dataclass
from typing import Any, Final

from tests.end_to_end import configuration
from tests.end_to_end.hall import Hall

SEASON: Final = configuration.season("wechat_pay:school-lunch", "wechat_pay:clean-river")
TOTALS: Final = {
    "campaignTotal": "campaignTotal(id: $id) { position recovered campaign { total { raised { amount } donationCount } } }",
    "campaignTotals": "campaignTotals(ids: [$id]) { position recovered campaign { total { donationCount freshness } } }",
    "seasonTotal": 'seasonTotal(slug: "giving") { recovered season { id total { donationCount } } }',
}
DONATIONS: Final = {
    "campaignDonations": "campaignDonations(id: $id) { position recovered missed received { id } changed { id } }",
    "seasonDonations": 'seasonDonations(slug: "giving") { recovered missed received { id } changed { id } }',
}
FIELDS: Final = TOTALS | DONATIONS
OWN_WORDS: Final = 0.1
"""Of those who ask: hardly anybody asks for the same, so that an operation begins and ends with each."""
NAMES: Final = 20
"""Of such operations. Each is kept parsed, and all are before the first look."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One subscription of the five, as a document with its variables."""

    feed: str
    document: str
    variables: dict[str, Any]


def asked(rng: random.Random, hall: Hall) -> Asked:
    """Any of them."""
    feed = rng.choice([*FIELDS])
    name = f"Own{rng.randrange(NAMES)}" if rng.random() < OWN_WORDS else "Soak"
    by_id = "$id" in FIELDS[feed]
    document = f"subscription {name}{'($id: ID!)' if by_id else ''} {{ {FIELDS[feed]} }}"
    return Asked(feed, document, {"id": hall.campaign} if by_id else {})
