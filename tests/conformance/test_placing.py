"""Rules about several campaigns, and about one row of a list: what cases say about them, and what they leave unproven."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.testing.conformance import RULES, Broken, Quality, Standing, check, examine
from connectors.testing.conformance.broken import Unproven
from schema.model.facts import Clues, DonationState
from schema.model.total import AmountSource, Basis
from tests.conformance.acme.case import AcmeCase
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.acme.emulator import CAMPAIGN, AcmeEmulator
from tests.conformance.spoiled.placing import DropsWhatItCannotRead

IN_ITS_CAMPAIGN = "every-gift-is-in-its-campaign"
DAMAGED = "a-damaged-row-of-a-list-is-told"


class OneTaker(AcmeCase):
    def takers(self, emulator: AcmeEmulator) -> Sequence[str]:
        return (CAMPAIGN,)


class TellsClues(AcmeConnector):
    """As if Acme had no campaigns, and a merchant wrote what it likes beside each payment."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return self.clued(super().donation_of(row, source))

    def movement(self, *cells: str) -> Any:
        found = super().movement(*cells)
        return self.clued(found) if isinstance(found, DonationState) else found

    def clued(self, state: DonationState) -> DonationState:
        return replace(state, campaign=Clues(attach=f"for {state.campaign}", order=state.native_id))


class LosesTheClue(TellsClues):
    def clued(self, state: DonationState) -> DonationState:
        return replace(state, campaign=Clues(order=state.native_id))


class WithoutRules(AcmeCase):
    spec = replace(CONNECTOR, build=TellsClues, basis=Basis.COUNTED, declares_campaigns=True)


class WithRules(WithoutRules):
    def place(self, clues: Clues) -> str | None:
        return clues.attach.removeprefix("for ") if clues.attach else None


class Losing(WithRules):
    spec = replace(CONNECTOR, build=LosesTheClue, basis=Basis.COUNTED, declares_campaigns=True)


class Signed(AcmeCase):
    """As if nothing could be damaged in transit: the network itself writes the row."""

    async def damage_row(self, emulator: AcmeEmulator) -> None:
        emulator.gifts[-1].minor = -1


class SignedDropping(Signed):
    spec = replace(CONNECTOR, build=DropsWhatItCannotRead)


@pytest.mark.parametrize("rule", [IN_ITS_CAMPAIGN, "all-campaigns-are-listed"])
async def test_with_one_campaign_nothing_is_proven(rule: str) -> None:
    report = await examine([OneTaker()], Quality(), only=lambda each: each.name == rule)

    (finding,) = report.findings
    assert finding.standing is Standing.UNPROVEN
    assert finding.says.startswith(f"{rule}: the case has one campaign only")


async def test_clues_that_lead_to_the_campaign_by_every_way_are_held() -> None:
    assert (
        await check(WithRules(), IN_ITS_CAMPAIGN)
        == "6 gifts are in their 2 campaigns, delivered, listed, told as campaigns, billed"
    )


async def test_a_lost_clue_is_named() -> None:
    with pytest.raises(Broken, match=f"^{IN_ITS_CAMPAIGN}: what was given to {CAMPAIGN} is delivered in no campaign"):
        await check(Losing(), IN_ITS_CAMPAIGN)


async def test_clues_without_rules_are_unproven() -> None:
    with pytest.raises(Unproven, match="Places"):
        await check(WithoutRules(), IN_ITS_CAMPAIGN)


async def test_deliveries_with_clues_and_without_rules_are_held_against_all_books_together() -> None:
    assert await check(WithoutRules(), "deliveries-agree-with-the-books")


async def test_a_network_can_damage_the_row_itself() -> None:
    assert "the emulator damaged a row" in await check(Signed(), DAMAGED)


async def test_a_row_that_the_network_damaged_and_nobody_tells_is_named() -> None:
    with pytest.raises(Broken, match=f"^{DAMAGED}: a row that cannot be read is left out without a word"):
        await check(SignedDropping(), DAMAGED)


def test_totals_that_nobody_tells_cannot_move() -> None:
    assert RULES["totals-move-without-donations"].concerns(AcmeCase())
    assert not RULES["totals-move-without-donations"].concerns(WithRules())
