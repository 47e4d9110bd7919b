"""The addresses of the Open API and who answers them."""

from starlette.routing import BaseRoute, Route

from connectors.testing.emulation import Outage
from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.faults import ApiFaults
from connectors.weibo.emulator.gate import Call, Gate, Handler
from connectors.weibo.emulator.limits import Calls
from connectors.weibo.emulator.society import Society
from connectors.weibo.emulator.statuses import Statuses
from connectors.weibo.emulator.timelines import Timelines
from connectors.weibo.emulator.tokens import Tokens
from connectors.weibo.emulator.topics import Topics
from connectors.weibo.emulator.users import Users


def routes(
    society: Society, tokens: Tokens, calls: Calls, outage: Outage, faults: ApiFaults, *, commercial: bool
) -> list[BaseRoute]:
    """Everything under ``/2/``: the data calls, and those of the commercial API, which need a contract."""
    users, statuses = Users(society, calls, faults), Statuses(society)
    timelines, topics = Timelines(society, faults), Topics(society)
    free: dict[str, Handler] = {
        "account/get_uid": users.own,
        "account/rate_limit_status": users.limits,
        "comments/show": timelines.comments,
        "statuses/count": statuses.count,
        "statuses/repost_timeline": timelines.reposts,
        "statuses/repost_timeline/ids": timelines.repost_ids,
        "statuses/show": statuses.show,
        "statuses/user_timeline": statuses.user_timeline,
        "users/counts": users.counts,
        "users/show": users.show,
    }
    paid: dict[str, Handler] = {
        "search/trends/statistic": topics.statistic,
        "statuses/count/biz": statuses.count_commercial,
    }
    closed: dict[str, Handler] = dict.fromkeys(paid, _closed)
    gate = Gate(free | (paid if commercial else closed), tokens, calls, outage, faults)
    return [Route("/2/{name:path}", gate.data, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]


async def _closed(_: Call) -> None:
    raise Refused(10014)
