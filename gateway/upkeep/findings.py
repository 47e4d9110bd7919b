"""What a network's own record and the ledger did not agree on. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from gateway.intake.ingest import UNREADABLE, Verdict
from gateway.intake.quarantine import TRIED_AGAIN
from gateway.store.ledger import Outcome
from schema.model.errors import GivingError
from schema.model.ids import CampaignId

SHOWN: Final = 100
"""Findings of a kind that are kept one by one; beyond, they are counted."""


class Kind(StrEnum):
    """Of the first one nothing is left to do: it was applied when it was found."""

    MISSING_HERE = "missing_here"
    """The network tells it, and it was new to the ledger."""
    MISSING_THERE = "missing_there"
    """The ledger counts it, and the network does not tell it."""
    CLASH = "clash"
    """Both know it, with other amounts."""
    HELD = "held"
    """It cannot be applied, for another reason."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them. ``campaign`` is None where that is not known, ``line`` where it stands in no file, ``entity`` is the
    ledger's own hash of a donation. ``reason`` is a code of ``gateway.intake.rows.REASONS``, or words.
    """

    kind: Kind
    campaign: CampaignId | None = None
    line: int | None = None
    entity: bytes | None = None
    reason: str = ""


@dataclass(slots=True)
class Findings:
    """The findings of one source. ``waiting``: some of them may pass when it is read again, as after a rule was added, or when
    the network has completed it.
    """

    counts: Counter[tuple[Kind, CampaignId | None]] = field(default_factory=Counter)
    shown: list[Finding] = field(default_factory=list)
    waiting: bool = False

    def add(self, finding: Finding) -> None:
        """Counts it, and keeps it while there are few."""
        self.counts[finding.kind, finding.campaign] += 1
        self.waiting = self.waiting or finding.kind in _PASSING or finding.reason in TRIED_AGAIN
        if finding.kind is not Kind.MISSING_HERE and self.of(None)[finding.kind] <= SHOWN:
            self.shown.append(finding)

    def judge(self, verdict: Verdict, *, line: int | None = None, entity: bytes | None = None) -> None:
        """Adds what there is to say of a fact that was applied, if anything."""
        if verdict.held is not None:
            self.add(Finding(_KINDS.get(verdict.held, Kind.HELD), verdict.campaign, line, entity, verdict.held))
        elif verdict.new:
            self.add(Finding(Kind.MISSING_HERE, verdict.campaign, line, entity))

    def of(self, campaign: CampaignId | None) -> Counter[Kind]:
        """How many of each kind; with a campaign its own, and those that may be its own."""
        found = Counter[Kind]()
        for (kind, named), count in self.counts.items():
            if campaign is None or named is None or named == campaign:
                found[kind] += count
        return found

    def about(self, campaign: CampaignId | None) -> Iterator[Finding]:
        """Those that were kept, likewise."""
        return (each for each in self.shown if campaign is None or each.campaign in (None, campaign))


_PASSING: Final = frozenset({Kind.UNREADABLE, Kind.MISSING_THERE})
_KINDS: Final[Mapping[str, Kind]] = {Outcome.CLASH.value: Kind.CLASH, UNREADABLE: Kind.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Report:
    """How one source of an account stands to the ledger.

    ``source`` is a day in ISO form, or words. ``unlike`` are campaigns of the account of which cannot be told what the
    network lacks. ``failed`` is the code of the error because of which the source was not read, or not to its end.
    """

    account: str
    source: str
    rows: int
    findings: Findings
    unlike: tuple[CampaignId, ...] = ()
    failed: str | None = None

    @classmethod
    def unread(cls, account: str, source: str, error: GivingError) -> Self:
        """Of a source that could not be read at all."""
        return cls(account, source, 0, Findings(), failed=error.code)

    def agrees(self, campaign: CampaignId | None = None) -> bool:
        """Whether nothing is left that a person must look at."""
        return self.failed is None and not self.findings.of(campaign).keys() - {Kind.MISSING_HERE}
