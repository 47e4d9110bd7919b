"""The one layer of retries, with a time that passes only when it sleeps."""

import gc
import random
import weakref
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http import Headers
from gateway.outbound.limits import Limits
from gateway.outbound.patience import AttemptFailed, Patience, asked_wait
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.world import FakeTime

NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)
LONGEST = timedelta(minutes=15)


def failed(*, again: bool = True, wait: timedelta | None = None) -> AttemptFailed:
    return AttemptFailed("failed", UpstreamUnavailable("no", retry_after=wait), again=again)


class Script:
    """Fails as told, then answers; each attempt may take time."""

    def __init__(self, time: FakeTime, *failures: AttemptFailed, takes: float = 0.0) -> None:
        self.time = time
        self.failures = list(failures)
        self.takes = takes
        self.left: list[float] = []

    async def __call__(self, left: float) -> str:
        self.left.append(left)
        self.time.seconds += self.takes
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def patience(time: FakeTime, seed: int = 1) -> Patience:
    return Patience(Limits(), random.Random(seed), time.monotonic, time.sleep)


DEADLINE = Limits().deadline


async def test_the_third_attempt_may_still_answer() -> None:
    time = FakeTime()
    script = Script(time, failed(), failed())
    assert await patience(time).run(script, DEADLINE) == "answer"
    assert len(script.left) == 3


async def test_there_is_no_fourth_attempt() -> None:
    time = FakeTime()
    script = Script(time, *(failed() for _ in range(9)))
    with pytest.raises(UpstreamUnavailable):
        await patience(time).run(script, DEADLINE)
    assert len(script.left) == 3


async def test_what_could_do_harm_is_not_tried_again() -> None:
    time = FakeTime()
    script = Script(time, failed(again=False))
    with pytest.raises(UpstreamUnavailable):
        await patience(time).run(script, DEADLINE)
    assert len(script.left) == 1
    assert time.slept == []


async def test_pauses_are_fully_jittered_below_a_doubling_bound() -> None:
    first, second = [], []
    for seed in range(300):
        time = FakeTime()
        await patience(time, seed).run(Script(time, failed(), failed()), DEADLINE)
        first.append(time.slept[0])
        second.append(time.slept[1])
    assert 0 <= min(first) < 0.01
    assert 0.19 < max(first) <= 0.2
    assert 0 <= min(second) < 0.02
    assert 0.38 < max(second) <= 0.4


async def test_each_attempt_is_told_what_is_left_of_the_total_deadline() -> None:
    time = FakeTime()
    script = Script(time, failed(), takes=3.0)
    await patience(time).run(script, DEADLINE)
    assert script.left[0] == pytest.approx(5.0)
    assert script.left[1] == pytest.approx(2.0 - time.slept[0])


async def test_a_used_up_deadline_ends_it_without_another_pause() -> None:
    time = FakeTime()
    script = Script(time, *(failed() for _ in range(9)), takes=5.0)
    with pytest.raises(UpstreamUnavailable):
        await patience(time).run(script, DEADLINE)
    assert time.slept == []


async def test_a_wait_that_fits_is_waited_and_then_some() -> None:
    time = FakeTime()
    assert await patience(time).run(Script(time, failed(wait=timedelta(seconds=2))), DEADLINE) == "answer"
    assert 2.0 <= time.slept[0] <= 2.2


async def test_a_wait_that_does_not_fit_is_handed_on_at_once() -> None:
    time = FakeTime()
    script = Script(time, failed(wait=timedelta(minutes=4)))
    with pytest.raises(UpstreamUnavailable) as caught:
        await patience(time).run(script, DEADLINE)
    assert caught.value.retry_after == timedelta(minutes=4)
    assert time.slept == []


async def test_a_long_deadline_is_not_spent_on_waiting() -> None:
    time = FakeTime()
    with pytest.raises(UpstreamUnavailable):
        await patience(time).run(Script(time, failed(wait=timedelta(seconds=30))), timedelta(minutes=15))
    assert time.slept == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 90 ", 90),
        ("900", 900),
        ("901", 900),
        ("9" * 5_000, 900),
        ("Tue, 01 Sep 2026 02:21:31 GMT", 60),
        ("Tuesday, 01-Sep-26 02:21:31 GMT", 60),
        ("Tue, 01 Sep 2026 02:21:31 -0000", 60),
        ("Mon, 31 Aug 2026 02:20:31 GMT", 0),
        ("Sun, 01 Sep 2030 02:20:31 GMT", 900),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 900),
    ],
)
def test_a_wish_for_patience_is_read_as_seconds_or_date_and_capped(said: str, seconds: int) -> None:
    assert asked_wait(Headers({"Retry-After": said}), NOW, LONGEST) == timedelta(seconds=seconds)


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "１０", "Tue, 99 Sep 2026 99:21:31 GMT", "0x10", "1e3"])
def test_a_wish_in_no_known_form_is_none(said: str) -> None:
    assert asked_wait(Headers({"Retry-After": said}), NOW, LONGEST) is None


def test_where_only_the_end_of_the_window_is_told_that_is_the_wish() -> None:
    headers = {"Ratelimit-Reset": str(int(NOW.timestamp()) + 40)}
    assert asked_wait(Headers(headers), NOW, LONGEST) == timedelta(seconds=40)
    assert asked_wait(Headers({**headers, "Retry-After": "3"}), NOW, LONGEST) == timedelta(seconds=3)
    assert asked_wait(Headers({"Ratelimit-Reset": "never"}), NOW, LONGEST) is None


@given(st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [-+A-Z0-9]{0,6}"))
def test_no_wish_breaks_anything_or_passes_the_cap(said: str) -> None:
    wait = asked_wait(Headers({"Retry-After": said}), NOW, LONGEST)
    assert wait is None or timedelta() <= wait <= LONGEST


async def test_what_an_attempt_had_read_is_let_go_with_its_error() -> None:
    class Body:
        """What a frame of the attempt holds."""

    read: list[weakref.ref[Body]] = []

    async def attempt(_: float) -> str:
        body = Body()
        read.append(weakref.ref(body))
        raise failed(again=len(read) < 2)

    gc.disable()  # else it goes when cycles are looked for, which may be much later
    try:
        with pytest.raises(UpstreamUnavailable):
            await patience(FakeTime()).run(attempt, DEADLINE)
        assert [each() for each in read] == [None, None]
    finally:
        gc.enable()
