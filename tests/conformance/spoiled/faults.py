"""A table of faults."""

from collections.abc import Mapping
from typing import TypeAlias

from tests.conformance.acme.connector import AcmeConnector

Faults: TypeAlias = Mapping[str, tuple[type[AcmeConnector], ...]]
"""Of each rule the connectors that break it."""
