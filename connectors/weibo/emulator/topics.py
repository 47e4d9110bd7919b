"""The commercial statistic of a topic, day by day.

https://open.weibo.com/wiki/C/2/search/trends/statistic
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.gate import Call
from connectors.weibo.emulator.moments import BEIJING
from connectors.weibo.emulator.society import Society, TopicDay

KEPT: Final = timedelta(days=90)
UNKNOWN: Final = "-"


@dataclass(frozen=True, slots=True)
class Topics:
    """Handlers."""

    society: Society

    async def statistic(self, call: Call) -> dict[str, Any]:
        """``search/trends/statistic``: all numbers are text, and what is missing is a dash."""
        topic, first, last = call.text("topicId"), _day(call, "startDate"), _day(call, "endDate")
        if topic not in self.society.topics:
            raise Refused(10017, "topicId")  # *assumed*: the code
        if first > last or self.society.now().astimezone(BEIJING).date() - first > KEPT:
            raise Refused(10017, "startDate")
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        told = self.society.topics[topic]
        result = [_told(day, told.get(day, TopicDay())) for day in days]
        return {"errno": 1, "msg": "success", "code": "B00001", "topic_id": topic, "result": result}


def _day(call: Call, name: str) -> date:
    """*Assumed*: a day is asked for as it is told, without hyphens."""
    try:
        return datetime.strptime(call.text(name), "%Y%m%d").replace(tzinfo=BEIJING).date()
    except ValueError:
        raise Refused(10017, name) from None


def _told(day: date, of: TopicDay) -> dict[str, str]:
    return {
        "day_key": f"{day:%Y%m%d}",
        "read_cnt": UNKNOWN if of.reads is None else f"{of.reads}.0",
        "mention_cnt": UNKNOWN if of.mentions is None else f"{of.mentions}.0",
        "original_num": UNKNOWN if of.originals is None else str(of.originals),
        "topic_star": UNKNOWN,
    }
