"""What a genuine webhook says. Nothing that is proven ends in a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Receipt
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, Fact, Raised, Unrecognised
from schema.model.money import Money
from schema.model.time import micros, read_rfc3339
from schema.model.total import AmountSource
from tests.connectors.tiltify.given import (
    CAMPAIGN,
    EVENT,
    TEAM,
    outcome,
    receive,
    sample,
    signed,
    told,
    words,
)

SUPPORTER = "88888888-8888-4888-8888-888888888888"


def only(message: dict[str, Any]) -> Fact:
    (fact,) = receive(signed(message)).facts
    return fact


def test_a_later_update_of_a_donation_is_the_same_donation() -> None:
    """Not by the id of the event: a name that is moderated comes under a new one, and must not count again."""
    first = only(told("donation_updated.json"))
    later = {"id": "34343434-3434-4434-8434-343434343434", "generated_at": "2026-05-02T19:00:00.000001Z"}
    second = only(told("donation_updated.json", later, donor_name="Anonymous", donor_comment=None))
    assert isinstance(first, DonationState)
    assert isinstance(second, DonationState)
    assert (second.native_id, second.amount, second.donated_at) == (first.native_id, first.amount, first.donated_at)
    assert (second.donor_name, second.message) == (None, None)
    assert second.version > first.version


def test_another_attempt_tells_the_same_fact() -> None:
    attempt = {"attempted_at": "2026-05-02T18:45:00.000000Z"}
    assert only(told("donation_updated.json", attempt)) == only(told("donation_updated.json"))
    assert only(told("fact_updated.json", attempt)) == only(told("fact_updated.json"))


def test_of_two_that_come_out_of_order_the_one_generated_later_is_newer() -> None:
    late = {"generated_at": "2026-05-02T18:29:59.900001Z"}
    first = only(told("donation_updated.json", late))
    second = only(told("donation_updated.json"))
    assert isinstance(first, DonationState)
    assert isinstance(second, DonationState)
    assert first.version - second.version == 1


def test_a_fact_updated_states_the_whole_total() -> None:
    fact = only(told("fact_updated.json"))
    assert isinstance(fact, CampaignState)
    assert (fact.native_id, fact.source) == (CAMPAIGN, AmountSource.PLATFORM_EVENT)
    assert fact.raised == Raised(Money.of_decimal("1898.00", "GBP"))
    assert fact.version == micros(read_rfc3339("2026-05-02T18:29:59.950000Z"))
    assert (fact.charity, fact.part_of) == (None, None)


def test_totals_of_one_second_are_told_apart_though_the_details_stay_as_old() -> None:
    """``updated_at`` is about details; two totals of one version would be a clash."""
    first = only(told("fact_updated.json"))
    later = {"generated_at": "2026-05-02T18:29:59.960000Z"}
    second = only(told("fact_updated.json", later, total_amount_raised={"currency": "GBP", "value": "1899.00"}))
    assert isinstance(first, CampaignState)
    assert isinstance(second, CampaignState)
    assert second.version > first.version


def test_a_total_that_falls_is_told_as_it_is() -> None:
    """Only accepting a higher one would hide refunds and corrections."""
    fallen = only(told("fact_updated.json", total_amount_raised={"currency": "GBP", "value": "0.50"}))
    assert isinstance(fallen, CampaignState)
    assert fallen.raised == Raised(Money.of_decimal("0.50", "GBP"))


@pytest.mark.parametrize("native", [TEAM, EVENT])
def test_what_it_is_about_is_found_by_its_id_whatever_its_kind_is_called(native: str) -> None:
    uuid = native.partition("/")[2]
    fact = only(told("fact_updated.json", {"subscription_source_type": "a new word", "subscription_source_id": uuid}, id=uuid))
    assert isinstance(fact, CampaignState)
    assert fact.native_id == native


@pytest.mark.parametrize("event", ["public:indirect:fact_updated", "private:indirect:fact_updated"])
def test_what_supports_a_campaign_never_sets_the_total_of_that_campaign(event: str) -> None:
    meta = {"event_type": event}
    assert only(told("fact_updated.json", meta, id=SUPPORTER)) == Unrecognised(event)
    followed = only(told("fact_updated.json", meta, id=TEAM.partition("/")[2]))
    assert isinstance(followed, CampaignState)
    assert followed.native_id == TEAM


def test_of_what_the_account_does_not_follow_nothing_is_told() -> None:
    meta = {"subscription_source_id": SUPPORTER}
    assert only(told("fact_updated.json", meta, id=SUPPORTER)) == Unrecognised("public:direct:fact_updated")


@pytest.mark.parametrize("source", [SUPPORTER, None])
def test_a_donation_to_what_the_account_does_not_follow_is_somebody_else_s(source: object) -> None:
    """The dashboard can subscribe the endpoint to any campaign."""
    theirs = {"campaign_id": SUPPORTER, "team_event_id": None, "fundraising_event_id": None}
    meta = {"subscription_source_id": source}
    assert only(told("donation_updated.json", meta, **theirs)) == Unrecognised("public:direct:donation_updated")
    supporting = only(told("donation_updated.json", meta, **theirs | {"fundraising_event_id": EVENT.partition("/")[2]}))
    assert isinstance(supporting, DonationState)
    assert supporting.campaign == (f"campaign/{SUPPORTER}", EVENT)


def test_an_indirect_donation_is_a_line_in_the_list_of_what_it_supports() -> None:
    meta = {"event_type": "public:indirect:donation_updated"}
    fact = only(told("donation_updated.json", meta, campaign_id=SUPPORTER))
    assert isinstance(fact, DonationState)
    assert fact.campaign == (f"campaign/{SUPPORTER}", CAMPAIGN)


@pytest.mark.parametrize("relation", ["direct", "indirect"])
def test_names_in_private_events_are_not_shown(relation: str) -> None:
    private = only(told("donation_updated.json", {"event_type": f"private:{relation}:donation_updated"}))
    public = only(told("donation_updated.json", {"event_type": f"public:{relation}:donation_updated"}))
    assert isinstance(private, DonationState)
    assert isinstance(public, DonationState)
    assert (private.amount, private.donor_name, private.message) == (public.amount, None, None)
    assert public.donor_name == "Sample Donor"


def test_a_test_of_the_dashboard_never_becomes_money() -> None:
    assert receive(signed(sample("test_event.json"))) == Receipt((Unrecognised("test"),))
    nowhere = {"subscription_source_id": "00000000-0000-0000-0000-000000000000"}
    for name in ("donation_updated.json", "fact_updated.json"):
        assert only(told(name, {"subscription_source_type": "test"})) == Unrecognised("test")
        assert only(told(name, nowhere)) == Unrecognised("test")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("private:direct:campaign_updated", "private:direct:campaign_updated"),
        ("public:direct:donation_updated ", "public:direct:donation_updated"),
        ("donation_updated", "donation_updated"),
        ("\x00", "unnamed"),
        ("x" * 500, "x" * 80),
    ],
)
def test_unknown_events_are_counted_and_answered(event: str, kind: str) -> None:
    assert receive(signed(told("donation_updated.json", {"event_type": event}))) == Receipt((Unrecognised(kind),))


@pytest.mark.parametrize("name", ["donation_updated.json", "fact_updated.json"])
@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ({"event_type": None}, "event_type"),
        ({"event_type": ["public:direct:fact_updated"]}, "event_type"),
        ({"generated_at": None}, "generated_at"),
        ({"generated_at": "2026-05-02"}, "generated_at"),
        ({"generated_at": 1777746599}, "generated_at"),
    ],
)
def test_a_message_that_cannot_be_dated_or_named_is_unreadable(name: str, meta: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        receive(signed(told(name, meta)))


@pytest.mark.parametrize("part", ["data", "meta"])
@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_a_message_without_its_parts_is_unreadable(part: str, value: object) -> None:
    with pytest.raises(Unreadable, match=part):
        receive(signed(words("donation_updated.json") | {part: value}))


@pytest.mark.parametrize("source", [None, 7, [], {}, "x", SUPPORTER])
def test_a_donation_is_read_whatever_was_subscribed(source: object) -> None:
    fact = only(told("donation_updated.json", {"subscription_source_id": source}))
    assert isinstance(fact, DonationState)
    assert fact.campaign == (CAMPAIGN,)


def test_a_repeated_delivery_gives_the_same_facts() -> None:
    first = signed(sample("fact_updated.json"))
    assert receive(first) == receive(first)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(payload=JSON)
def test_any_signed_json_is_read_or_unreadable(payload: object) -> None:
    assert outcome(signed(json.dumps(payload).encode())).isidentifier()


@given(name=st.sampled_from(["donation_updated.json", "fact_updated.json", "test_event.json"]), data=st.data())
def test_any_signed_sample_with_a_spoiled_value_is_read_or_unreadable(name: str, data: st.DataObject) -> None:
    payload = words(name)
    part = payload
    while True:
        key = data.draw(st.sampled_from(sorted(part)))
        if not isinstance(part[key], dict) or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(JSON)
    assert outcome(signed(payload)).isidentifier()
