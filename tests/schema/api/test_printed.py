"""The printed schema is a reviewed file, and it says what the contract says."""

from importlib.resources import files

import pytest

from schema.api.printed import printed
from tests.schema.api.contract import differences, left_out

CONTRACT = files("schema").joinpath("contract.graphql").read_text("utf-8")


def test_the_committed_file_is_what_is_printed() -> None:
    assert files("schema").joinpath("schema.graphql").read_text("utf-8") == printed(), "print it again: giving-gateway schema"


def test_everything_printed_is_in_the_contract_word_for_word() -> None:
    assert list(differences(printed(), CONTRACT)) == []


@pytest.mark.parametrize(
    ("ours", "planted", "found"),
    [
        ("totalCount: Int!", "totalCount: Int", "CampaignConnection.totalCount"),
        ("first: Int! = 20", "first: Int! = 25", "Query.campaigns"),
        ("maxRate: Float! = 10", "maxRate: Float!", "Subscription.campaignTotal"),
        ("When it starts or started.", "When it starts.", "Campaign.startsAt"),
        ("A page of campaigns.", "Campaigns.", "CampaignConnection"),
        ("Narrows the list.", "Narrows it.", "Charity.campaigns"),
        ("first: Int! = 20", "last: Int, first: Int! = 20", "Query.charities"),
        ("It takes donations.", "It runs.", "CampaignStatus.ACTIVE"),
        ("rfc3986", "rfc1738", "URL"),
        ("type Charity implements Node {", "type Charity {", "Charity"),
        ("  title: String!\n", '  title: String! @deprecated(reason: "Use name.")\n', "Campaign.title"),
        ("  title: String!\n", "  title: String!\n\n  slogan: String\n", "Campaign.slogan"),
        ("scalar Position", "scalar Place", "Place"),
    ],
)
def test_a_planted_difference_is_caught(ours: str, planted: str, found: str) -> None:
    text = printed()
    assert ours in text

    assert found in differences(text.replace(ours, planted), CONTRACT)


def test_nothing_that_the_contract_promises_is_left_out() -> None:
    assert left_out(printed(), CONTRACT) == set()


@pytest.mark.parametrize(
    ("theirs", "planted", "found"),
    [
        ("scalar Position", "scalar Place\nscalar Position", "Place"),
        ("  slug: String!\n", "  slug: String!\n  motto: String\n", "Phase.motto"),
        ("    in: CurrencyCode\n", "    in: CurrencyCode\n    at: DateTime\n", "Season.byPlatform(at)"),
        ("  categories: [String!]\n", "  categories: [String!]\n  tags: [String!]\n", "CampaignFilter.tags"),
        ("  VOLUNTEER\n", "  VOLUNTEER\n  PRAY\n", "ActionKind.PRAY"),
    ],
)
def test_a_promise_that_is_not_printed_is_told(theirs: str, planted: str, found: str) -> None:
    assert theirs in CONTRACT

    assert found in left_out(printed(), CONTRACT.replace(theirs, planted))
