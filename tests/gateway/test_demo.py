"""The demo keeps to itself."""

from pathlib import Path

import pytest

from gateway.demo.run import _settings


def test_variables_of_a_real_gateway_do_not_lead_the_demo_into_its_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIVING_LEDGER_URL", "redis://127.0.0.1:6379")
    monkeypatch.setenv("GIVING_DATA_DIR", "/somewhere/else")
    settings = _settings(tmp_path, "http://127.0.0.1:8000", {"lunch": {}, "reef": {}})
    assert settings.ledger_url is None
    assert settings.data_dir == tmp_path
