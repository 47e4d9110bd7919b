"""Scheduled work: done again and again for ever, sooner after a failure, and never ended by one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from gateway.clock import rest
from gateway.observe import Metrics
from schema.model.errors import GivingError

AFTER_FAILURE: Final = timedelta(seconds=15)
"""How soon a job that failed is tried again, when its own interval is longer."""
log = structlog.get_logger()


async def repeat(
    owner: str,
    job: str,
    work: Callable[[], Awaitable[object]],
    interval: timedelta,
    metrics: Metrics,
    *,
    after_failure: timedelta = AFTER_FAILURE,
    sleep: Callable[[timedelta], Awaitable[None]] = rest,
) -> None:
    """Runs until it is cancelled. ``owner`` is the account in logs and figures, or what the job is about."""
    while True:
        pause, outcome = interval, "done"
        try:
            await work()
        except GivingError as error:
            pause, outcome = min(interval, after_failure), error.code.lower()
            log.warning("job.failed", account=owner, job=job, code=error.code, reason=str(error))
        except Exception:
            pause, outcome = min(interval, after_failure), "fault"
            log.exception("job.fault", account=owner, job=job)
        metrics.jobs.labels(owner, job, outcome).inc()
        await sleep(pause)
