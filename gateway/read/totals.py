"""The newest known total of each campaign in this process: the one table from which frames and answers are made."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from gateway.read import positions
from gateway.store.bus import DoubtChanged, TotalMoved
from gateway.store.shelf import Head
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.time import from_micros
from schema.model.total import AmountSource, Basis, Place, Total


@dataclass(frozen=True)
class TotalRow:
    """One campaign. ``raised`` is None while no figure was ever known.

    ``stated_at`` is when it was last stated, while its network states one that is too low to be believed; else None. What
    clients are told of it is made once, when it is first asked for, as it stands in list after list until it moves.
    """

    campaign: CampaignId
    basis: Basis
    currency: Currency
    raised: int | None
    refunded: int | None
    count: int | None
    donors: int | None
    sources: int
    at: datetime
    place: Place
    stated_at: datetime | None = None

    @classmethod
    def of(cls, campaign: CampaignId, head: Head) -> "TotalRow":
        """From what the ledger keeps."""
        return cls(
            campaign,
            Basis(head.basis),
            Currency.of(head.currency),
            _figure(head.raised),
            _figure(head.refunded),
            _figure(head.count),
            _figure(head.donors),
            int(head.sources or "0"),
            datetime.fromtimestamp(int(head.at or "0"), UTC),
            Place.parse(head.position or "0-0"),
            from_micros(int(head.doubt)) if head.doubt else None,
        )

    @cached_property
    def position(self) -> str:
        """Its place in the feeds, for clients."""
        figures = ["" if figure is None else str(figure) for figure in (self.raised, self.count)]
        return positions.encode(self.campaign, self.place, *figures)

    @cached_property
    def total(self) -> Total | None:
        """The value for clients."""
        if self.raised is None:
            return None
        return Total(
            self.campaign,
            self.basis,
            Money(self.raised, self.currency),
            None if self.refunded is None else Money(self.refunded, self.currency),
            self.count,
            self.donors,
            AmountSource.of_bits(self.sources),
            self.at,
            self.place,
        )


class TotalsTable:
    """What is visible. It moves on in steps; between two steps frames and answers see the same figures."""

    def __init__(self) -> None:
        self._rows: dict[CampaignId, TotalRow] = {}

    def __getitem__(self, campaign: CampaignId) -> TotalRow | None:
        return self._rows.get(campaign)

    def replace(self, campaign: CampaignId, head: Head | None) -> None:
        """What was read from the ledger holds, whatever was known before."""
        if head is None:
            self._rows.pop(campaign, None)
        else:
            self._rows[campaign] = TotalRow.of(campaign, head)

    def load(self, campaign: CampaignId, head: Head | None) -> None:
        """The same for a campaign met on the way: the higher place wins over a read that was overtaken."""
        known = self._rows.get(campaign)
        if head is not None and (known is None or TotalRow.of(campaign, head).place >= known.place):
            self._rows[campaign] = TotalRow.of(campaign, head)

    def move(self, change: TotalMoved) -> bool:
        """Takes over a newer state; False when this campaign was never read, so that it must be loaded first."""
        row = self._rows.get(change.campaign)
        if row is None:
            return False
        if change.place > row.place:
            # the moment of a donation is not a change of a total that the network reports
            at = row.at if row.basis is Basis.REPORTED and change.kind else change.at
            self._rows[change.campaign] = replace(
                row,
                raised=change.raised,
                refunded=change.refunded,
                count=change.count,
                donors=change.donors,
                sources=change.sources,
                at=at,
                place=change.place,
            )
        return True

    def doubt(self, change: DoubtChanged) -> bool:
        """Takes over whether a figure is held in doubt; False likewise."""
        row = self._rows.get(change.campaign)
        if row is not None:
            self._rows[change.campaign] = replace(row, stated_at=change.stated_at)
        return row is not None


def _figure(text: str | None) -> int | None:
    return int(text) if text else None
