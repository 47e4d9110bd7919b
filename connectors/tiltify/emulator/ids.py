"""Ids and keys, drawn from a generator, so that a seed gives the same ones again."""

import random
import uuid


def draw_id(rng: random.Random) -> str:
    """A UUID of version 4."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def draw_key(rng: random.Random) -> str:
    """A key as Tiltify writes them: 64 characters that look like hex."""
    return f"{rng.getrandbits(256):064x}"
