"""A network is exempt only from what hinges on something that it may not have."""

import pytest

from connectors.testing.conformance import RULES, AnyCase, Case, Grade, Quality, examine
from connectors.testing.conformance.suite import wrong_exemptions
from tests.conformance.acme.case import AcmeCase
from tests.conformance.acme.connector import CONNECTOR
from tests.conformance.acme.emulator import AcmeEmulator

REASON = "for a reason that is long enough"
OF_HEADERS = ("a-changed-header-is-refused", "a-missing-header-is-refused")
UNDATED = "late-and-early-deliveries-are-refused"
ALWAYS = "new-fields-change-nothing"


class Plain(Case[AcmeEmulator]):
    """The least that a case is: a network with no hook, no signed header and no window."""

    spec = CONNECTOR

    def emulator(self) -> AcmeEmulator:
        return AcmeEmulator()

    async def give(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate(minor)


def problems(name: str, *cases: AnyCase) -> list[str]:
    """What is said of one exemption."""
    return list(wrong_exemptions(Quality(Grade.GOLD, {name: REASON}), cases))


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.hooks and rule.spare is None])
def test_nobody_is_exempt_from_what_every_network_keeps(name: str) -> None:
    assert problems(name, Plain()) == [
        f"quality.toml: no network can be exempt from {name}: it hinges on nothing that a network may not have"
    ]


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.hooks or rule.spare is not None])
def test_a_network_without_what_a_rule_hinges_on_may_be_exempt(name: str) -> None:
    assert problems(name, Plain()) == []


@pytest.mark.parametrize("name", ["refunds-take-off-what-was-given-back", *OF_HEADERS, UNDATED])
def test_a_network_with_it_must_keep_the_rule(name: str) -> None:
    named = ", ".join(hook.__name__ for hook in RULES[name].hooks) or "what it is about"
    said = f"quality.toml: {name} is exempt, and the case has {named}: whoever has that must hold the rule"

    assert problems(name, AcmeCase()) == [said]
    assert problems(name, AcmeCase(), Plain()) == []


def test_these_may_be_spared_without_a_hook_and_say_where() -> None:
    spared = {name: rule.spare.__doc__ for name, rule in RULES.items() if rule.spare is not None}

    assert {*OF_HEADERS, UNDATED, ALWAYS} <= set(spared)
    assert all(spared.values())


async def test_an_exemption_that_is_out_of_order_proves_nothing() -> None:
    quality = Quality(Grade.BRONZE, {"amounts-are-exact": REASON})

    report = await examine([Plain()], quality, only=lambda rule: rule.name == "money-is-exact")

    assert report.grade is Grade.NONE
    assert len(report.problems) == 1
