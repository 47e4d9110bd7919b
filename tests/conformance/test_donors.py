"""A donor's id may be told in the one field that is for it, of those who are named, and nowhere else."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.testing.conformance import Broken, check
from schema.model.facts import CampaignState, DonationState
from schema.model.total import AmountSource
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.test_spoiled import case_of

RULES = ("no-person-is-in-a-fact", "anonymous-donors-are-nobody", "nothing-private-is-said", "lists-agree-with-deliveries")


class TellsWhoGave(AcmeConnector):
    """The payer's id with every name."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        found = super().donation_of(row, source)
        return replace(found, donor=None if found.donor_name is None else row["payer"])


class PutsItElsewhere(AcmeConnector):
    """The payer's id where the name belongs."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), donor_name=row["payer"], donor=row["payer"])


class PutsItIntoCampaigns(AcmeConnector):
    """The payer's id in what is told of a campaign."""

    def campaign_of(self, row: Any) -> CampaignState:
        return replace(super().campaign_of(row), categories=("payer-canary-7f3a",))


@pytest.mark.parametrize("rule", RULES)
async def test_the_id_of_a_named_donor_is_let_through(rule: str) -> None:
    await check(case_of(replace(CONNECTOR, build=TellsWhoGave), TellsWhoGave), rule)


@pytest.mark.parametrize("kind", [PutsItElsewhere, PutsItIntoCampaigns])
async def test_in_any_other_field_it_is_named(kind: type[AcmeConnector]) -> None:
    with pytest.raises(Broken, match=r"^no-person-is-in-a-fact: .* holds a personal identifier"):
        await check(case_of(replace(CONNECTOR, build=kind), kind), "no-person-is-in-a-fact")
