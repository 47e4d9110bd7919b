"""Types are made from the printed schema and from the documents for front-end teams, and the page is written by them."""

import pytest

from tests.examples.tree import Tree

TYPES = ("npm", "run", "types")


async def test_types_are_made_and_the_page_keeps_to_them(tree: Tree) -> None:
    code, said = await tree.run(*TYPES)

    assert code == 0, said
    made = (tree.web / "src" / "generated" / "graphql.ts").read_text("utf-8")
    for name in ("CampaignPageQuery", "CampaignPageLiveSubscription", "SeasonBoardTickerSubscription", "MonthlyReportQuery"):
        assert f"export type {name} =" in made
    assert "raised: { amount: string, currencyCode: string }" in made


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("schema/schema.graphql", "  donateUrl: URL\n", "  giveUrl: URL\n", 'Cannot query field "donateUrl"'),
        ("examples/queries/campaign-page.graphql", "    donateUrl\n", "", "Property 'donateUrl' does not exist"),
        ("schema/schema.graphql", "  raised: Money!\n", "  raised: Money\n", "'null' is not assignable to type 'Money'"),
        ("examples/web/src/Total.tsx", "shown(total.raised)", "shown(total.refunded)", "'null' is not assignable"),
        (
            "examples/web/src/Total.tsx",
            "rest(goal, total.raised)",
            "goal.amount - total.raised.amount",
            "must be of type 'any', 'number'",
        ),
        ("examples/web/src/Freshness.tsx", 'case "STALE"', 'case "OLD"', "is not comparable"),
    ],
)
async def test_what_does_not_fit_is_told(tree: Tree, name: str, old: str, new: str, said: str) -> None:
    tree.change(name, old, new)

    code, told = await tree.run(*TYPES)

    assert code != 0
    assert said in told
