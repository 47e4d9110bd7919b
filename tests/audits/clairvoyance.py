"""Clairvoyance, which guesses a schema from the words of errors, in an environment of its own: it wants older packages."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

from tests.end_to_end.gateway_process import ROOT, environment

LOCK: Final = ROOT / "requirements" / "clairvoyance.lock"
PATIENCE: Final = 120.0
GIVES_UP: Final = "Unable to get TypeRef"
"""What it says of an endpoint whose errors tell it nothing."""
PLACE: Final = ROOT / ".venv-clairvoyance"


async def installed() -> Path:
    """Its program, installed as the lock has it where it is missing or out of date."""
    ready, program = PLACE / "ready", PLACE / "bin" / "clairvoyance"
    if not ready.exists() or ready.stat().st_mtime < LOCK.stat().st_mtime:
        for command in (
            (sys.executable, "-m", "venv", PLACE),
            (PLACE / "bin" / "pip", "install", "--require-hashes", "-r", LOCK),
        ):
            code, said = await _run(*map(str, command))
            assert code == 0, said
        ready.touch()
    return program


async def guessed(url: str, words: list[str], folder: Path) -> dict[str, set[str]]:
    """The fields that it finds with these words, by type; none where it gives up."""
    (folder / "words").write_text("\n".join(words), "utf-8")
    found = folder / "schema.json"
    program = await installed()
    code, said = await _run(str(program), "-c", "1", "-w", str(folder / "words"), "-o", str(found), url)
    if code:
        assert GIVES_UP in said, said
        return {}
    types: list[Any] = json.loads(found.read_text("utf-8"))["data"]["__schema"]["types"]
    return {each["name"]: {field["name"] for field in each["fields"] or ()} for each in types if each["kind"] == "OBJECT"}


async def _run(*command: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()
