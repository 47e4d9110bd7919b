"""What CI runs once more, and what never."""

import pytest

from scripts.again import MOST, NEVER, refused

ONE = "tests/gateway/test_app.py::test_it_is_ready"


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_a_few_tests_are_tried_again(count: int) -> None:
    assert refused([f"{ONE}[{number}]" for number in range(count)]) is None


@pytest.mark.parametrize(
    ("failed", "why"),
    [
        ([], "no test failed"),
        ([f"{ONE}[{number}]" for number in range(MOST + 1)], f"{MOST + 1} tests failed"),
        ([ONE, "tests/gateway/test_app.py"], "could not be read"),
        *(([ONE, f"{folder}test_it.py::test_it"], "never tried again") for folder in NEVER),
    ],
)
def test_nothing_else_is(failed: list[str], why: str) -> None:
    assert why in (refused(failed) or "")
