"""Campaigns that support team campaigns and events: totals, lists, and direct and indirect deliveries."""

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import EVERYTHING, App, Receiver, receiver

INDIRECT, DIRECT, FACT = "public:indirect:donation_updated", "public:direct:donation_updated", "public:direct:fact_updated"


@pytest.fixture
def event(emulator: TiltifyEmulator) -> Campaign:
    return emulator.add_event("Sample Marathon")


@pytest.fixture
def team(emulator: TiltifyEmulator, event: Campaign) -> Campaign:
    return emulator.add_team_campaign("Sample Team Run", goal_minor=500_000, event=event)


@pytest.fixture
def member(emulator: TiltifyEmulator, team: Campaign) -> Campaign:
    return emulator.add_campaign("Sample Member", team=team.native_id)


async def test_a_gift_is_in_the_totals_of_all_above_and_direct_in_one(
    emulator: TiltifyEmulator, app: App, event: Campaign, team: Campaign, member: Campaign
) -> None:
    await emulator.donate(1_000, campaign=member)
    await emulator.donate(200, campaign=team)
    told = (await app.get(f"team_campaigns/{team.id}")).data
    amounts = {name: told[name]["value"] for name in ("amount_raised", "supporting_amount_raised", "total_amount_raised")}
    assert amounts == {"amount_raised": "2.00", "supporting_amount_raised": "10.00", "total_amount_raised": "12.00"}
    assert (await app.get(f"fundraising_events/{event.id}")).data["total_amount_raised"]["value"] == "12.00"
    assert (await app.get(f"campaigns/{member.id}")).data["total_amount_raised"]["value"] == "10.00"
    assert [emulator.books[c.native_id].raised for c in (member, team, event)] == [1_000, 1_200, 1_200]


async def test_a_gift_names_all_that_it_was_for(
    emulator: TiltifyEmulator, app: App, event: Campaign, team: Campaign, member: Campaign
) -> None:
    for campaign in (member, team, event):
        await emulator.donate(100, campaign=campaign)
    listed = (await app.get(f"fundraising_events/{event.id}/donations")).data
    names = ("campaign_id", "team_event_id", "fundraising_event_id")
    assert [[each[name] for name in names] for each in listed] == [
        [None, None, event.id],
        [None, team.id, event.id],
        [member.id, team.id, event.id],
    ]


async def test_lists_of_what_is_above_have_the_gifts_of_members(
    emulator: TiltifyEmulator, app: App, event: Campaign, team: Campaign, member: Campaign
) -> None:
    gift = await emulator.donate(100, campaign=member)
    for path in (f"campaigns/{member.id}", f"team_campaigns/{team.id}", f"fundraising_events/{event.id}"):
        assert [each["id"] for each in (await app.get(f"{path}/donations")).data] == [gift.id]
    assert [each["id"] for each in (await app.get(f"team_campaigns/{team.id}/supporting_campaigns")).data] == [member.id]
    supporting = (await app.get(f"fundraising_events/{event.id}/supporting_events")).data
    assert [each["id"] for each in supporting] == [team.id, member.id]


async def test_one_gift_is_told_direct_once_and_indirect_to_each_above(
    emulator: TiltifyEmulator, event: Campaign, team: Campaign, member: Campaign
) -> None:
    async with receiver() as hook:
        emulator.callback = hook.url
        emulator.activate()
        for campaign in (member, team, event):
            emulator.subscribe(EVERYTHING, campaign=campaign)
        gift = await emulator.donate(1_000, campaign=member)
        await emulator.sender.settle()
        sources = {(heard.kind, heard.meta["subscription_source_type"]) for heard in hook.heard}
        assert sources == {
            (DIRECT, "campaign"),
            (INDIRECT, "team_campaign"),
            (INDIRECT, "fundraising_event"),
            *((FACT, kind) for kind in ("campaign", "team_campaign", "fundraising_event")),
        }
        assert len(hook.heard) == 6
        assert {heard.data["id"] for heard in hook.heard if heard.kind != FACT} == {gift.id}
        assert {heard.data["total_amount_raised"]["value"] for heard in hook.of(FACT)} == {"10.00"}
        assert {heard.data["id"] for heard in hook.of(FACT)} == {member.id, team.id, event.id}


async def test_who_subscribed_only_what_is_above_hears_of_members_indirectly(
    emulator: TiltifyEmulator, team: Campaign, member: Campaign
) -> None:
    async with receiver() as hook:
        emulator.callback = hook.url
        emulator.activate()
        emulator.subscribe([*EVERYTHING, "public:indirect:fact_updated"], campaign=team)
        await emulator.donate(1_000, campaign=member)
        await emulator.donate(1_000, campaign=team)
        await emulator.sender.settle()
        kinds = sorted(heard.kind for heard in hook.heard)
        assert kinds == [DIRECT, FACT, FACT, INDIRECT, "public:indirect:fact_updated"]
        (indirect,) = hook.of("public:indirect:fact_updated")
        assert (indirect.data["id"], indirect.meta["subscription_source_id"]) == (member.id, team.id)


async def test_an_event_of_a_campaign_and_of_its_team_counts_once(
    emulator: TiltifyEmulator, event: Campaign, team: Campaign
) -> None:
    member = emulator.add_campaign("Both", team=team, event=event)
    await emulator.donate(100, campaign=member)
    assert member.parents == (team.native_id, event.native_id)
    assert emulator.books[event.native_id].raised == 100


def test_what_is_above_has_the_same_currency_and_is_of_the_right_kind(
    emulator: TiltifyEmulator, event: Campaign, team: Campaign
) -> None:
    with pytest.raises(ValueError, match="currency"):
        emulator.add_campaign("Elsewhere", currency="USD", team=team)
    with pytest.raises(ValueError, match="is no team_campaign"):
        emulator.add_campaign("Upside down", team=event)
    with pytest.raises(LookupError, match="no such campaign"):
        emulator.add_campaign("Nowhere", event="fundraising_event/none")
    assert list(emulator.books) == [event.native_id, team.native_id]


async def test_nothing_is_given_where_there_is_no_campaign(emulator: TiltifyEmulator, hook: Receiver) -> None:
    with pytest.raises(LookupError):
        await TiltifyEmulator().donate(100)
    for minor in (0, -1, 10**13):
        with pytest.raises(ValueError, match="positive number"):
            await emulator.donate(minor)
    await emulator.sender.settle()
    assert hook.heard == []
