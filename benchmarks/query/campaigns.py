"""Campaigns of one network, made up as for the catalogue's benchmark, written into a ledger before its gateway starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.catalogue.campaigns import campaigns
from gateway.clock import SystemClock
from gateway.intake.rows import each
from gateway.store import words
from gateway.store.bulk import in_pieces
from gateway.store.embedded import joined
from gateway.store.ledger import Ledger, Outcome
from schema.model.campaign import CampaignStatus
from schema.model.facts import CampaignState, DonationState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource, Basis

AT_ONCE: Final = 256
ACCOUNT: Final = "lunch"
YUAN: Final = 100
BETWEEN: Final = 10 * YUAN
"""More than the next one in the list has raised: when the first of them move in turns, the list keeps its order."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A campaign, and its first donation in fen."""

    id: CampaignId
    words: dict[str, str]
    raised: int


def made_up(number: int) -> Iterator[MadeUp]:
    """So many, in the order of the list, with the titles and goals of eight networks."""
    for place, row in enumerate(campaigns(number)):
        told = row.campaign
        native = f"{place:06}"
        state = CampaignState(
            native,
            1,
            AmountSource.PUBLISHED_FIGURE,
            title=told.title,
            url=f"https://campaigns.example/{native}",
            donate_url=f"https://campaigns.example/{native}/give",
            status=CampaignStatus.ACTIVE,
            charity=told.charity,
            goal=None if told.goal is None else Money.of_minor(told.goal.minor * YUAN, "CNY"),
        )
        yield MadeUp(CampaignId("wechat_pay", native), words.written(state, ACCOUNT), (number - place) * BETWEEN)


def campaign(place: int) -> CampaignId:
    """The one at a place of the list, from 0 on."""
    return CampaignId("wechat_pay", f"{place:06}")


async def fill(number: int, folder: Path) -> None:
    """Writes so many into the private ledger of a gateway that does not run."""
    async with joined(folder / "redis") as url, in_pieces(url) as redis:
        ledger = Ledger(redis, SystemClock(), "UTC")

        async def put(one: MadeUp) -> None:
            await ledger.describe(one.id, 1, one.words)
            await ledger.open(one.id, Basis.COUNTED, "CNY")
            await give(ledger, one.id, 0, one.raised)

        await each(list(made_up(number)), put, AT_ONCE)


async def give(ledger: Ledger, to: CampaignId, number: int, fen: int) -> None:
    """A donation, counted and durable when this returns; ``number`` tells it from others to the same campaign."""
    fact = DonationState(
        native_id=f"4200{number:024}",
        campaign="",
        stage=Stage.COMPLETED,
        version=1,
        amount=Money.of_minor(fen, "CNY"),
        donated_at=datetime.now(UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )
    if await ledger.donation(to, fact, endorser="", face=b"") is not Outcome.APPLIED:
        raise RuntimeError("a donation was not counted")
