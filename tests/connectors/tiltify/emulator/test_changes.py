"""What changes after a gift: words, goals, totals, matches, the end."""

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import App, Receiver

DONATION, FACT = "public:direct:donation_updated", "public:direct:fact_updated"


async def test_a_moderated_donation_is_told_again_as_another_event(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    gift = await emulator.donate(1_250, donor_name="Rude Name", comment="Rude words")
    await emulator.sender.settle()
    await emulator.moderate(gift.id)
    await emulator.sender.settle()
    first, second = hook.of(DONATION)
    assert first.data["id"] == second.data["id"]
    assert first.meta["id"] != second.meta["id"]
    assert first.meta["generated_at"] < second.meta["generated_at"]
    assert (second.data["donor_name"], second.data["donor_comment"]) == ("Anonymous", None)
    assert second.data["completed_at"] == first.data["completed_at"]
    assert len(hook.of(FACT)) == 1
    (listed,) = (await app.get(f"campaigns/{campaign.id}/donations")).data
    assert listed["donor_name"] == "Anonymous"
    assert campaign.book.raised == 1_250


async def test_a_refund_lowers_totals_leaves_the_list_and_is_not_told(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    kept, gone = await emulator.donate(1_000), await emulator.donate(500)
    await emulator.sender.settle()
    before = len(hook.heard)
    emulator.refund(gone)
    await emulator.sender.settle()
    assert len(hook.heard) == before
    assert [each["id"] for each in (await app.get(f"campaigns/{campaign.id}/donations")).data] == [kept.id]
    assert (await app.get(f"campaigns/{campaign.id}")).data["total_amount_raised"]["value"] == "10.00"
    book = emulator.books[campaign.native_id]
    assert (book.raised, book.refunded, book.count) == (1_000, 500, 1)
    with pytest.raises(LookupError):
        emulator.refund(gone)


async def test_a_total_moves_without_a_donation(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.move_total(700)
    await emulator.move_total(-200)
    await emulator.sender.settle()
    assert hook.of(DONATION) == []
    assert [heard.data["total_amount_raised"]["value"] for heard in hook.of(FACT)].count("5.00") == 1
    assert (await app.get(f"campaigns/{campaign.id}/donations")).data == []
    assert campaign.book.raised == 500
    with pytest.raises(ValueError, match="below zero"):
        await emulator.move_total(-501)
    assert campaign.book.raised == 500


async def test_a_raised_goal_is_told_and_the_original_one_stays(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.raise_goal(200_050)
    await emulator.sender.settle()
    for told in (hook.of(FACT)[0].data, (await app.get(f"campaigns/{campaign.id}")).data):
        assert (told["goal"]["value"], told["original_goal"]["value"]) == ("2000.50", "1500")
    with pytest.raises(ValueError, match="only be raised"):
        await emulator.raise_goal(200_050)


async def test_a_retired_campaign_is_told_and_takes_nothing(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.retire(campaign=campaign.native_id)
    await emulator.sender.settle()
    assert hook.of(FACT)[0].data["status"] == "retired"
    told = (await app.get(f"campaigns/{campaign.id}")).data
    assert (told["status"], told["retired_at"] is None) == ("retired", False)
    with pytest.raises(ValueError, match="retired"):
        await emulator.donate(100)


async def test_a_match_counts_beside_the_total_until_the_sponsor_pays(
    emulator: TiltifyEmulator, app: App, campaign: Campaign, hook: Receiver
) -> None:
    await emulator.donate(100)
    match = emulator.add_match(1_000, matched_by="Sample Sponsor")
    await emulator.donate(700)
    (running,) = (await app.get(f"campaigns/{campaign.id}/donation_matches")).data
    assert (running["active"], running["amount"]["value"], running["pledged_amount"]["value"]) == (True, "7.00", "10.00")
    assert (running["started_at_amount"]["value"], running["donation_id"]) == ("1.00", None)
    newest, oldest = (await app.get(f"campaigns/{campaign.id}/donations")).data
    assert [each["id"] for each in newest["donation_matches"]] == [match.id]
    assert oldest["donation_matches"] == []
    assert campaign.book.raised == 800

    await emulator.donate(700)
    paid = await emulator.end_match(match)
    await emulator.sender.settle()
    assert paid is not None
    assert (paid.minor, paid.donor_name, campaign.book.raised) == (1_000, "Sample Sponsor", 2_500)
    (ended,) = (await app.get(f"campaigns/{campaign.id}/donation_matches")).data
    assert (ended["active"], ended["donation_id"]) == (False, paid.id)
    assert ended["completed_at"] is not None
    assert hook.of(DONATION)[-1].data["id"] in {each.data["id"] for each in hook.of(DONATION)}
    assert paid.id in {each.data["id"] for each in hook.of(DONATION)}
    assert paid.matches == ()
    with pytest.raises(ValueError, match="ended already"):
        await emulator.end_match(match.id)


@pytest.mark.parametrize(("given", "paid"), [(999, None), (1_000, 1_000), (5_000, 1_000)])
async def test_a_match_of_all_pays_the_whole_pledge_or_nothing(
    emulator: TiltifyEmulator, campaign: Campaign, given: int, paid: int | None
) -> None:
    match = emulator.add_match(1_000, match_type="all")
    await emulator.donate(given)
    gift = await emulator.end_match(match)
    assert (gift and gift.minor) == paid
    assert campaign.book.raised == given + (paid or 0)
    assert not match.active
