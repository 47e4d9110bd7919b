"""What is printed keeps the rules of ``scripts/schema_lint.py``, and each of them objects when it is broken."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from schema.api.printed import printed

SCRIPT: Final = Path(__file__).parents[3] / "scripts" / "schema_lint.py"
PRINTED: Final = printed()
BREACHES: Final = runpy.run_path(str(SCRIPT))["breaches"]
FIELDS: Final = "{ title: String! }"

# what stands there, what is planted instead, and what is said of it
PLANTS: Final = [
    ('"""An amount in one currency."""\ntype Money', "type Money", "described: Money: needs a description"),
    ('  """What was promised."""\n', "", "described: Milestone.title: needs a description"),
    ('"""What was promised."""', '"""What was promised"""', "described: Milestone.title: its description is a sentence"),
    ('    """The id of the charity."""\n', "", "described: Query.charity(id:): needs a description"),
    ('  """To give time."""\n', "", "described: ActionKind.VOLUNTEER: needs a description"),
    ('  """Donations made before this moment."""\n', "", "described: DonationFilter.until: needs a description"),
    ("type Milestone {", f"type milestone {FIELDS} type Milestone {{", "named: milestone: is not written LikeThis"),
    ("  donateUrl: URL\n", "  donate_url: URL\n", "named: Campaign.donate_url: is not written likeThis"),
    ("  donateUrl: URL\n", "  donateURL_: URL\n", "named: Campaign.donateURL_: is not written likeThis"),
    ("  publishedAt: DateTime\n", "  published: DateTime\n", "named: Post.published: a moment is called"),
    ("    locale: String!", "    Locale: String!", "named: Money.formatted(Locale:): is not written likeThis"),
    ("  VOLUNTEER\n", "  Volunteer\n", "named: ActionKind.Volunteer: is not WRITTEN_LIKE_THIS"),
    ("type Charity implements Node {", "type Charity {", "nodes: Charity: has an id, and so it implements Node"),
    ("  id: ID!\n", "  id: String!\n", "nodes: Charity.id: is String!, not ID!"),
    ("  ): Node\n", "  ): Node!\n", "nodes: Query.node: is Node!, not Node"),
    ("  ): [Node]\n", "  ): [Node!]\n", "nodes: Query.nodes: is [Node!], not [Node]"),
    ("  endCursor: String\n", "  endCursor: String!\n", "connections: PageInfo.endCursor: is String!, not String"),
    ("  edges: [DonationEdge!]!", "  edges: [DonationEdge]!", "connections: DonationConnection.edges: is [DonationEdge]!"),
    ("  nodes: [Season!]!", "  rows: [Season!]!", "connections: SeasonConnection.nodes: is missing: [Season!]!"),
    ("  totalCount: Int!", "  totalCount: Int", "connections: CampaignConnection.totalCount: is Int, not Int!"),
    ("  cursor: String!", "  cursor: ID!", "connections: CampaignEdge.cursor: is ID!, not String!"),
    ("  node: Charity!", "  node: Charity", "connections: CharityEdge.node: is Charity, not Charity!"),
    ("  ): DonationConnection\n", "  ): DonationConnection!\n", "connections: Campaign.donations: takes a read of its own"),
    ("    first: Int! = 20\n", "    first: Int! = 25\n", "connections: Query.campaigns: is paged by"),
    ("    first: Int! = 20\n", "    first: Int! = 20\n    last: Int\n", "connections: Query.campaigns: is paged by"),
    ("type Milestone {", f"type RowEdge {FIELDS} type Milestone {{", "connections: RowEdge: is of no connection"),
    ("  posts: [Post!]!", "  posts: [Post]!", "lists: Endorsement.posts: its rows are never null: [Post!]"),
    (
        "  platforms: [String!]\n",
        "  platforms: [String]\n",
        "lists: CampaignFilter.platforms: its rows are never null: [String!]",
    ),
    ("  sources: [AmountSource!]!", "  sources: [[AmountSource!]!]!", "lists: Total.sources: is a list of lists"),
    ("  ): CharityConnection\n", "  ): CharityConnection!\n", "roots: Query.charities: a failure must not take"),
    ("  ): CampaignTotalUpdate!", "  ): CampaignTotalUpdate", "roots: Subscription.campaignTotal: gives a ...Update!"),
    ("  recovered: Boolean!", "  recovered: Boolean", "roots: SeasonTotalUpdate.recovered: is Boolean, not Boolean!"),
    ("  amount: Decimal!", "  amount: Float!", "exact: Money.amount: is a Float: amounts are Money or Decimal"),
    ("  url: URL\n", '  url: URL @deprecated(reason: "Old.")\n', "deprecated: Post.url: its reason reads"),
    ("  ATTEND\n", '  ATTEND @deprecated(reason: "Use X. Goes on 2031-02-30.")\n', "deprecated: ActionKind.ATTEND: its reason"),
    (
        "    after: String\n",
        '    after: String @deprecated(reason: "Use X.")\n',
        "deprecated: Query.campaigns(after:): its reason",
    ),
]


def test_what_is_printed_keeps_every_rule() -> None:
    assert BREACHES(PRINTED) == []


@pytest.mark.parametrize(("ours", "planted", "said"), PLANTS)
def test_a_broken_rule_is_told_with_its_place(ours: str, planted: str, said: str) -> None:
    text = PRINTED
    assert ours in text

    assert [each for each in BREACHES(text.replace(ours, planted)) if each.startswith(said)] != []


def test_every_rule_is_seen_to_object() -> None:
    rules = {rule.__name__ for rule in runpy.run_path(str(SCRIPT))["RULES"]}

    assert {said.partition(":")[0] for *_, said in PLANTS} == rules


def test_something_deprecated_that_says_what_and_when_is_well() -> None:
    url = '  url: URL @deprecated(reason: "Use `link`. Goes on 2031-02-28.")\n'

    assert BREACHES(PRINTED.replace("  url: URL\n", url)) == []


def test_the_check_ends_well() -> None:
    ended = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "")
