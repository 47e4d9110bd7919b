"""The same gateway with a season: two phases, two stars on Weibo who speak for the lunch, and things to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from connectors.weibo.emulator import WeiboEmulator
from tests.browser.world import World, account

SLUG: Final = "giving"
STARS: Final = (("star", "演示明星 Demo Star", 8_000_000), ("singer", "演示歌手 Demo Singer", 5_500_000))


class SeasonWorld(World):
    """``weibo`` is where the stars post. The second phase begins ``change`` after the configuration is written."""

    def __init__(self, folder: Path, change: timedelta) -> None:
        super().__init__(folder)
        self.weibo = WeiboEmulator(seed=1)
        self._change = change

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Starts everything, and ends it with the context."""
        async with self.weibo.serve(), super().open():
            yield self

    def rules(self, campaign: str) -> list[str]:
        """Gifts to the lunch can name a star."""
        return [
            f'{{ account = "lunch", attach = "campaign={campaign};star={name}", endorser = "{name}" }}'
            for name, *_ in STARS
            if campaign == "school-lunch"
        ]

    def configuration(self) -> list[str]:
        """With the season."""
        second = datetime.now(UTC) + self._change
        above = ['reporting_time_zone = "Asia/Shanghai"', "ecb_rates = false", "[rates]", 'EUR = "7.85"']
        known = self.weibo.account()
        api = {name: known[name] for name in ("access_token", "api_url", "calls_per_day")}
        return [*above, *account("stars", "weibo", api), *super().configuration(), *self._stars(), *_season(second)]

    def _stars(self) -> list[str]:
        lines = []
        for name, shown, followers in STARS:
            user = self.weibo.add_user(shown, followers=followers)
            post = self.weibo.add_post(user, "四块钱就是一顿午餐。")
            self.weibo.engage(post, reposts=1_200, comments=450, likes=9_000)
            lines += ["[[endorsers]]", f'id = "{name}"', f'name = "{shown}"', 'platform = "weibo"', f'account = "{user.id}"']
            lines += [f'url = "https://weibo.example/{name}"']
            lines += [f'posts = [{{ id = "{post.id}", campaign = "wechat_pay:school-lunch" }}]']
        return lines


def _season(second: datetime) -> list[str]:
    first, end = second - timedelta(days=30), second + timedelta(days=90)
    return [
        "[[seasons]]",
        f'slug = "{SLUG}"',
        'name = "捐赠季 A Season of Giving"',
        f"starts_at = {first.isoformat()}",
        f"ends_at = {end.isoformat()}",
        'currency = "CNY"',
        'goal = "1000"',
        "actions = [",
        '  { kind = "LEARN", title = "What a lunch changes", url = "https://free-lunch.example/learn" },',
        '  { kind = "ATTEND", title = "Open kitchen day", place = "Bijie, Guizhou", starts_at = 2031-10-03T10:00:00+08:00 },',
        "]",
        "[[seasons.phases]]",
        'slug = "one"',
        'name = "一顿午餐 One lunch"',
        f"starts_at = {first.isoformat()}",
        f"ends_at = {second.isoformat()}",
        'campaigns = ["wechat_pay:school-lunch"]',
        "[[seasons.phases]]",
        'slug = "many"',
        'name = "捐赠季 Season of giving"',
        f"starts_at = {second.isoformat()}",
        'campaigns = ["wechat_pay:school-lunch", "wechat_pay:clean-river", "account:reef"]',
    ]
