"""Writes ``giving.toml`` as an operator would: secrets and keys in files of their own, named by ``*_file``."""

import json
import random
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

SECRETS: Final = frozenset(
    {
        *("apiv3_key", "merchant_key", "client_secret", "refresh_token", "eventsub_secret"),
        *("app_private_key", "seller_key", "access_token"),
    }
)
TABLES: Final = frozenset({"verification_keys"})
CAMPAIGNS: Final = {"school-lunch": "campaign=school-lunch*", "clean-river": "campaign=clean-river*", "other-gifts": None}
"""The declared campaigns, with what a payment of each carries. The last one takes what carries nothing known."""


def write(
    folder: Path, port: int, accounts: Mapping[str, Mapping[str, Any]], campaigns: Mapping[str, str | None] = CAMPAIGNS
) -> Path:
    """Writes the file and what it names into ``folder``, and gives its path. Data will be in ``folder/data``."""
    lines = basics(folder, port, accounts)
    payments = next((name for name, settings in accounts.items() if settings["connector"] == "wechat_pay"), None)
    for campaign, attach in campaigns.items() if payments else ():
        lines += [
            "[[campaigns]]",
            _line("platform", "wechat_pay"),
            _line("id", campaign),
            _line("title", f"Campaign {campaign}"),
        ]
        lines.append(_line("currency", "CNY"))
        if attach is not None:
            lines.append(_line("match", [{"account": payments, "attach": attach}]))
    path = folder / "giving.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def basics(folder: Path, port: int, accounts: Mapping[str, Mapping[str, Any]], **more: Any) -> list[str]:
    """The lines that every file begins with, ``more`` settings among them; the secrets of ``accounts`` are put away."""
    settings = {
        "data_dir": str(folder / "data"),
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "reporting_time_zone": "Asia/Shanghai",
        "ecb_rates": "ecb_url" in more,  # nothing outside of this machine is asked
        **more,
    }
    lines = [_line(key, value) for key, value in settings.items()]
    for name, account in accounts.items():
        lines.append(f"[accounts.{name}]")
        lines += [_line(*_put_away(folder, name, key, value)) for key, value in account.items()]
    return lines


def season(*campaigns: str) -> str:
    """The lines of a season of these, which has one phase and goes on."""
    return f"""
[[seasons]]
slug = "giving"
name = "A season of giving"
starts_at = "2026-01-01T00:00:00Z"
currency = "CNY"
[[seasons.phases]]
slug = "all"
name = "All of it"
starts_at = "2026-01-01T00:00:00Z"
campaigns = {json.dumps(campaigns)}
"""


def free_port(rng: random.Random) -> int:
    """A port that nobody listens on, from below those that the system hands out, so that it stays free over a restart."""
    for port in rng.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("a hundred ports in a row are taken")


def _put_away(folder: Path, account: str, key: str, value: Any) -> tuple[str, Any]:
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)

    def kept(name: str, text: str) -> str:
        (secrets / name).write_text(text, "utf-8")
        return str(secrets / name)

    if key in SECRETS:
        return f"{key}_file", kept(f"{account}.{key}", value)
    if key in TABLES:
        return f"{key}_file", {serial: kept(f"{account}.{serial}.pem", pem) for serial, pem in value.items()}
    return key, value


def _line(key: str, value: Any) -> str:
    return f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)  # of texts, numbers and booleans both languages write the same
