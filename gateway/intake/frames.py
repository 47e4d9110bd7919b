"""Files of sealed frames, one after another: each is sealed to its place in its file, and opens by itself.

A frame is four bytes that say how long it is, then the sealed message. A process that is killed leaves at most a torn frame
at the end, which was never confirmed to anybody.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from gateway.store.seal import Sealer
from schema.model.errors import Unreadable

SIZE: Final = 1 << 20
"""Bytes of a long content that are sealed together."""
MOST: Final = 4 * SIZE
"""Longer than any frame that was ever written."""
_LENGTH: Final = struct.Struct(">I")


def framed(sealer: Sealer, plain: bytes, file: str, number: int) -> bytes:
    """One frame, counted from 0, of the file of that name."""
    sealed = sealer.seal(plain, _place(file, number))
    return _LENGTH.pack(len(sealed)) + sealed


def frames(sealer: Sealer, source: BinaryIO, file: str) -> Iterator[bytes]:
    """What is in the frames of a file, in their order and in constant memory.

    A torn one at the end is passed over. Raises Unreadable for one that is spoiled, and SettingsInvalid where another key
    sealed it.
    """
    number = 0
    head = source.read(_LENGTH.size)
    while len(head) == _LENGTH.size and (length := _LENGTH.unpack(head)[0]):  # 0: room that was never written to
        if length > MOST:
            raise Unreadable("frame")
        sealed = source.read(length)
        head = source.read(_LENGTH.size)
        try:
            yield sealer.open(sealed, _place(file, number))
        except Unreadable:
            if head:
                raise
            return  # the last one, of which some, or only the room for it, came to the disk
        number += 1


def _place(file: str, number: int) -> str:
    return f"archive:{file}:{number}"
