"""docs/platforms.md is what its script prints of the specs as they are."""

import runpy
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

from connectors.catalog import BUILT_IN
from connectors.contract import ABILITIES
from connectors.testing.conformance.grade import Quality
from gateway.registry import Registry
from tests.docs.markdown import ROOT, named, section

SCRIPT = ROOT / "scripts" / "platforms.py"
TEXT = (ROOT / "docs" / "platforms.md").read_text("utf-8")
RENEW = ".venv/bin/python scripts/platforms.py > docs/platforms.md"


def test_the_file_is_what_the_script_prints() -> None:
    printed = subprocess.run([sys.executable, SCRIPT], cwd=ROOT, check=True, capture_output=True).stdout.decode()

    assert printed == TEXT, f"a spec or a quality.toml has changed: {RENEW}"


def test_the_file_says_how_it_is_renewed() -> None:
    assert f"`{RENEW}`" in TEXT


def test_every_network_and_every_ability_is_in_it() -> None:
    assert set(named(TEXT.partition("## ")[0])) == set(BUILT_IN)
    assert set(named(section(TEXT, "Abilities"))) == {ability.__name__ for ability in ABILITIES}


def test_a_spec_that_changed_prints_another_file() -> None:
    page = runpy.run_path(str(SCRIPT))["page"]
    spec = Registry().spec("twitch")
    slower = replace(spec, pace=replace(spec.pace, poll=timedelta(minutes=5)))

    assert "| every 60 s |" in page({"twitch": spec}, {"twitch": Quality()})
    assert "| every 5 min |" in page({"twitch": slower}, {"twitch": Quality()})
