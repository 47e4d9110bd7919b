"""docs/rules.md is what its script prints of the suite as it is."""

import subprocess
import sys

from connectors.testing.conformance import RULES
from tests.docs.markdown import ROOT

SCRIPT = ROOT / "scripts" / "rules.py"
TEXT = (ROOT / "docs" / "rules.md").read_text("utf-8")
RENEW = ".venv/bin/python scripts/rules.py > docs/rules.md"


def test_the_file_is_what_the_script_prints() -> None:
    printed = subprocess.run([sys.executable, SCRIPT], cwd=ROOT, check=True, capture_output=True).stdout.decode()

    assert printed == TEXT, f"a rule has changed: {RENEW}"


def test_the_file_says_how_it_is_renewed() -> None:
    assert f"`{RENEW}`" in TEXT


def test_every_rule_is_in_it_once_and_there_are_sixty_at_least() -> None:
    assert all(TEXT.count(f"| `{name}` |") == 1 for name in RULES)
    assert len(RULES) >= 60
