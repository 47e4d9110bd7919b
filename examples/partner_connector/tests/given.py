"""Samples as Lantern sends them, with everything personal in them made up."""

from pathlib import Path
from typing import Any

from connectors.http import read_json

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str, **changed: Any) -> dict[str, Any]:
    """A sample, with other values for some of its fields."""
    return {**read_json((SAMPLES / f"{name}.json").read_bytes()), **changed}
