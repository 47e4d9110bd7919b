"""A partner's first three commands, as they are typed: new, pytest, check."""

import asyncio
import json
import os
import pty
import sys
from pathlib import Path

import pytest

from connectors.testing.conformance import RULES
from tests.end_to_end.commands import SECONDS, Ended, python
from tests.end_to_end.gateway_process import environment

GATEWAY = ("-m", "gateway", "connector")
SHAPES = {
    "pushes": ("--pushes", "--signed", "hmac", "--total", "reported", "--amounts", "decimal"),
    "polled": ("--polled", "--total", "reported", "--amounts", "minor"),
}


async def typed(*arguments: str, answers: list[str], cwd: Path) -> Ended:
    """Runs Python on a terminal of 80 columns, where somebody answers each question as it comes."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=cwd,
        env=environment(COLUMNS="80", TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said, left = "", list(answers)
    try:
        async with asyncio.timeout(SECONDS):
            while heard := await asyncio.to_thread(_heard, ours):
                said += heard
                if said.endswith(": ") and left:
                    os.write(ours, f"{left.pop(0)}\n".encode())
            code = await process.wait()
    finally:
        os.close(ours)
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(code, said.replace("\r\n", "\n"), "")


def _heard(terminal: int) -> str:
    try:
        return os.read(terminal, 65_536).decode()
    except OSError:  # its other end is closed
        return ""


@pytest.mark.parametrize("shape", SHAPES)
async def test_three_commands_lead_to_green_tests_and_a_grade(shape: str, tmp_path: Path) -> None:
    made = await python(*GATEWAY, "new", "reef_watch", *SHAPES[shape], cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    *_, first, second = made.out.splitlines()
    folder = tmp_path / first.split()[1]
    assert first.split()[2:] == ["&&", "pytest"]
    assert second.split() == ["giving-gateway", "connector", "check"]

    tested = await python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    assert tested.code == 0, tested.out
    assert " passed, " in tested.out
    assert "failed" not in tested.out

    checked = await python(*GATEWAY, "check", "--grade", "bronze", cwd=folder)
    assert (checked.code, len(checked.err.splitlines())) == (0, len(RULES))
    assert checked.out.startswith("Reef Watch (reef_watch, of giving-gateway-reef-watch)\nbronze: ")
    assert checked.out.endswith("Proven: platinum. Claimed: bronze. Asked for: bronze.\nquality.toml may claim platinum.\n")
    assert "\x1b" not in checked.out
    assert all(line == line.rstrip() and len(line) <= 160 for line in checked.out.splitlines())


async def test_what_was_broken_is_told_with_the_rule_the_line_and_the_exit_code(tmp_path: Path) -> None:
    await python(*GATEWAY, "new", "acme", cwd=tmp_path)
    folder = tmp_path / "giving-gateway-acme"
    mapping = folder / "giving_gateway_acme" / "mapping.py"
    exact = 'amount = Money.of_decimal(stated.get("value"), stated.get("currency"))'
    float_money = 'amount = Money.of_minor(int(float(str(stated.get("value"))) * 100), stated.get("currency"))'
    assert exact in mapping.read_text("utf-8")
    mapping.write_text(mapping.read_text("utf-8").replace(exact, float_money), "utf-8")

    checked = await python(*GATEWAY, "check", cwd=folder)

    assert (checked.code, len(checked.err.splitlines())) == (1, len(RULES))
    assert " amounts-are-exact: broken\n" in checked.err
    [row] = [line for line in checked.out.splitlines() if line.startswith("  amounts-are-exact  ")]
    assert "broken" in row
    assert "told are [1, 434, 1998, " in row
    assert row.split()[-1].startswith("receiving.py:")
    assert "Proven: none. Claimed: bronze.\nOpen for bronze:\n  amounts-are-exact, broken\n" in checked.out

    told = await python(*GATEWAY, "check", "--json", "--rule", "amounts-are-exact", cwd=folder)
    assert (told.code, told.err) == (1, "")
    assert json.loads(told.out)["open"]["bronze"] == ["amounts-are-exact"]


async def test_on_a_terminal_the_shape_is_asked_for(tmp_path: Path) -> None:
    ended = await typed(*GATEWAY, "new", "acme", answers=["", "rsa", "md5", "counted", "minor"], cwd=tmp_path)

    assert ended.code == 0, ended.out
    assert "How are its webhooks signed? [hmac/rsa] (hmac): " in ended.out
    assert ended.out.count("Does it report totals, or are donations counted?") == 2  # there is no total named md5
    assert "giving-gateway-acme is written. Its network is made up: pushes (rsa), totals counted," in ended.out
    assert "Aborted" not in ended.out
    webhook = tmp_path / "giving-gateway-acme" / "giving_gateway_acme" / "webhook.py"
    assert "rsa_sha256_verify" in webhook.read_text("utf-8")


async def test_what_cannot_be_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    ended = await typed(*GATEWAY, "new", "twitch", answers=[], cwd=tmp_path)

    assert (ended.code, "?" in ended.out) == (2, False)
    assert "there is a connector twitch already" in ended.out
