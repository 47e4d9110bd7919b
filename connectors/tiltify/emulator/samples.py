"""What the dashboard's tab Testing sends: a made-up donation and a made-up campaign, which nobody ever made.

https://developers.tiltify.com/docs/webhooks/receiving-webhooks
"""

from typing import Any, Final

_CAMPAIGN_ID: Final = "11111111-1111-4111-8111-111111111111"
_CAUSE_ID: Final = "55555555-5555-4555-8555-555555555555"

DONATION: Final[dict[str, Any]] = {
    "id": "22222222-2222-4222-8222-222222222222",
    "legacy_id": 0,
    "amount": {"currency": "GBP", "value": "12.50"},
    "campaign_id": _CAMPAIGN_ID,
    "completed_at": "2026-05-02T18:29:41.000000Z",
    "created_at": "2026-05-02T18:29:12.000000Z",
    "donor_comment": "Made-up comment",
    "donor_name": "Sample Donor",
    "fundraising_event_id": None,
    "poll_id": None,
    "poll_option_id": None,
    "reward_id": None,
    "sustained": False,
    "target_id": None,
    "team_event_id": None,
}
FACT: Final[dict[str, Any]] = {
    "id": _CAMPAIGN_ID,
    "name": "Sample Reef Weekend",
    "slug": "sample-reef-weekend",
    "status": "published",
    "amount_raised": {"currency": "GBP", "value": "898.00"},
    "total_amount_raised": {"currency": "GBP", "value": "898.00"},
    "goal": {"currency": "GBP", "value": "1500.00"},
    "original_goal": {"currency": "GBP", "value": "1000.00"},
    "cause_id": _CAUSE_ID,
    "updated_at": "2026-05-02T18:29:59.000000Z",
}
