"""The newest known total of each campaign in this process: the one table from which frames and answers are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from gateway.read import positions
from gateway.store.bus import DoubtChanged, TotalMoved
from gateway.store.shelf import Head
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.time import from_micros
from schema.model.total import AmountSource, Basis, Place, Total


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One campaign. ``raised`` is None while no figure was ever known.

    ``stated_at`` is when it was last stated, while its network states one that is too low to be believed; else None.
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
    # what clients are told is made once, as it stands in list after list until it moves
    position: str = field(init=False, repr=False, compare=False)
    """Its place in the feeds."""
    total: Total | None = field(init=False, repr=False, compare=False)
    """The value; None while no figure was ever known."""

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

    def __getattr__(self, name: str) -> object:
        """What clients are told, made when it is first asked for: from then on it is found like any attribute."""
        if name not in _MADE:
            raise AttributeError(name)
        made = _MADE[name](self)
        object.__setattr__(self, name, made)
        return made


def _position(row: TotalRow) -> str:
    figures = ["" if figure is None else str(figure) for figure in (row.raised, row.count)]
    return positions.encode(row.campaign, row.place, *figures)


def _total(row: TotalRow) -> Total | None:
    if row.raised is None:
        return None
    return Total(
        row.campaign,
        row.basis,
        Money(row.raised, row.currency),
        None if row.refunded is None else Money(row.refunded, row.currency),
        row.count,
        row.donors,
        AmountSource.of_bits(row.sources),
        row.at,
        row.place,
    )


_MADE: Final[Mapping[str, Callable[[TotalRow], object]]] = {"position": _position, "total": _total}


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
