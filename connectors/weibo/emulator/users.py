"""Calls about accounts.

https://open.weibo.com/wiki/2/users/show, 2/users/counts and 2/account/rate_limit_status
"""

from dataclasses import dataclass
from typing import Any, Final

from connectors.weibo.emulator import payloads
from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.faults import ApiFaults
from connectors.weibo.emulator.gate import Call
from connectors.weibo.emulator.limits import Calls
from connectors.weibo.emulator.moments import local_text
from connectors.weibo.emulator.society import Society

MOST_UIDS: Final = 100
"""*Assumed*."""


@dataclass(frozen=True, slots=True)
class Users:
    """Handlers."""

    society: Society
    calls: Calls
    faults: ApiFaults

    async def show(self, call: Call) -> dict[str, Any]:
        """``users/show``: by ``uid`` or by ``screen_name``, and not by both."""
        uid, name = call.parameters.get("uid"), call.parameters.get("screen_name")
        if bool(uid) == bool(name):
            raise Refused(10016, "uid or screen_name")
        found = self.society.users.get(uid) if uid else self.society.named(name or "")
        if found is None:
            raise Refused(20003)
        posts = self.society.posts_of(found)
        latest = {"status": payloads.status(posts[0], with_user=False)} if posts else {}
        return payloads.user(found, posts=len(posts)) | latest

    async def counts(self, call: Call) -> list[dict[str, Any]]:
        """``users/counts``: unknown ones are left out."""
        known = [user for uid in call.ids("uids", MOST_UIDS) if (user := self.society.users.get(uid))]
        return [
            {
                "id": int(user.id),
                "followers_count": user.followers,
                "friends_count": 0,
                "statuses_count": len(self.society.posts_of(user)),
            }
            for user in known
        ]

    async def own(self, call: Call) -> dict[str, Any]:
        """``account/get_uid``."""
        return {"uid": int(call.user.id)}

    async def limits(self, call: Call) -> dict[str, Any]:
        """``account/rate_limit_status``. It tells the reset of the day when it is used up, else of the hour: *assumed*."""
        limits, calls, full = self.calls.limits, self.calls, self.faults.full_allowance
        left = limits.user_day if full else calls.left_of_user(call.user.id)
        reset = calls.next_hour if left else calls.next_day
        return {
            "ip_limit": limits.address_hour,
            "limit_time_unit": "HOURS",
            "remaining_ip_hits": limits.address_hour if full else calls.left_of_address(call.address),
            "remaining_user_hits": left,
            "reset_time": local_text(reset),
            "reset_time_in_seconds": int((reset - self.society.now()).total_seconds()),
            "user_limit": limits.user_day,
            "api_rate_limits": [
                {
                    "api": f"/{api}",
                    "limit": limit,
                    "limit_time_unit": "HOURS",
                    "remaining_hits": limit if full else calls.left_of_api(call.user.id, api),
                }
                for api, limit in limits.api_hour.items()
            ],
        }
