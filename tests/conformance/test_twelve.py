"""Twelve faults that a connector of money must not have, each caught by the rule that names it."""

from dataclasses import replace

import pytest

from connectors.contract import ABILITIES
from connectors.testing.conformance import RULES, Broken, check
from tests.conformance.acme.case import AcmeCase
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.spoiled.changing import BillsInTheMachinesZone, ConstantVersion
from tests.conformance.spoiled.enduring import PagesForEver, TellsWhatItHas
from tests.conformance.spoiled.reading import FloatMoney, IdPerDelivery
from tests.conformance.spoiled.refunding import BillsEverybody, CountsUnfinished, TakesWhatThePayerPaid, ZeroForHidden
from tests.conformance.spoiled.verifying import AcceptsUnsigned, ShowsItsSecret

TWELVE = (
    ("float money", FloatMoney, "amounts-are-exact"),
    ("naive time", BillsInTheMachinesZone, "the-machines-zone-does-not-matter"),
    ("unsigned accepted", AcceptsUnsigned, "a-missing-header-is-refused"),
    ("secret in repr", ShowsItsSecret, "secrets-are-not-printed"),
    ("ids per delivery", IdPerDelivery, "redelivery-is-the-same-donation"),
    ("unbounded paging", PagesForEver, "endless-pages-are-garbled"),
    ("constant version", ConstantVersion, "what-changed-is-newer"),
    ("unfinished refunds counted", CountsUnfinished, "unfinished-refunds-take-nothing-off"),
    ("another merchant's payment counted", BillsEverybody, "payments-of-others-are-not-ours"),
    ("what the payer paid, not what was given", TakesWhatThePayerPaid, "every-way-tells-the-same"),
    ("zero for a hidden amount", ZeroForHidden, "hidden-amounts-are-none"),
    ("a failure taken for the end of a list", TellsWhatItHas, "a-failure-in-the-middle-is-told"),
)


def case_of(kind: type[AcmeConnector]) -> AcmeCase:
    """Acme with another connector."""
    case = AcmeCase()
    case.spec = replace(CONNECTOR, build=kind)  # type: ignore[misc]
    case.abilities = tuple(ability for ability in ABILITIES if issubclass(kind, ability))  # type: ignore[misc]
    return case


@pytest.mark.parametrize(("kind", "rule"), [(kind, rule) for _, kind, rule in TWELVE], ids=[fault for fault, _, _ in TWELVE])
async def test_the_fault_is_caught_by_the_rule_that_names_it(kind: type[AcmeConnector], rule: str) -> None:
    with pytest.raises(Broken, match=f"^{rule}: ") as caught:
        await check(case_of(kind), rule)

    assert str(caught.value).endswith(RULES[rule].says)


@pytest.mark.parametrize("rule", [rule for _, _, rule in TWELVE])
async def test_without_the_fault_the_rule_is_held_and_says_by_what(rule: str) -> None:
    assert await check(AcmeCase(), rule)


def test_they_are_twelve_faults_of_twelve_rules() -> None:
    assert len({kind for _, kind, _ in TWELVE}) == len({rule for _, _, rule in TWELVE}) == 12
