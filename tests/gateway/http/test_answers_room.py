"""What answers may take together, and one alone: at the limit it is kept, one byte more and it is not."""

import random

import pytest

from gateway.http.answers import SHARE
from tests.gateway.http.keeping import LUNCH, SHOES, Kitchen


async def size(data: str, query: str = "{a}") -> int:
    """What such an answer takes."""
    kitchen = Kitchen()
    await kitchen.ask(query, data=data)
    assert len(kitchen.answers) == 1
    return kitchen.answers.bytes


@pytest.mark.parametrize(("less", "kept"), [(0, 1), (1, 0)])
async def test_one_answer_may_take_an_eighth_of_the_room(less: int, kept: int) -> None:
    kitchen = Kitchen(kept_answer_bytes=SHARE * await size("x" * 100) - less)
    made = await kitchen.ask(data="x" * 100)
    assert len(kitchen.answers) == kept
    assert made.max_age == 1  # elsewhere there may be room


@pytest.mark.parametrize(("less", "gone"), [(0, False), (1, True)])
async def test_all_together_take_the_room_and_the_least_lately_used_goes_first(less: int, gone: bool) -> None:
    texts = [f"{{{name}}}" for name in "abcdefghijklmnop"]
    kitchen = Kitchen(kept_answer_bytes=len(texts) * await size("") - less)
    for text in texts[:-1]:
        await kitchen.ask(text)
    kitchen.find("{a}")
    await kitchen.ask(texts[-1])
    assert [text for text in texts if kitchen.find(text) is None] == (["{b}"] if gone else [])
    assert kitchen.answers.bytes <= len(texts) * await size("") - less


async def test_texts_variables_and_tags_count_as_the_answer_does() -> None:
    assert await size("x" * 100) == await size("") + 100
    assert await size("", "{" + "a" * 100 + "}") == await size("") + 99
    assert await size("", "{" + "餐" * 100 + "}") > await size("") + 199
    kitchen = Kitchen()
    await kitchen.ask(note=lambda notes: notes.figures(LUNCH, SHOES))
    assert kitchen.answers.bytes > await size("")


async def test_what_is_gone_takes_nothing() -> None:
    kitchen, drawn = Kitchen(kept_answer_bytes=20_000), random.Random(7)
    for _ in range(500):
        tags = drawn.sample([LUNCH, SHOES, "acme"], drawn.randint(1, 3))
        await kitchen.ask(f"{{{drawn.choice('abcdefghijkl')}}}", lambda notes, tags=tags: notes.figures(*tags))  # type: ignore[misc]
        if drawn.random() < 0.2:
            kitchen.step(drawn.choice([LUNCH, SHOES]))
        assert kitchen.answers.bytes == sum(kept.size for kept in kitchen.answers._kept.values()) <= 20_000
        assert {tag for kept in kitchen.answers._kept.values() for tag in kept.tags} == kitchen.answers._by_tag.keys()
    kitchen.step(reset=True)
    assert (len(kitchen.answers), kitchen.answers.bytes, kitchen.answers._by_tag) == (0, 0, {})
