"""Keeps fields of a table and tells every process about it."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

from redis.asyncio import Redis


class Told:
    """Raises what Redis raises."""

    def __init__(self, redis: Redis) -> None:
        source = files("gateway.store") / "lua" / "told.lua"
        self._keep = redis.register_script(source.read_text("utf-8"))

    async def keep(self, table: str, fields: Mapping[str, str | bytes], message: str) -> None:
        """Whoever hears the message finds what was kept."""
        await cast("Any", self._keep([table], [message, *(part for pair in fields.items() for part in pair)]))
