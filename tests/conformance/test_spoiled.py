"""Each rule objects to the fault that it is about, and says so by its name."""

from dataclasses import replace

import pytest

from connectors.contract import ABILITIES, ListsDonations, ReadsExports
from connectors.spec import ConnectorSpec
from connectors.testing.conformance import RULES, Broken, Case, ConnectorConformance, Grade, Opens, check
from schema.model.total import Basis
from tests.conformance.acme.case import AcmeCase as RightCase
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.acme.emulator import AcmeEmulator
from tests.conformance.spoiled import BY_RULE, OF_FILES, OF_TOTALS

FAULTS = [(rule, variant) for rule, variants in BY_RULE.items() for variant in variants]
FILED = [(rule, variant) for rule, variants in OF_FILES.items() for variant in variants]
TOTALS = [
    (basis, rule, variant) for basis, faults in OF_TOTALS.items() for rule, variants in faults.items() for variant in variants
]
SPECS = [
    replace(CONNECTOR, key="other"),
    replace(CONNECTOR, name=""),
    replace(CONNECTOR, homepage="http://acme.example"),
    replace(CONNECTOR, contract_version=99),
    replace(CONNECTOR, settings=(*CONNECTOR.settings, CONNECTOR.settings[0])),
    replace(CONNECTOR, settings=tuple(replace(setting, help="") for setting in CONNECTOR.settings)),
]
SPECIAL = {
    "spec-is-well-formed",
    "abilities-are-the-declared-ones",
    "the-package-offers-its-spec",
    "papers-are-in-the-package",
}
"""Rules about what is beside the connector."""


class HandsOver(RightCase):
    """Acme, where it hands over files besides."""

    async def export(self, emulator: AcmeEmulator) -> bytes:
        return emulator.bill().encode()


def case_of(built: ConnectorSpec, kind: type | None = None) -> RightCase:
    """The right case, with another spec."""
    case = RightCase()
    case.spec = built  # type: ignore[misc]
    if kind is not None:
        case.abilities = tuple(ability for ability in ABILITIES if issubclass(kind, ability))  # type: ignore[misc]
    return case


def counting(basis: Basis, kind: type[AcmeConnector]) -> RightCase:
    """The case of a network whose totals are its own, or the gateway's."""
    return case_of(replace(CONNECTOR, build=kind, basis=basis, declares_campaigns=basis is Basis.COUNTED), kind)


def named(value: object) -> str:
    """A parameter in a test's name."""
    return value.__name__ if isinstance(value, type) else str(value)


@pytest.mark.parametrize(("rule", "variant"), FAULTS, ids=named)
async def test_a_fault_is_named_by_its_rule(rule: str, variant: type[AcmeConnector]) -> None:
    with pytest.raises(Broken, match=f"^{rule}: "):
        await check(case_of(replace(CONNECTOR, build=variant), variant), rule)


@pytest.mark.parametrize("rule", OF_FILES)
async def test_what_is_handed_over_as_it_should_be_is_told_so(rule: str) -> None:
    await check(HandsOver(), rule)


@pytest.mark.parametrize(("rule", "variant"), FILED, ids=named)
async def test_a_fault_in_a_file_is_named_by_its_rule(rule: str, variant: type[AcmeConnector]) -> None:
    case = HandsOver()
    case.spec = replace(CONNECTOR, build=variant)  # type: ignore[misc]
    with pytest.raises(Broken, match=f"^{rule}: "):
        await check(case, rule)


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("rule", OF_TOTALS[Basis.REPORTED])
async def test_totals_are_right_whosever_they_are(rule: str, basis: Basis, giving_ledger: Opens) -> None:
    await check(counting(basis, AcmeConnector), rule, ledger=giving_ledger)


@pytest.mark.parametrize(("basis", "rule", "variant"), TOTALS, ids=named)
async def test_a_fault_in_totals_is_named_by_its_rule(
    basis: Basis, rule: str, variant: type[AcmeConnector], giving_ledger: Opens
) -> None:
    with pytest.raises(Broken, match=f"^{rule}: "):
        await check(counting(basis, variant), rule, ledger=giving_ledger)


async def test_a_rule_that_needs_a_ledger_says_what_to_install() -> None:
    with pytest.raises(Broken, match=r"install giving-gateway\[testing\]"):
        await check(RightCase(), "any-order-comes-to-the-same")


@pytest.mark.parametrize(
    ("rule", "says"), [("posts-are-text-ids", "HasPosts"), ("unknown-accounts-are-left-out", "HasFollowers")]
)
async def test_a_case_that_does_not_say_how_what_is_read_is_made_is_told_so(rule: str, says: str) -> None:
    class Silent(Case[AcmeEmulator]):
        spec = CONNECTOR

        def emulator(self) -> AcmeEmulator:
            return AcmeEmulator()

        async def give(self, emulator: AcmeEmulator, minor: int) -> None:
            emulator.donate(minor)

    with pytest.raises(Broken, match=says):
        await check(Silent(), rule)


@pytest.mark.parametrize("spec", SPECS, ids=["key", "name", "homepage", "contract", "twice", "help"])
async def test_an_ill_formed_spec_is_named(spec: ConnectorSpec) -> None:
    with pytest.raises(Broken, match=r"^spec-is-well-formed: "):
        await check(case_of(spec), "spec-is-well-formed")


@pytest.mark.parametrize("abilities", [(), (*CONNECTOR.abilities, RightCase), CONNECTOR.abilities[1:]])
async def test_abilities_that_are_not_those_of_the_object_are_named(abilities: tuple[type, ...]) -> None:
    with pytest.raises(Broken, match=r"^abilities-are-the-declared-ones: "):
        await check(case_of(replace(CONNECTOR, abilities=abilities)), "abilities-are-the-declared-ones")


async def test_another_spec_than_the_packages_is_named() -> None:
    with pytest.raises(Broken, match=r"^the-package-offers-its-spec: "):
        await check(case_of(replace(CONNECTOR, name="Acme Two")), "the-package-offers-its-spec")


@pytest.mark.parametrize("folder", ["tests.conformance.spoiled", "tests.conformance.spoiled.undated"])
async def test_papers_that_are_missing_or_without_a_date_are_named(folder: str) -> None:
    class Elsewhere(RightCase):
        package = folder

    with pytest.raises(Broken, match=r"^papers-are-in-the-package: "):
        await check(Elsewhere(), "papers-are-in-the-package")


def test_every_rule_has_been_seen_to_object() -> None:
    assert set(RULES) == {*BY_RULE, *OF_FILES, *OF_TOTALS[Basis.REPORTED], *SPECIAL}
    assert set(OF_TOTALS[Basis.COUNTED]) == {name for name, rule in RULES.items() if rule.ledger}


def test_every_rule_is_a_sentence_under_a_name_that_can_be_typed() -> None:
    for name, rule in RULES.items():
        assert name == rule.name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert rule.says.endswith(".")


def test_rules_about_what_a_connector_lacks_are_left_out() -> None:
    case = case_of(replace(CONNECTOR, abilities=(ListsDonations,)))

    assert not RULES["receive-is-pure"].concerns(case)
    assert RULES["lists-agree-with-deliveries"].concerns(case)


def test_rules_about_questions_are_left_out_where_nothing_is_asked() -> None:
    asking, reading = (case_of(replace(CONNECTOR, abilities=(ability,))) for ability in (ListsDonations, ReadsExports))

    assert RULES["refused-credentials-are-told"].concerns(asking)
    assert not RULES["refused-credentials-are-told"].concerns(reading)


def test_the_suite_can_be_inherited() -> None:
    class Inherited(ConnectorConformance):
        cases = (RightCase,)

    assert Inherited.quality().claimed is Grade.PLATINUM
    assert issubclass(RightCase, Case)
