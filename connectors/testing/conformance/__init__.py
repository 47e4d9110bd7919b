"""The conformance suite: what every connector must do, as rules with names, held against a connector and its emulator."""

from connectors.testing.conformance.bench import Bench, running
from connectors.testing.conformance.broken import Broken
from connectors.testing.conformance.case import (
    Case,
    HandsOverExports,
    HasFollowers,
    HasPosts,
    SaysPoison,
    SaysUnknown,
    TakesBack,
)
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.suite import RULES, ConnectorConformance, check

__all__ = [
    "RULES",
    "Bench",
    "Broken",
    "Case",
    "ConnectorConformance",
    "HandsOverExports",
    "HasFollowers",
    "HasPosts",
    "Rule",
    "SaysPoison",
    "SaysUnknown",
    "TakesBack",
    "check",
    "running",
]
