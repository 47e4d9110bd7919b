"""Every key of Redis is spelled here and nowhere else.

All keys of one campaign carry one hash tag, so that in Redis Cluster a script stays within one slot.
"""

from typing import Final

from schema.model.ids import CampaignId

CHANNEL: Final = "changes"
"""The one channel on which every process hears every change."""
ZONE: Final = "zone"
"""The reporting time zone of the first start."""


def total(campaign: CampaignId) -> str:
    """Basis, currency, raised, refunded, count, sources, position."""
    return f"tot:{{{campaign}}}"


def totals(platform: str = "") -> str:
    """The pattern of the totals of all campaigns, or of those of one network."""
    return f"tot:{{{platform}:*}}" if platform else "tot:{*}"


def campaign_of(total: str) -> CampaignId:
    """The campaign whose total has this key."""
    return CampaignId.parse(total.removeprefix("tot:{").removesuffix("}"))


def records(campaign: CampaignId, entity: bytes) -> str:
    """The bucket, by the entity's first byte, in which a donation's record lies."""
    return f"rec:{{{campaign}}}:{entity[0] & 63}"


def reports(campaign: CampaignId) -> str:
    """What a network said last of its own total, newest 16."""
    return f"said:{{{campaign}}}"


def log(campaign: CampaignId) -> str:
    """The stream of changes, newest 10,000."""
    return f"log:{{{campaign}}}"


def buckets(campaign: CampaignId) -> tuple[str, str, str]:
    """History by minute, hour and day."""
    return f"min:{{{campaign}}}", f"hour:{{{campaign}}}", f"day:{{{campaign}}}"


def endorsers(campaign: CampaignId) -> str:
    """Sums per endorser."""
    return f"end:{{{campaign}}}"


def feed(campaign: CampaignId) -> str:
    """The newest listed donations, by time."""
    return f"feed:{{{campaign}}}"


def faces(campaign: CampaignId) -> str:
    """What may be shown of each listed donation."""
    return f"face:{{{campaign}}}"


def words(campaign: CampaignId) -> str:
    """The campaign's description."""
    return f"words:{{{campaign}}}"


def engagement(campaign: CampaignId) -> str:
    """Counters of the posts for it, by hour."""
    return f"eng:{{{campaign}}}"


def known(platform: str) -> str:
    """The native ids of a network's campaigns."""
    return f"known:{{{platform}}}"


def posts(platform: str) -> str:
    """Public posts of a network with their newest counters, by native id."""
    return f"posts:{platform}"


def milestones(platform: str) -> str:
    """What fundraisers of a network promise at certain totals, by native id of the campaign."""
    return f"milestones:{platform}"


def followers(platform: str) -> str:
    """How many followers public accounts of a network have, by native id."""
    return f"followers:{platform}"


def budget(account: str, name: str) -> str:
    """What is left of a budget that a network counts by the day."""
    return f"budget:{account}:{name}"


def placement(platform: str, entity: bytes) -> str:
    """The bucket in which the campaign and endorser of a donation are kept for good."""
    return f"place:{{{platform}:{entity.hex()[:3]}}}"


def erased(platform: str) -> str:
    """What was erased of a network: entities of donations and keys of donors, for good."""
    return f"erased:{platform}"


HOLDING: Final = "holding"
"""The accounts that ever held anything in quarantine, also those that are configured no more."""


def held(account: str) -> tuple[str, str, str, str]:
    """Quarantine of an account: what is held, when each is tried next, what is known of each, and their bytes in all."""
    return f"held:{{{account}}}", f"held:{{{account}}}:due", f"held:{{{account}}}:about", f"held:{{{account}}}:bytes"


def health(account: str) -> str:
    """What is known of an account's channels."""
    return f"health:{account}"


def reconciled(account: str) -> str:
    """The days whose statement was held against the ledger, each with what was found."""
    return f"reconciled:{account}"


def rates() -> str:
    """The newest reference rate of each currency, by code."""
    return "rates"


def lease(name: str) -> str:
    """Who does a job at the moment."""
    return f"lease:{name}"


def token(account: str, name: str) -> str:
    """A sealed access token."""
    return f"token:{account}:{name}"


def confirmation(number: int) -> str:
    """A key that says nothing, written with others so that replicas have something to confirm."""
    return f"confirm:{{{number}}}"


def cache(kind: str, name: str) -> str:
    """What may vanish."""
    return f"cache:{kind}:{name}"
