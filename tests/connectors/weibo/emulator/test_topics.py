"""The paid statistic of a topic: text, and dashes."""

from datetime import UTC, date, datetime

import pytest

from connectors.testing.emulation import ScaledClock
from connectors.weibo.emulator import WeiboEmulator
from tests.connectors.weibo.emulator.client import Client


@pytest.fixture
def emulator() -> WeiboEmulator:
    """On a day of September."""
    emulator = WeiboEmulator(clock=ScaledClock(datetime(2026, 9, 3, tzinfo=UTC)))
    emulator.tell_topic("100808", date(2026, 9, 1), reads=15_276, mentions=0, originals=3)
    emulator.tell_topic("100808", date(2026, 9, 2), reads=9)
    return emulator


async def test_numbers_are_text_and_what_is_missing_is_a_dash(emulator: WeiboEmulator, client: Client) -> None:
    async with emulator.serve():
        mine = Client(emulator.account(), client.http)
        asked = {"topicId": "100808", "startDate": "20260901", "endDate": "20260903"}
        told = (await mine.get("search/trends/statistic", **asked)).told

    assert (told["errno"], told["code"], told["topic_id"]) == (1, "B00001", "100808")
    first, second, third = told["result"]
    assert first == {
        "day_key": "20260901",
        "read_cnt": "15276.0",
        "mention_cnt": "0.0",
        "original_num": "3",
        "topic_star": "-",
    }
    assert (second["read_cnt"], second["mention_cnt"], second["original_num"]) == ("9.0", "-", "-")
    assert (third["day_key"], third["read_cnt"]) == ("20260903", "-")


@pytest.mark.parametrize(
    "changed", [{"topicId": "1"}, {"startDate": "20260604"}, {"startDate": "2026-09-01"}, {"endDate": "20260831"}]
)
async def test_days_that_are_not_kept_and_topics_that_nobody_knows_are_refused(
    emulator: WeiboEmulator, client: Client, changed: dict[str, str]
) -> None:
    async with emulator.serve():
        mine = Client(emulator.account(), client.http)
        asked = {"topicId": "100808", "startDate": "20260901", "endDate": "20260903"} | changed
        assert await mine.refused("search/trends/statistic", **asked) == 10017
