"""The first door of ``schema.api``: what is known, answered from this process and the ledger, never from a network."""

from gateway.read.campaigns import CampaignReads
from gateway.read.sums import SeasonReads
from schema.api.ports import Reads


class LedgerReads(CampaignReads, SeasonReads):
    """``schema.api.ports.Reads`` over what a Follower knows."""


_: type[Reads] = LedgerReads
