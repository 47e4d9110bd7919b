"""An API that fails."""

from datetime import timedelta

import pytest

from connectors.testing.emulation import Outage


@pytest.mark.parametrize("status", [200, 418, 503])
async def test_the_next_calls_are_answered_with_a_page_and_then_all_is_well(status: int) -> None:
    outage = Outage(fail_next=2, fail_status=status, retry_after="7")
    failed = [await outage.meet(), await outage.meet()]

    assert [(page.status_code, page.headers["Retry-After"]) for page in failed if page] == [(status, "7")] * 2
    assert all(page and bytes(page.body).startswith(b"<!doctype html>") for page in failed)
    assert await outage.meet() is None


async def test_nobody_is_asked_to_wait_who_was_not_told_how_long() -> None:
    page = await Outage(fail_next=1).meet()

    assert page is not None
    assert "Retry-After" not in page.headers


async def test_a_slow_answer_is_an_answer() -> None:
    assert await Outage(slow=timedelta(microseconds=1)).meet() is None
