"""How far a value can be trusted."""

from schema.api.field import enum_type
from schema.model.freshness import Freshness

enum_type(
    Freshness,
    "How close a value is to the network's own at this moment.",
    {
        Freshness.LIVE: "The network pushes its changes here and that channel is healthy: the value follows within seconds.",
        Freshness.CACHED: "The gateway asks the network at intervals, and the latest reading that was due has succeeded; "
        "or a person brings the figures, as of `asOf`.",
        Freshness.STALE: "A reading is overdue or has failed, or a channel is silent that should not be: "
        "this is the last known value.",
    },
)

__all__ = ["Freshness"]
