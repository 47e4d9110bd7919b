"""Prints docs/rules.md: every rule of the conformance suite, by grade, with what it says and what it needs."""

import sys

from connectors.testing.conformance import RULES, Grade, Rule

HEAD = """\
# Rules of the conformance suite

Printed from the suite, and held against it by a test; renewed by `.venv/bin/python scripts/rules.py > docs/rules.md`. How it
is run, and what a grade is, says [connectors.md](connectors.md#8-when-you-are-done). A rule concerns connectors that have the
abilities it is about; to prove it, the case must have the hooks
([`hooks.py`](../connectors/testing/conformance/hooks.py)).

A network may be exempt only from what hinges on something that it may not have: from a rule with hooks, where its case lacks
one, and where the last column says so. From no other.
"""
MEANS = {
    Grade.BRONZE: "It works: settings, facts and totals are right.",
    Grade.SILVER: "It can be trusted: what is forged is refused, and no secret and no person comes out.",
    Grade.GOLD: "It heals: what comes twice, late, in another order, or after a failure ends in the same total.",
    Grade.PLATINUM: "It was attacked: garbage, absurd values and endless answers bring nothing down.",
}
TABLE = "| rule | says | about | hooks | exempt where |\n| --- | --- | --- | --- | --- |\n"


def page() -> str:
    """The whole file."""
    parts = [HEAD]
    for grade in list(Grade)[1:]:
        rules = [rule for rule in RULES.values() if rule.grade is grade]
        parts.append(f"## {grade.name.title()}\n\n{MEANS[grade]}\n\n{TABLE}" + "".join(map(_row, rules)))
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    spare = "" if rule.spare is None else (rule.spare.__doc__ or "")
    about = ", ".join(filter(None, (_named(rule.needs), "" if rule.basis is None else f"totals that are {rule.basis.name}")))
    cells = (f"`{rule.name}`", rule.says.replace("``", "`"), about, _named(rule.hooks), spare)
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"


def _named(kinds: tuple[type, ...]) -> str:
    return ", ".join(f"`{kind.__name__}`" for kind in kinds)


if __name__ == "__main__":
    sys.stdout.write(page())
