"""The suite: all rules, how one is checked, and what a connector has proven with them."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connectors.testing.conformance import (
    agreeing,
    behaving,
    changing,
    counting,
    damaging,
    declaring,
    enduring,
    engaging,
    failing,
    filing,
    forging,
    hiding,
    listening,
    placing,
    receiving,
    refunding,
    registering,
    rotating,
    sampling,
    showing,
    telling,
    timing,
    unfinished,
)
from connectors.testing.conformance.bench import running
from connectors.testing.conformance.broken import Broken, Unproven
from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.grade import Grade, Quality
from connectors.testing.conformance.ledger import Opens
from connectors.testing.conformance.rules import Rule

_THEMES: Final = (
    *(registering, declaring, receiving, forging, rotating, telling, showing, sampling, agreeing, filing, refunding),
    *(unfinished, placing, changing, timing, counting, engaging, listening, failing, damaging, enduring, behaving, hiding),
)
RULES: Final[dict[str, Rule]] = {rule.name: rule for theme in _THEMES for rule in theme.RULES}
"""Every rule by its name, which stays."""

DEADLINE: Final = 60.0
"""Seconds for one rule."""
NO_LEDGER: Final = "there is no ledger to count in: install giving-gateway[testing], which brings the gateway's own"
"""What is said of a rule that needs one."""


async def check(case: AnyCase, name: str, *, ledger: Opens | None = None) -> str:
    """Puts a case on a new bench and holds one rule against it; gives the evidence. Raises Broken, which begins with the rule's
    name. ``ledger`` opens real ones, for the rules that are about totals.
    """
    rule = RULES[name]
    if missing := rule.missing(case):
        raise Broken(f"{name}: the case does not say how ({', '.join(missing)})\n{rule.says}")
    if rule.ledger and ledger is None:
        raise Broken(f"{name}: {NO_LEDGER}\n{rule.says}")
    try:
        async with asyncio.timeout(DEADLINE), running(case, ledger=ledger) as bench:
            return await rule.check(bench)
    except TimeoutError:
        raise Broken(f"{name}: not done within {DEADLINE:.0f} s") from None
    except Broken as broken:
        raise type(broken)(f"{name}: {broken}\n{rule.says}") from broken
    except Exception as error:
        raise Broken(f"{name}: {type(error).__name__} was raised: {error!s:.200}\n{rule.says}") from error


class Standing(StrEnum):
    """How a rule stands with a connector."""

    HELD = "held"
    EXEMPT = "exempt"
    """It cannot hold for this network; ``quality.toml`` says why."""
    NOT_CONCERNED = "not concerned"
    """The connector lacks the ability that it is about, or its totals are of the other kind."""
    UNPROVEN = "unproven"
    """The case lacks what it takes to prove it: done without evidence is not done."""
    BROKEN = "broken"


PROVEN: Final = frozenset({Standing.HELD, Standing.EXEMPT, Standing.NOT_CONCERNED})


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule stands, with the evidence, the reason, or what is missing."""

    rule: Rule
    standing: Standing
    says: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a connector has proven. ``problems`` concern its ``quality.toml``."""

    findings: tuple[Finding, ...]
    claimed: Grade
    problems: tuple[str, ...]

    @property
    def grade(self) -> Grade:
        """The highest grade of which every rule, and every rule below it, is held, exempt, or of no concern."""
        open_ = [finding.rule.grade for finding in self.findings if finding.standing not in PROVEN]
        return Grade.NONE if self.problems else Grade(min([*open_, Grade.PLATINUM + 1]) - 1)


async def examine(
    cases: Sequence[AnyCase],
    quality: Quality,
    *,
    ledger: Opens | None = None,
    only: Callable[[Rule], bool] = lambda _: True,
    told: Callable[[Finding], None] = lambda _: None,
) -> Report:
    """Holds the rules against a connector, one after the other; a rule is held where it is in every case that it concerns.
    ``told`` hears of each finding at once.
    """
    findings = []
    for rule in filter(only, RULES.values()):
        findings.append(await _examined(rule, cases, quality, ledger))
        told(findings[-1])
    return Report(tuple(findings), quality.claimed, (*quality.problems, *wrong_exemptions(quality, cases)))


def wrong_exemptions(quality: Quality, cases: Sequence[AnyCase]) -> Iterator[str]:
    """What is wrong with the rules that ``quality.toml`` exempts: none of that name, or one that must hold."""
    for name in quality.exempt:
        rule = RULES.get(name)
        concerned = [] if rule is None else [case for case in cases if rule.concerns(case)]
        if rule is None:
            yield f"quality.toml: there is no rule {name!r} to be exempt from"
        elif not rule.hooks and rule.spare is None:
            yield f"quality.toml: no network can be exempt from {name}: it hinges on nothing that a network may not have"
        elif concerned and not any(map(rule.exempts, concerned)):
            has = ", ".join(hook.__name__ for hook in rule.hooks) or "what it is about"
            yield f"quality.toml: {name} is exempt, and the case has {has}: whoever has that must hold the rule"


async def _examined(rule: Rule, cases: Sequence[AnyCase], quality: Quality, ledger: Opens | None) -> Finding:
    concerned = [case for case in cases if rule.concerns(case)]
    if not concerned:
        return Finding(rule, Standing.NOT_CONCERNED, "the connector has no such ability, or no such totals")
    if rule.name in quality.exempt:
        return Finding(rule, Standing.EXEMPT, quality.exempt[rule.name])
    if rule.ledger and ledger is None:
        return Finding(rule, Standing.UNPROVEN, NO_LEDGER)
    began, evidence = time.monotonic(), list[str]()
    for case in concerned:
        if missing := rule.missing(case):
            return Finding(rule, Standing.UNPROVEN, f"{type(case).__name__} has no {', '.join(missing)}")
        try:
            evidence.append(await check(case, rule.name, ledger=ledger))
        except Unproven as unproven:
            return Finding(rule, Standing.UNPROVEN, str(unproven), time.monotonic() - began)
        except Broken as broken:
            return Finding(rule, Standing.BROKEN, str(broken), time.monotonic() - began)
    return Finding(rule, Standing.HELD, "; ".join(dict.fromkeys(evidence)), time.monotonic() - began)
