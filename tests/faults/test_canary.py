"""The search for canaries finds them, however they are written; a guard that never fails would be none."""

import base64
import json
import random
from pathlib import Path
from urllib.parse import quote

import pytest
from redis.asyncio import Redis

from tests.faults.canary import Canaries, kept_in_clear, written_to_disk


@pytest.fixture
def canaries() -> Canaries:
    return Canaries(random.Random(7))


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "z", "yz", "xyz"])
def test_it_is_found_within_base64_wherever_it_begins(canaries: Canaries, before: str, after: str) -> None:
    text = canaries.hide("openid")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert canaries.leaks("a cursor", encode(f"{before}{text}{after}".encode()), to_viewers=True)


def test_it_is_found_in_every_other_form(canaries: Canaries) -> None:
    text = canaries.hide("name", "Кана рейка")
    for said in (text, text.upper(), quote(text, safe=""), json.dumps({"name": text}), text.encode().hex()):
        assert canaries.leaks("a log", said.encode(), to_viewers=True) == ["name in a log"]
    assert not canaries.leaks("a log", b"nothing of it", to_viewers=False)


def test_what_viewers_see_must_not_be_written_for_operators(canaries: Canaries) -> None:
    name = canaries.show("donor name").encode()
    assert not canaries.leaks("a stream", name, to_viewers=True)
    assert canaries.leaks("a log", name, to_viewers=False) == ["donor name in a log"]


def test_of_a_key_in_a_file_a_line_is_looked_for(canaries: Canaries) -> None:
    lines = [letter * 64 for letter in "abc"]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    canaries.hide_secrets({"connector": "acme", "merchant_key": pem, "base_url": "http://acme.example"})
    assert canaries.leaks("a dump", lines[1].encode(), to_viewers=True) == ["acme.merchant_key in a dump"]
    assert not canaries.leaks("a dump", b"http://acme.example", to_viewers=True)


async def test_it_is_found_in_every_kind_of_key_and_in_names_of_keys(canaries: Canaries, redis: Redis) -> None:
    text = canaries.hide("openid")
    await redis.set("text", text)
    await redis.hset("hash", text, "1")
    await redis.rpush("list", text)
    await redis.sadd("set", text)
    await redis.zadd("sorted", {text: 1})
    await redis.xadd("stream", {"a": text})
    await redis.set(f"name:{text}", "1")
    places = [name async for name, held in kept_in_clear(redis) if canaries.leaks(name, held, to_viewers=True)]
    assert sorted(places) == sorted(["text", "hash", "list", "set", "sorted", "stream", f"name:{text}"])


def test_it_is_found_in_files_of_files(canaries: Canaries, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "deliveries").write_text(canaries.hide("buyer"))
    assert [canaries.leaks(*each, to_viewers=True) for each in written_to_disk(tmp_path)] == [["buyer in deliveries"]]
