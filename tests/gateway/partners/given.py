"""Distributions as ``connector new`` writes them, and the commands as they are typed."""

import itertools
from pathlib import Path

from typer.testing import CliRunner, Result

from gateway import cli
from gateway.partners.new import Amounts, Names, Shape, Signed, Total, write

USUAL = Shape()
SHAPES = [Shape(*parts) for parts in itertools.product([*Signed, None], Total, Amounts)]


def named(shape: Shape, prefix: str = "reef") -> Names:
    """A name of its own for each shape."""
    return Names(f"{prefix}_{shape.signed or 'none'}_{shape.total[:3]}_{shape.amounts[:3]}")


def written(folder: Path, shape: Shape = USUAL, names: Names | None = None) -> Path:
    """A distribution of this shape in a folder."""
    names = names or named(shape)
    target = folder / names.distribution
    write(names, shape, target)
    return target


def spoil(target: Path, file: str, *changes: tuple[str, str]) -> None:
    """Changes the text of one file; each text to be changed must be there."""
    place = target / file
    text = place.read_text("utf-8")
    for before, after in changes:
        assert before in text, f"{before!r} is not in {file}"
        text = text.replace(before, after)
    place.write_text(text, "utf-8")


def connector(*arguments: str) -> Result:
    """One ``giving-gateway connector`` command."""
    return CliRunner().invoke(cli.app, ["connector", *arguments], env={"COLUMNS": "120"})
