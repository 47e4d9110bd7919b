"""The line that fails, where it should not."""

import asyncio
import random
import socket
import struct

from tests.faults.link import Link

AT_END = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: what ends is reset."""


async def test_who_waits_for_an_answer_is_not_left_alone_when_the_other_side_resets_its_line() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_END)
        writer.transport.abort()

    async with await asyncio.start_server(reset, "127.0.0.1", 0) as server:
        async with Link(server.sockets[0].getsockname()[1], random.Random(1)).open() as link, asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", link.near)
            writer.write(b"hello")
            assert await reader.read() == b""
            writer.close()
