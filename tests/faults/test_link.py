"""The line that fails, where it should not."""

import asyncio
import random
import re
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


async def test_what_is_to_be_lost_is_lost_where_it_comes_behind_something_else_in_one_piece() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.read(100):
            writer.write(asked)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        async with Link(server.sockets[0].getsockname()[1], random.Random(1)).open() as link, asyncio.timeout(5):
            link.cut_only, link.cut_replies = re.compile(rb"counted"), 1
            reader, writer = await asyncio.open_connection("127.0.0.1", link.near)
            writer.write(b"noted\n")
            assert await reader.readline() == b"noted\n"
            writer.write(b"noted\ncounted\n")
            assert await reader.read() == b""
            assert (link.cut_replies, link.cuts) == (0, 1)
            writer.close()
