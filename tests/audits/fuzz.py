"""Schemathesis over the whole schema, against the demo: no query that can be written is answered with a fault.

``python -m tests.audits.fuzz`` asks each field of Query 200 times, or ``--cases``, and with ``--seed`` the same once more.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.docs.demo import demo
from tests.end_to_end.gateway_process import ROOT, environment

HOOKS: Final = "tests.audits.schemathesis_hooks"
WIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"GIVING_LIMITS__{name.upper()}": str(10**6)
        for name in ("depth", "aliases", "root_fields", "cost", "directives", "document_tokens", "document_characters")
    }
)
"""What a generated document is over says nothing of the schema."""


async def fuzz(url: str, cases: int, seed: int) -> tuple[int, str]:
    """Asks each operation so often. Gives the exit code, which is 0 where nothing failed, and all that was said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", url),
        *("--phases", "fuzzing", "-n", str(cases), "--workers", "1", "--seed", str(seed), "--no-color"),
        cwd=ROOT,
        env=environment(SCHEMATHESIS_HOOKS=HOOKS),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, said.decode()


async def _main(cases: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder), **WIDE) as address:
            code, said = await fuzz(f"http://{address}/graphql", cases, seed)
    sys.stdout.write(said)
    return code


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    sys.exit(asyncio.run(_main(arguments.cases, arguments.seed)))
