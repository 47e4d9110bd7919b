"""Tiltify's words into ours. Pure: an object of an answer or a delivery, and what dates it, give facts.

Every field but a donation's ``id``, ``amount`` and ``completed_at`` may be absent: deliveries have fewer than answers.
"""

from collections.abc import Sequence
from datetime import datetime

from connectors.reading import word
from connectors.tiltify import sheet
from connectors.tiltify.fields import Native, Words, moment, money, uuid, uuid_or_none
from schema.model.campaign import Milestone
from schema.model.charity import Charity
from schema.model.donation import DonationKind
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.money import MAX_DONATION
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_SUMMARY, MAX_TITLE, link, plain
from schema.model.total import AmountSource


def campaign(
    words: Words, native: Native, *, version: int, source: AmountSource, charity: Charity | None = None
) -> CampaignState:
    """A campaign, team campaign or fundraising event. What is null or absent, and a goal of zero, is not said: None.

    Its total is ``total_amount_raised``, which holds what its supporters raised, and never ``amount_raised``, which does not.
    The dates without a time of a fundraising event are left out, as Tiltify has given them up. Raises Unreadable, also where
    the words are about another one.
    """
    if uuid(words, "id") != native.uuid:
        raise Unreadable("id")
    raised, goal = money(words, "total_amount_raised"), money(words, "goal")
    return CampaignState(
        native_id=str(native),
        version=version,
        source=source,
        title=plain(words.get("name"), MAX_TITLE),
        summary=plain(words.get("description"), MAX_SUMMARY),
        url=link(words.get("url")),
        donate_url=link(words.get("donate_url")),
        image=_picture(words),
        status=sheet.STATUS.get(str(words.get("status"))),
        starts_at=moment(words, "published_at"),
        ends_at=moment(words, "retired_at"),
        charity=charity,
        part_of=_part_of(words, native),
        goal=goal if goal is not None and goal.minor > 0 else None,
        raised=None if raised is None else Raised(raised),
    )


def donation(
    words: Words,
    *,
    version: int,
    told_at: datetime,
    source: AmountSource,
    told_of: Native | None,
    matches: frozenset[str] = frozenset(),
    shown: bool = True,
) -> DonationState:
    """A donation, the same one over every way under the same id. Raises Unreadable.

    ``told_of`` is what was asked about or subscribed, ``matches`` the ids of donations by which sponsors paid their matches,
    ``shown`` whether name and comment are public. The donation's own time is that of its completion: the one time that all
    ways tell. One that is not completed has no time that counts; it takes what there is (*assumed* to be near).
    """
    native_id, amount = uuid(words, "id"), money(words, "amount")
    if amount is None or amount.minor > MAX_DONATION:
        raise Unreadable("amount")
    if "completed_at" not in words:  # a part of a message must not take back what was completed
        raise Unreadable("completed_at")
    completed_at = moment(words, "completed_at")
    return DonationState(
        native_id=native_id,
        campaign=candidates(words, told_of),
        stage=Stage.PENDING if completed_at is None else Stage.COMPLETED,
        version=version,
        amount=amount,
        donated_at=completed_at or moment(words, "created_at") or told_at,
        source=source,
        kind=_kind(words, native_id, matches),
        donor_name=_donor(words) if shown else None,
        message=plain(words.get("donor_comment"), MAX_MESSAGE) if shown else None,
    )


def milestone(words: Words) -> Milestone | None:
    """A milestone, or None for one that was switched off. Whether it is reached is not told. Raises Unreadable."""
    amount = money(words, "amount")
    title = plain(word(words, "name"), MAX_TITLE)
    if amount is None or title is None:
        raise Unreadable("amount" if amount is None else "name")
    return None if words.get("active") is False else Milestone(title, amount)


def charity(words: Words) -> Charity | None:
    """The charity ("cause") of these words; None for one without a name. Its key is its UUID: names are no promise."""
    name, social = plain(words.get("name"), MAX_TITLE), words.get("social")
    if name is None:
        return None
    return Charity(
        key=uuid(words, "id"),
        name=name,
        registration_number=plain(words.get("government_id"), MAX_NAME),
        website=link(social.get("website")) if isinstance(social, dict) else None,
        logo=_picture(words),
    )


def candidates(words: Words, told_of: Native | None) -> tuple[str, ...]:
    """Where a donation may belong, nearest to the donor first. Raises Unreadable.

    What it was told of comes last of its kind: what supports a campaign that way names it in no field (*assumed*).
    """
    named = [*_named(words, tuple(sheet.NAMED_BY)), *(() if told_of is None else (told_of,))]
    if not named:
        raise Unreadable("campaign_id")
    return tuple(str(native) for native in sorted(dict.fromkeys(named), key=lambda native: native.distance))


def _part_of(words: Words, native: Native) -> tuple[str, ...] | None:
    if not any(name in words for name in sheet.PARENTS):
        return None
    return tuple(str(parent) for parent in _named(words, sheet.PARENTS) if parent != native)


def _named(words: Words, names: Sequence[str]) -> list[Native]:
    found = [(sheet.NAMED_BY[name], uuid_or_none(words, name)) for name in names]
    return [Native(kind, one) for kind, one in found if one is not None]


def _kind(words: Words, native_id: str, matches: frozenset[str]) -> DonationKind:
    if native_id in matches:
        return DonationKind.MATCH
    return DonationKind.RECURRING if words.get("sustained") is True else DonationKind.ONE_TIME


def _donor(words: Words) -> str | None:
    name = plain(words.get("donor_name"), MAX_NAME)
    return None if name is None or name.casefold() == sheet.ANONYMOUS else name


def _picture(words: Words) -> str | None:
    avatar = words.get("avatar")
    return link(avatar.get("src")) if isinstance(avatar, dict) else None
