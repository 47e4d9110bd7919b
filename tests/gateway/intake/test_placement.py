"""To which campaign a payment belongs: the first rule that matches, kept for good."""

import asyncio
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given as each
from hypothesis import strategies as st
from redis.asyncio import Redis

from gateway.intake.placement import Placed, Placements, Rules
from gateway.settings import Settings
from schema.model.errors import LedgerUnavailable
from schema.model.facts import Clues
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, OTHER, REEF, who


def rules(*match: dict[str, Any], general: str | None = None, more: tuple[dict[str, Any], ...] = ()) -> Rules:
    """The rules of the campaign school-lunch, then those of reef, on the accounts lunch and dinner."""
    lunch: dict[str, Any] = {"connector": "acme"}
    if general is not None:
        lunch["general"] = general
    campaigns = [
        {"platform": "acme", "id": "school-lunch", "title": "L", "currency": "CNY", "match": list(match)},
        {"platform": "acme", "id": "reef", "title": "R", "currency": "CNY", "match": list(more)},
        {"platform": "acme", "id": "other-gifts", "title": "O", "currency": "CNY"},
    ]
    endorsers = [{"id": name, "name": name} for name in ("x", "any")]
    accounts = {"lunch": lunch, "dinner": {"connector": "acme"}}
    settings = Settings.of({"accounts": accounts, "campaigns": campaigns, "endorsers": endorsers})
    return Rules(settings, {"lunch": "acme", "dinner": "acme"})


def matches(pattern: str, text: str | None) -> bool:
    """Whether a rule on ``attach`` takes a payment with this text."""
    return rules({"account": "lunch", "attach": pattern}).place("lunch", Clues(attach=text)) is not None


def test_what_still_comes_on_an_account_that_is_gone_has_no_place() -> None:
    found = rules({"account": "lunch", "attach": "*"}, general="other-gifts")
    assert [found.place("gone", clues) for clues in (Clues(attach="a"), Clues(campaign="reef"))] == [None, None]


def test_the_first_rule_in_the_order_of_the_file_wins() -> None:
    found = rules(
        {"account": "lunch", "attach": "a;star=x*", "endorser": "x"},
        {"account": "lunch", "attach": "a*", "endorser": "any"},
        more=({"account": "lunch", "attach": "*"},),
    )
    assert found.place("lunch", Clues(attach="a;star=xyz")) == Placed(LUNCH, "x")
    assert found.place("lunch", Clues(attach="a;star=y")) == Placed(LUNCH, "any")
    assert found.place("lunch", Clues(attach="b")) == Placed(REEF)


def test_a_rule_holds_for_its_account_only() -> None:
    found = rules({"account": "dinner", "attach": "*"})
    assert found.place("lunch", Clues(attach="a")) is None
    assert found.place("dinner", Clues(attach="a")) == Placed(LUNCH)


def test_all_that_a_rule_asks_for_must_match() -> None:
    found = rules({"account": "lunch", "attach": "a*", "order": "o?", "app": "wx1", "merchant": "m"})
    whole = Clues(attach="abc", order="o1", app="wx1", merchant="m")
    assert found.place("lunch", whole) == Placed(LUNCH)
    for spoiled in (
        Clues(attach="b", order="o1", app="wx1", merchant="m"),
        Clues(attach="abc", order="o12", app="wx1", merchant="m"),
        Clues(attach="abc", order="o1", app="wx2", merchant="m"),
        Clues(attach="abc", order="o1", app="wx1", merchant=None),
    ):
        assert found.place("lunch", spoiled) is None


def test_what_no_rule_matches_goes_to_the_general_campaign_or_nowhere() -> None:
    rule = {"account": "lunch", "attach": "a"}
    assert rules(rule, general="other-gifts").place("lunch", Clues(attach="b")) == Placed(OTHER)
    assert rules(rule, general="other-gifts").place("lunch", Clues()) == Placed(OTHER)
    assert rules(rule, general="other-gifts").place("dinner", Clues(attach="b")) is None
    assert rules(rule).place("lunch", Clues(attach="b")) is None


def test_a_source_that_names_the_campaign_leaves_only_the_endorser_to_the_rules() -> None:
    found = rules(
        {"account": "lunch", "attach": "star=x*", "endorser": "x"},
        general="other-gifts",
        more=({"account": "lunch", "attach": "*", "endorser": "any"}, {"account": "dinner"}),
    )
    # a rule of another campaign does not take it, although it comes first and matches
    assert found.place("lunch", Clues(attach="star=x", campaign="reef")) == Placed(REEF, "any")
    assert found.place("lunch", Clues(attach="star=x", campaign="school-lunch")) == Placed(LUNCH, "x")
    assert found.place("lunch", Clues(attach="star=y", campaign="school-lunch")) == Placed(LUNCH)
    assert found.place("lunch", Clues(campaign="school-lunch")) == Placed(LUNCH)
    assert found.place("dinner", Clues(campaign="school-lunch")) == Placed(LUNCH)
    assert found.place("lunch", Clues(campaign="other-gifts")) == Placed(OTHER)


@pytest.mark.parametrize("name", ["shcool-lunch", "", "a\nb", "\x00", "x" * 201])
def test_a_name_that_is_no_declared_campaign_is_not_taken_for_a_general_gift(name: str) -> None:
    found = rules({"account": "lunch"}, general="other-gifts")
    assert found.place("lunch", Clues(attach="lunch", campaign=name)) is None


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        ("lunch", "lunch", True),
        ("lunch", "lunch ", False),
        ("lunch", "Lunch", False),
        ("lunch*", "lunch", True),
        ("lunch*", "lunch\nsecond line", True),
        ("*lunch", "first line\nlunch", True),
        ("lunch", "lunch\n", False),
        ("l?nch", "l\nnch", True),
        ("l?nch", "lnch", False),
        ("a.c", "abc", False),
        ("[ab]*", "[ab]c", True),
        ("[ab]*", "abc", False),
        ("a+(b|c)$^\\d{2}", "a+(b|c)$^\\d{2}", True),
        ("a+(b|c)$^\\d{2}", "aab12", False),
        ("campaign=学校午餐*", "campaign=学校午餐;star=1", True),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("*", None, False),
        ("", None, False),
    ],
)
def test_only_the_star_and_the_question_mark_are_special(pattern: str, text: str | None, *, taken: bool) -> None:
    assert matches(pattern, text) is taken


@each(st.text(max_size=12), st.text(max_size=12))
def test_a_pattern_without_signs_is_the_text_itself(pattern: str, text: str) -> None:
    plain = re.sub(r"[*?]", "", pattern)
    assert matches(plain, plain)
    assert matches(plain, text) is (plain == text)


@each(st.text("ab*?\n", max_size=8), st.text("ab\n", max_size=10))
def test_patterns_mean_what_the_shell_means_by_them(pattern: str, text: str) -> None:
    assert matches(pattern, text) is fnmatchcase(text, pattern)


@pytest.mark.timeout(5)
def test_many_stars_cost_no_time() -> None:
    assert not matches("*a" * 30 + "*c", "a" * 4_000 + "b")
    assert matches("*a" * 30 + "*b", "a" * 4_000 + "b")


async def test_the_first_placement_holds_although_the_rules_changed(redis: Redis) -> None:
    placements = Placements(redis)
    assert await placements.get("acme", who(1)) is None
    assert await placements.keep("acme", who(1), Placed(LUNCH, "star")) == Placed(LUNCH, "star")
    assert await placements.keep("acme", who(1), Placed(OTHER)) == Placed(LUNCH, "star")
    assert await placements.get("acme", who(1)) == Placed(LUNCH, "star")


async def test_two_at_once_agree(redis: Redis) -> None:
    placements = Placements(redis)
    offers = [Placed(CampaignId("acme", f"c{number}"), "x" * (number % 2)) for number in range(50)]
    held = await asyncio.gather(*(placements.keep("acme", who(1), offer) for offer in offers))
    assert len(set(held)) == 1
    assert held[0] in offers


async def test_placements_of_two_donations_and_two_networks_are_apart(redis: Redis) -> None:
    placements = Placements(redis)
    await placements.keep("acme", who(1), Placed(LUNCH))
    assert await placements.get("acme", who(2)) is None
    assert await placements.get("other", who(1)) is None


async def test_any_native_id_and_endorser_come_back_whole(redis: Redis) -> None:
    placements = Placements(redis)
    odd = Placed(CampaignId("acme", "学校:午餐/{x} 100%"), "明星 one")
    await placements.keep("acme", who(1), odd)
    assert await placements.get("acme", who(1)) == odd


async def test_a_placement_that_cannot_be_kept_is_said(redis: Redis) -> None:
    placements = Placements(Redis.from_url("redis://127.0.0.1:1"))
    with pytest.raises(LedgerUnavailable):
        await placements.keep("acme", who(1), Placed(LUNCH))
    with pytest.raises(LedgerUnavailable):
        await placements.get("acme", who(1))
