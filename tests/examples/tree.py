"""The web example beside a schema and the documents, in a folder of its own."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schema.api.printed import printed

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "examples" / "web"


def planted(folder: Path, node_modules: Path) -> "Tree":
    """The example with the schema as it is printed, apart from this repository."""
    (folder / "schema").mkdir()
    (folder / "schema" / "schema.graphql").write_text(printed(), "utf-8")
    shutil.copytree(ROOT / "examples" / "queries", folder / "examples" / "queries")
    web = folder / "examples" / "web"
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("node_modules", "generated", "dist"))
    (web / "node_modules").symlink_to(node_modules)
    return Tree(folder)


@dataclass(frozen=True, slots=True)
class Tree:
    """``folder`` is laid out as this repository."""

    folder: Path

    @property
    def web(self) -> Path:
        """Where the example is."""
        return self.folder / "examples" / "web"

    def change(self, name: str, old: str, new: str) -> None:
        """Replaces a text that is there."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    async def run(self, *command: str) -> tuple[int | None, str]:
        """Runs a command of the example; gives its exit code and all that it said. It reaches no registry."""
        process = await asyncio.create_subprocess_exec(
            "env",
            "npm_config_offline=true",
            *command,
            cwd=self.web,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode, said.decode()
