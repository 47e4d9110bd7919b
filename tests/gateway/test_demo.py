"""The demo keeps to itself."""

from pathlib import Path

import pytest

from connectors.testing.emulation import ScaledClock
from gateway.demo.calendar import FIRST_PHASE_LEFT
from gateway.demo.networks import Networks
from gateway.demo.run import _settings


async def test_variables_of_a_real_gateway_do_not_lead_the_demo_into_its_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIVING_LEDGER_URL", "redis://127.0.0.1:6379")
    monkeypatch.setenv("GIVING_CACHE_URL", "redis://127.0.0.1:6379")
    monkeypatch.setenv("GIVING_DATA_DIR", "/somewhere/else")
    monkeypatch.setenv("GIVING_ECB_URL", "https://bank.example/daily.xml")
    networks = Networks.of(ScaledClock(), seed=1)
    async with networks.serve():
        settings = _settings(tmp_path, "http://127.0.0.1:8000", networks, speed=1)

        assert (settings.ledger_url, settings.cache_url) == (None, None)
        assert settings.data_dir == tmp_path
        assert settings.ecb_url == networks.ecb.url


async def test_the_demos_first_phase_has_a_minute_left_on_the_wall_whatever_the_speed(tmp_path: Path) -> None:
    networks = Networks.of(ScaledClock(speed=60), seed=1)
    async with networks.serve():
        before = networks.wechat.clock.now()
        settings = _settings(tmp_path, "http://127.0.0.1:8000", networks, speed=60)
        after = networks.wechat.clock.now()

        (season,) = settings.seasons
        _, second = season.phases
        assert before <= second.starts_at - FIRST_PHASE_LEFT * 60 <= after
