"""What is made of facts now, without applying any of them: for whoever must decide why they cannot be."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from gateway.accounts import Account
from gateway.foundation import Foundation
from gateway.intake.placement import Placements
from schema.model.errors import BadUserInput
from schema.model.facts import CampaignState, Clues, DonationState, Fact, RefundState
from schema.model.ids import CampaignId, entity


@dataclass(frozen=True, slots=True)
class Told:
    """One fact, without anything of a person. ``campaign`` is where it belongs by rule or by what is kept, None where nowhere.

    ``clues`` are the merchant's own words that a rule may match.
    """

    kind: str
    amount: str | None = None
    stage: str | None = None
    at: str | None = None
    campaign: str | None = None
    endorser: str | None = None
    clues: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What a connector makes of something: facts and how many questions, or the problem, with its code where it has one."""

    facts: tuple[Told, ...] = ()
    questions: int = 0
    problem: str | None = None
    code: str | None = None


async def made(base: Foundation, account: Account, facts: Iterable[Fact], questions: int = 0) -> Made:
    """Of facts that were read. Raises LedgerUnavailable."""
    return Made(tuple([await _told(base, account, fact) for fact in facts]), questions)


async def _told(base: Foundation, account: Account, fact: Fact) -> Told:
    match fact:
        case DonationState():
            campaign, endorser = await _placed(base, account, fact.campaign, fact.native_id)
            amount = None if fact.amount is None else str(fact.amount)
            clues = fact.campaign if isinstance(fact.campaign, Clues) else Clues()
            known = tuple((each.name, text) for each in fields(Clues) if (text := getattr(clues, each.name)) is not None)
            return Told("donation", amount, fact.stage.name, fact.donated_at.isoformat(), campaign, endorser, known)
        case RefundState():
            campaign, endorser = await _placed(base, account, Clues(), fact.donation, refund=True)
            return Told("refund", str(fact.amount), fact.stage.name, fact.refunded_at.isoformat(), campaign, endorser)
        case CampaignState():
            amount = None if fact.raised is None else str(fact.raised.amount)
            return Told("campaign", amount, campaign=f"{account.platform}:{fact.native_id}")
        case _:
            return Told(type(fact).__name__.lower())


async def _placed(
    base: Foundation, account: Account, campaign: str | tuple[str, ...] | Clues, native: str, *, refund: bool = False
) -> tuple[str | None, str | None]:
    kept = await Placements(base.redis).get(account.platform, entity(account.platform, native))
    if kept is None and isinstance(campaign, Clues) and not refund:
        kept = base.current.now.rules.place(account.name, campaign)
    if kept is not None:
        return str(kept.campaign), kept.endorser or None
    if isinstance(campaign, Clues):
        return None, None
    try:
        return str(CampaignId(account.platform, campaign if isinstance(campaign, str) else campaign[0])), None
    except BadUserInput:
        return None, None
