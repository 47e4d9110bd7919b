"""The signature, held against the sheet's own vector."""

import json

from connectors.tiltify.emulator.notices import Notice
from connectors.tiltify.emulator.samples import DONATION
from connectors.tiltify.emulator.signing import signature
from schema.model.time import read_rfc3339

KEY = "5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5"
TIMESTAMP = "2026-05-02T18:30:00.250000Z"
BODY = (
    b'{"data":{"amount":{"currency":"GBP","value":"12.50"},"campaign_id":"11111111-1111-4111-8111-111111111111",'
    b'"completed_at":"2026-05-02T18:29:41.000000Z","created_at":"2026-05-02T18:29:12.000000Z",'
    b'"donor_comment":"Made-up comment","donor_name":"Sample Donor","fundraising_event_id":null,'
    b'"id":"22222222-2222-4222-8222-222222222222","legacy_id":0,"poll_id":null,"poll_option_id":null,"reward_id":null,'
    b'"sustained":false,"target_id":null,"team_event_id":null},"meta":{"attempted_at":"2026-05-02T18:30:00.250000Z",'
    b'"event_type":"public:direct:donation_updated","generated_at":"2026-05-02T18:29:59.900000Z",'
    b'"id":"33333333-3333-4333-8333-333333333333","subscription_source_id":"11111111-1111-4111-8111-111111111111",'
    b'"subscription_source_type":"campaign"}}'
)
EXPECTED = "2BILtlFRNajTO6Cahn5YaOiNc17SQ0Br9usJXoSZ79I="


def test_the_signature_of_the_sheets_vector() -> None:
    assert len(BODY) == 744
    assert signature(KEY, TIMESTAMP, BODY) == EXPECTED


def test_the_key_is_text_and_not_hex() -> None:
    assert signature(bytes.fromhex(KEY).decode("latin-1"), TIMESTAMP, BODY) != EXPECTED


def test_the_emulator_writes_the_bytes_of_the_vector() -> None:
    notice = Notice(
        "33333333-3333-4333-8333-333333333333",
        "public:direct:donation_updated",
        DONATION,
        read_rfc3339("2026-05-02T18:29:59.900000Z"),
        ("campaign", "11111111-1111-4111-8111-111111111111"),
    )
    assert notice.body(read_rfc3339(TIMESTAMP)) == BODY


def test_json_that_is_written_anew_has_another_signature() -> None:
    assert signature(KEY, TIMESTAMP, json.dumps(json.loads(BODY)).encode()) != EXPECTED
