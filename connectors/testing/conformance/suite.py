"""The suite: all rules, how one is checked, and the class that a partner inherits."""

import asyncio
import unittest
from typing import Any, Final

from connectors.testing.conformance import agreeing, declaring, engaging, failing, forging, listening, receiving, telling
from connectors.testing.conformance.bench import running
from connectors.testing.conformance.broken import Broken
from connectors.testing.conformance.case import AnyCase, AnyEmulator, Case
from connectors.testing.conformance.rules import Rule

_THEMES: Final = (declaring, receiving, forging, telling, agreeing, engaging, listening, failing)
RULES: Final[dict[str, Rule]] = {rule.name: rule for theme in _THEMES for rule in theme.RULES}
"""Every rule by its name, which stays."""

DEADLINE: Final = 60.0
"""Seconds for one rule."""


async def check(case: AnyCase, name: str) -> None:
    """Puts a case on a new bench and holds one rule against it. Raises Broken, which begins with the rule's name."""
    rule = RULES[name]
    try:
        async with asyncio.timeout(DEADLINE), running(case) as bench:
            await rule.check(bench)
    except TimeoutError:
        raise Broken(f"{name}: not done within {DEADLINE:.0f} s") from None
    except Broken as broken:
        raise Broken(f"{name}: {broken}\n{rule.says}") from broken
    except Exception as error:
        raise Broken(f"{name}: {type(error).__name__} was raised: {error!s:.200}\n{rule.says}") from error


class ConnectorConformance(Case[AnyEmulator]):
    """Inherit it for each connector, in a class whose name begins with Test; pytest then runs one test for each rule.

    ::

        class TestAcme(ConnectorConformance[AcmeEmulator]):
            spec = CONNECTOR

            def emulator(self) -> AcmeEmulator:
                return AcmeEmulator()

            async def give(self, emulator: AcmeEmulator, minor: int) -> None:
                await emulator.donate(minor)

    ``Case`` says what else can be declared. Rules that need what a connector does not have are left out; a rule that cannot
    hold for a network is named in ``exempt`` with its reason, and shows as skipped.
    """

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Names the rules that apply. pytest calls it while it collects."""
        unknown = set(self.exempt) - set(RULES)
        if unknown:
            raise ValueError(f"exempt names rules that do not exist: {sorted(unknown)}")
        metafunc.parametrize("rule", [name for name, rule in RULES.items() if rule.applies(self)])

    def test_keeps_the_rule(self, rule: str) -> None:
        """Holds one rule against the connector."""
        if rule in self.exempt:
            raise unittest.SkipTest(self.exempt[rule])
        asyncio.run(check(self, rule))
