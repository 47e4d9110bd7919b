"""The conformance suite: what every connector must do, as rules with names, held against a connector and its emulator."""

from connectors.testing.conformance.bench import Bench, running
from connectors.testing.conformance.broken import Broken
from connectors.testing.conformance.case import AnyCase, Case
from connectors.testing.conformance.grade import Grade, Quality
from connectors.testing.conformance.inherit import ConnectorConformance
from connectors.testing.conformance.ledger import Counts, Opens
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.suite import RULES, Finding, Report, Standing, check, examine

__all__ = [
    "RULES",
    "AnyCase",
    "Bench",
    "Broken",
    "Case",
    "ConnectorConformance",
    "Counts",
    "Finding",
    "Grade",
    "Opens",
    "Quality",
    "Report",
    "Rule",
    "Standing",
    "check",
    "examine",
    "running",
]
