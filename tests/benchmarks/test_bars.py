"""What the gateway must reach is held against what was found."""

from dataclasses import replace

import pytest

from benchmarks.fanout.bars import verdicts
from benchmarks.fanout.figures import Notified, Results
from tests.benchmarks.samples import MERCURIUS, OURS, RESULTS, STRAWBERRY, YOGA


def test_ratios_are_of_deliveries_in_a_second_of_server_cpu() -> None:
    found = {verdict.what: verdict.found for verdict in verdicts(RESULTS)}

    assert list(found.values()) == ["4.0 x", "20.0 x", "5.0 x", "10.0 us", "18.2 kB", "90 ms"]


def test_a_gateway_within_every_bar_holds_them_all() -> None:
    assert [verdict.holds for verdict in verdicts(RESULTS)] == [True, True, None, True, True, True]


@pytest.mark.parametrize(
    ("place", "spoiled"),
    [
        (0, replace(RESULTS, figures=(OURS, replace(MERCURIUS, server_cpu=4.7), YOGA, STRAWBERRY))),
        (1, replace(RESULTS, figures=(OURS, MERCURIUS, YOGA, replace(STRAWBERRY, server_cpu=23.9)))),
        (3, replace(RESULTS, figures=(replace(OURS, server_cpu=2.41), MERCURIUS, YOGA, replace(STRAWBERRY, server_cpu=60.0)))),
        (4, replace(RESULTS, figures=(replace(OURS, memory=27_001.0), MERCURIUS, YOGA, STRAWBERRY))),
        (5, replace(RESULTS, notified=Notified(viewers=2_000, rate=200, p50_ms=40.0, p99_ms=150.1, server_cpu=0.7))),
    ],
)
def test_a_figure_beyond_its_bar_is_said_not_to_hold(place: int, spoiled: Results) -> None:
    assert verdicts(spoiled)[place].holds is False
