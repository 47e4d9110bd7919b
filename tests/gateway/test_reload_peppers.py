"""Peppers are read again with the configuration: a new one signs at once, former ones find, a bad file changes nothing."""

import base64
from pathlib import Path

from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.store.peppers import Peppers
from tests.gateway.reloading import Edited, account, edited

TILL = {"till": account("till", "s")}
FIRST, SECOND = b"1" * 32, b"2" * 32


def text(*secrets: bytes) -> str:
    """A file of these."""
    return "".join(f"{base64.b64encode(secret).decode()}\n" for secret in secrets)


def keys(gateway: Edited) -> tuple[bytes, ...]:
    """How the door knows somebody at this moment."""
    return gateway.gateway.base.current.now.peppers.keys("till", "7")


async def test_the_file_is_read_again_and_what_is_no_pepper_is_refused(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "peppers"
    file.write_text(text(FIRST))
    async with edited(redis_url, tmp_path / "data", pepper=None, pepper_file=str(file), accounts=TILL) as gateway:
        assert keys(gateway) == Peppers([FIRST]).keys("till", "7")

        file.write_text(text(SECOND, FIRST))
        assert await gateway.reload()
        assert keys(gateway) == Peppers([SECOND, FIRST]).keys("till", "7")

        for spoiled in (text(SECOND) + "short\n", ""):
            file.write_text(spoiled)
            with capture_logs() as logs:
                assert not await gateway.reload()
            [told] = [line for line in logs if line["event"] == "reload.refused"]
            assert told["problem"] == "pepper_file: is not 32 bytes in base64"
            assert keys(gateway) == Peppers([SECOND, FIRST]).keys("till", "7")
        assert gateway.figure("giving_reload_failed") == 1

        file.write_text(text(SECOND))
        assert await gateway.reload()
        assert keys(gateway) == Peppers([SECOND]).keys("till", "7")


async def test_a_data_directory_that_waits_for_a_restart_gets_no_pepper(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path / "data", accounts=TILL) as gateway:
        before = keys(gateway)
        assert await gateway.reload(data_dir=tmp_path / "elsewhere")

        assert keys(gateway) == before
        assert not (tmp_path / "elsewhere").exists()
