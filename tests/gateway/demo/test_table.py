"""The demo's table as a newcomer reads it."""

import io

import pytest
from rich.console import Console

from gateway.demo.books import Comparison, Line
from gateway.demo.table import table

FOUND = Comparison(
    (
        Line("campaign", "WeChat Pay", "免费午餐 A warm lunch at school", "11986.00 CNY", "11990.00 CNY", "LIVE"),
        Line("campaign", "腾讯公益 Tencent Gongyi", "大山诊所 A clinic in the mountains", "32.00 CNY", "32.00 CNY", "CACHED"),
        Line("campaign", "Alipay", "长者餐 Meals for elders", None, None),
        Line("endorser", "WeChat Pay", "Demo Star 演示明星", "0.00 CNY", "0.00 CNY"),
        Line("currency", "season", "CNY", "12018.00 CNY", "12022.00 CNY"),
    ),
    "捐赠季 Season of giving",
    "12018.00 CNY",
)


def drawn(*, settled: bool, width: int) -> str:
    """The table in letters."""
    console = Console(file=io.StringIO(), width=width)
    console.print(table(FOUND, settled=settled, width=width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_figures_and_verdicts_are_whole_however_narrow_the_terminal_is(width: int) -> None:
    text = drawn(settled=True, width=width)

    for whole in ("11986.00 CNY", "11990.00 CNY", "DIFFERS LIVE", "agrees CACHED", "12018.00 CNY", "Season of giving"):
        assert whole in text, text


def test_what_has_no_gift_yet_is_left_out_until_the_end_and_agrees_with_nothing() -> None:
    assert "长者餐" not in drawn(settled=False, width=80)
    (row,) = (line for line in drawn(settled=True, width=80).splitlines() if "长者餐" in line)
    assert "no gift" in row
    assert "agrees" not in row


def test_a_difference_is_under_way_until_everything_has_settled() -> None:
    assert "DIFFERS" not in drawn(settled=False, width=80)
    assert "under way" not in drawn(settled=True, width=80)
