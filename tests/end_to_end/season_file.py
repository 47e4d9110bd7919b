"""A season as organisers declare it: first one charity, then many, with three who speak for it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any, Final

from tests.end_to_end import configuration

STARS: Final = ("star", "singer", "athlete")
NAMES: Final[Mapping[str, str]] = {"star": "Big Star 大明星", "singer": "Singer 歌手", "athlete": "Athlete 运动员"}
LUNCH: Final = "school-lunch"
CLINIC: Final = "208391"
"""A project of Tencent Gongyi."""
KITCHEN: Final = "Bijie, Guizhou, village school of Shachang"
REEF_TRUST: Final = "Reef Trust 珊瑚基金"

_SEASON: Final = Template("""
[[seasons]]
slug = "giving"
name = "季节捐 A season of giving"
starts_at = $starts
ends_at = $ends
currency = "CNY"
goal = "100000"
actions = [
    { kind = "LEARN", title = "What a lunch changes", url = "https://lunch.example/learn" },
    { kind = "SHARE", title = "Tell it on Weibo", url = "https://weibo.example/topic" },
    { kind = "ATTEND", title = "Open kitchen day", place = "$kitchen", starts_at = $turn, ends_at = $ends },
    { kind = "VOLUNTEER", title = "Sort books", place = "Shanghai", online = true, starts_at = $turn },
]
[[seasons.phases]]
slug = "one-lunch"
name = "One lunch"
starts_at = $starts
ends_at = $turn
campaigns = ["wechat_pay:school-lunch", "weibo:school-lunch"]
[[seasons.phases]]
slug = "many"
name = "Many charities"
starts_at = $turn
campaigns = [
    "wechat_pay:school-lunch", "weibo:school-lunch", "wechat_pay:clean-river", "alipay:deaf-school",
    "tencent_gongyi:208391", "account:reef", "account:games",
]

[[charities]]
id = "free-lunch"
name = "免费午餐 Free Lunch"
registration_number = "NO-0001"
[[charities]]
id = "river"
name = "River Guardians"
[[charities]]
id = "reef-trust"
name = "$reef_trust"
names = { twitch = "Sample Reef Trust" }

[[campaigns]]
platform = "wechat_pay"
id = "school-lunch"
title = "A warm lunch at school"
currency = "CNY"
charity = "free-lunch"
match = [
    { account = "lunch", attach = "campaign=school-lunch;star=star", endorser = "star" },
    { account = "lunch", attach = "campaign=school-lunch;star=singer", endorser = "singer" },
    { account = "lunch", order = "ATHLETE*", endorser = "athlete" },
    { account = "lunch", attach = "campaign=school-lunch*" },
]
[[campaigns]]
platform = "weibo"
id = "school-lunch"
title = "A warm lunch, from Weibo"
currency = "CNY"
charity = "free-lunch"
match = [
    { account = "stars", attach = "campaign=school-lunch;star=star", endorser = "star" },
    { account = "stars", attach = "campaign=school-lunch;star=singer", endorser = "singer" },
    { account = "stars", attach = "campaign=school-lunch*" },
]
[[campaigns]]
platform = "wechat_pay"
id = "clean-river"
title = "Clean river"
currency = "CNY"
charity = "river"
match = [{ account = "lunch", attach = "campaign=clean-river*" }]
[[campaigns]]
platform = "wechat_pay"
id = "other-gifts"
title = "Other gifts, not in the season"
currency = "CNY"
[[campaigns]]
platform = "alipay"
id = "deaf-school"
title = "A classroom that listens"
currency = "CNY"
charity = "river"
goal = "5000"
match = [
    { account = "giving", attach = "campaign=deaf-school;star=athlete", endorser = "athlete" },
    { account = "giving", attach = "campaign=deaf-school*" },
]
[[campaigns]]
platform = "tencent_gongyi"
id = "208391"
title = "A clinic in the mountains"
currency = "CNY"
charity = "free-lunch"
""")
_ENDORSER: Final = Template("""
[[endorsers]]
id = "$id"
name = "$name"
platform = "weibo"
account = "$account"
posts = [{ id = "$post", campaign = "weibo:school-lunch" }]
""")


def write(
    folder: Path,
    port: int,
    accounts: Mapping[str, Mapping[str, Any]],
    speakers: Mapping[str, tuple[str, str]],
    ecb_url: str,
    dates: tuple[datetime, datetime, datetime],
) -> None:
    """Writes ``giving.toml``. ``speakers`` have the ids of their accounts and posts; ``dates`` are the start, the turn from
    the first phase to the second, and the end."""
    starts, turn, ends = (moment.isoformat(timespec="seconds") for moment in dates)
    lines = configuration.basics(folder, port, accounts, ecb_url=ecb_url)
    lines.append(_SEASON.substitute(starts=starts, turn=turn, ends=ends, kitchen=KITCHEN, reef_trust=REEF_TRUST))
    for star, (account, post) in speakers.items():
        lines.append(_ENDORSER.substitute(id=star, name=NAMES[star], account=account, post=post))
    (folder / "giving.toml").write_text("\n".join(lines), "utf-8")
