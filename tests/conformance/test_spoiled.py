"""Each rule objects to the fault that it is about, and says so by its name."""

from dataclasses import replace

import pytest

from connectors.contract import ABILITIES, ConnectorSpec, ListsDonations
from connectors.testing.conformance import RULES, Broken, ConnectorConformance, check
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.acme.emulator import AcmeEmulator
from tests.conformance.spoiled import BY_RULE, OF_FILES
from tests.conformance.test_acme import TestAcme as RightCase

FAULTS = [(rule, variant) for rule, variants in BY_RULE.items() for variant in variants]
FILED = [(rule, variant) for rule, variants in OF_FILES.items() for variant in variants]
SPECS = [
    replace(CONNECTOR, key="other"),
    replace(CONNECTOR, name=""),
    replace(CONNECTOR, homepage="http://acme.example"),
    replace(CONNECTOR, contract_version=99),
    replace(CONNECTOR, settings=(*CONNECTOR.settings, CONNECTOR.settings[0])),
    replace(CONNECTOR, settings=tuple(replace(setting, help="") for setting in CONNECTOR.settings)),
]


class HandsOver(RightCase):
    """Acme, where it hands over files besides."""

    async def export(self, emulator: AcmeEmulator) -> bytes:
        return emulator.bill(emulator.gifts).encode()


def case_of(built: ConnectorSpec, kind: type | None = None) -> RightCase:
    """The right case, with another spec."""
    case = RightCase()
    case.spec = built  # type: ignore[misc]
    if kind is not None:
        case.abilities = tuple(ability for ability in ABILITIES if issubclass(kind, ability))  # type: ignore[misc]
    return case


@pytest.mark.parametrize(("rule", "variant"), FAULTS, ids=lambda value: value if isinstance(value, str) else value.__name__)
async def test_a_fault_is_named_by_its_rule(rule: str, variant: type[AcmeConnector]) -> None:
    with pytest.raises(Broken, match=f"^{rule}: "):
        await check(case_of(replace(CONNECTOR, build=variant), variant), rule)


@pytest.mark.parametrize("rule", OF_FILES)
async def test_what_is_handed_over_as_it_should_be_is_told_so(rule: str) -> None:
    await check(HandsOver(), rule)


@pytest.mark.parametrize(("rule", "variant"), FILED, ids=lambda value: value if isinstance(value, str) else value.__name__)
async def test_a_fault_in_a_file_is_named_by_its_rule(rule: str, variant: type[AcmeConnector]) -> None:
    case = HandsOver()
    case.spec = replace(CONNECTOR, build=variant)  # type: ignore[misc]
    with pytest.raises(Broken, match=f"^{rule}: "):
        await check(case, rule)


@pytest.mark.parametrize(
    ("rule", "says"), [("posts-are-text-ids", "HasPosts"), ("unknown-accounts-are-left-out", "HasFollowers")]
)
async def test_a_case_that_does_not_say_how_what_is_read_is_made_is_told_so(rule: str, says: str) -> None:
    class Silent(ConnectorConformance[AcmeEmulator]):
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


def test_every_rule_has_been_seen_to_object() -> None:
    assert set(RULES) == {*BY_RULE, *OF_FILES, "spec-is-well-formed", "abilities-are-the-declared-ones"}


def test_every_rule_is_a_sentence_under_a_name_that_can_be_typed() -> None:
    for name, rule in RULES.items():
        assert name == rule.name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert rule.says.endswith(".")


def test_rules_about_what_a_connector_lacks_are_left_out() -> None:
    case = case_of(replace(CONNECTOR, abilities=(ListsDonations,)))

    assert not RULES["receive-is-pure"].applies(case)
    assert RULES["lists-agree-with-deliveries"].applies(case)


def test_an_exemption_from_a_rule_that_does_not_exist_is_refused() -> None:
    class Careless(RightCase):
        exempt = {"no-such-rule": "because"}  # noqa: RUF012

    with pytest.raises(ValueError, match="no-such-rule"):
        Careless().pytest_generate_tests(None)


def test_the_suite_can_be_inherited() -> None:
    assert issubclass(RightCase, ConnectorConformance)
    assert isinstance(RightCase().emulator(), AcmeEmulator)
