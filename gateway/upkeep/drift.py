"""Whether a campaign's sums are what they must be, and by how much they are not. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.store.booked import NOTHING, Tally
from gateway.store.books import Sums
from schema.model.past import Bucket

ZERO = ("0", "0", "0")


@dataclass(frozen=True, slots=True)
class Drift:
    """One sum that is not as it must be. ``what`` names it: total, days, hours, minutes, records, or an endorser.

    Of a COUNTED campaign ``kept`` and ``due`` are net, refunded and count in minor units, of a REPORTED one what was raised
    and how many gave. ``off`` is what is kept beyond what is due, None where that is no number.
    """

    what: str
    kept: str
    due: str
    off: tuple[int, ...] | None = None

    @property
    def mark(self) -> tuple[str, object]:
        """What it is known by while figures move: by how much they are off does not."""
        return self.what, self.off or self.kept


def counted(sums: Sums, tally: Tally) -> list[Drift]:
    """Of a campaign whose donations are added up: every sum against all records."""
    found = [
        _unlike("total", [figure or "0" for figure in sums.total], tally.total),
        _unlike("days", sums.days, tally.total),
        _unlike("hours", sums.hours, tally.hours),
        _unlike("minutes", sums.minutes, tally.minutes),
    ]
    for name in sorted(sums.endorsed.keys() | tally.endorsed.keys()):
        due = tally.endorsed.get(name, NOTHING)
        found.append(_unlike(f"endorser {name}", sums.endorsed.get(name, ZERO), Bucket(due.net, 0, due.donations)))
    if sums.odd:
        found.append(Drift("history", f"{sums.odd} buckets cannot be read", ""))
    if tally.unreadable:
        found.append(Drift("records", f"{len(tally.unreadable)} cannot be read", ""))
    return [drift for drift in found if drift is not None]


def reported(sums: Sums, hours_from: int, minutes_from: int) -> list[Drift]:
    """Of a campaign whose network states the total: what is shown is the newest report in history, and nothing was added up."""
    return list(_reported(sums, hours_from, minutes_from))


def _reported(sums: Sums, hours_from: int, minutes_from: int) -> Iterator[Drift]:
    (raised, refunded, count), newest = sums.total, sums.days
    due = (newest[1], count if newest[2] in ("", "-") else newest[2])
    if (raised, count) != due:
        yield Drift("total", f"{raised} {count}".rstrip(), " ".join(due).rstrip())
    moment = int(newest[0]) // 1_000_000 if newest[0] else 0
    for what, since, kept in (("hours", hours_from, sums.hours), ("minutes", minutes_from, sums.minutes)):
        if newest[0] and moment >= since and kept != newest:
            yield Drift(what, " ".join(kept), " ".join(newest))
    if refunded or sums.endorsed:
        yield Drift("sums", "there are some", "none")
    if sums.odd:
        yield Drift("history", f"{sums.odd} buckets cannot be read", "")


def _unlike(what: str, kept: Sequence[str], due: Bucket) -> Drift | None:
    texts = [str(figure) for figure in due]
    if list(kept) == texts:
        return None
    try:
        net, refunded, count = map(int, kept)
        off = (net - due.net, refunded - due.refunded, count - due.donations)
    except ValueError:
        off = None
    return Drift(what, " ".join(kept), " ".join(texts), off)
