"""The class that a partner inherits: one test for each case and rule."""

import asyncio
import unittest
from typing import Any, ClassVar

from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.grade import Quality
from connectors.testing.conformance.ledger import Opens
from connectors.testing.conformance.suite import NO_LEDGER, RULES, check, wrong_exemptions


class ConnectorConformance:
    """Inherit it for each connector, in a class whose name begins with Test; pytest then runs one test for each case and rule.

    ::

        class TestAcme(ConnectorConformance):
            cases = CASES

    ``CASES`` are the cases of the connector's module ``case``; beside it lies ``quality.toml``. A rule of a grade that is not
    claimed there, and a rule that is exempt, show as skipped.
    """

    cases: ClassVar[tuple[type[AnyCase], ...]] = ()

    @classmethod
    def quality(cls) -> Quality:
        """What the connector claims."""
        return Quality.of_package(cls.cases[0].__module__.rpartition(".")[0])

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Names the rules that concern each case. pytest calls it while it collects."""
        if "rule" in metafunc.fixturenames:
            pairs = [(case, rule.name) for case in self.cases for rule in RULES.values() if rule.concerns(case())]
            metafunc.parametrize(("case", "rule"), pairs, ids=[f"{case.__name__}-{name}" for case, name in pairs])

    def test_quality_is_in_order(self) -> None:
        """The claim can be read, and exempts from rules only that can be spared."""
        quality = self.quality()
        problems = [*quality.problems, *wrong_exemptions(quality, [case() for case in self.cases])]
        if problems:
            raise AssertionError("\n".join(problems))

    def test_keeps_the_rule(self, case: type[AnyCase], rule: str, request: Any) -> None:
        """Holds one rule against the connector. Rules that need a ledger take it from the fixture ``giving_ledger``."""
        quality = self.quality()
        if rule in quality.exempt:
            raise unittest.SkipTest(quality.exempt[rule])
        if RULES[rule].grade > quality.claimed:
            raise unittest.SkipTest(f"{RULES[rule].grade} is not claimed")
        asyncio.run(check(case(), rule, ledger=_ledger(request) if RULES[rule].ledger else None))


def _ledger(request: Any) -> Opens:
    try:
        opens: Opens = request.getfixturevalue("giving_ledger")
    except LookupError:
        raise unittest.SkipTest(NO_LEDGER) from None
    return opens
