"""Figures as a table of Markdown."""

from dataclasses import replace

from benchmarks.fanout.figures import Case
from benchmarks.fanout.table import whole
from tests.benchmarks.samples import OURS, RESULTS


def test_a_row_tells_rates_cpu_latency_memory_and_what_else_ran() -> None:
    assert "| gateway | 40,000 | 10.0 | 100,000 | 21 | 36 | 18.2 | 2,100 | 5% | 25% |" in whole(RESULTS)


def test_what_notifications_took_is_told() -> None:
    assert "200 signed notifications a second reached the last of 2,000 viewers in 40 ms (p50) and 90 ms (p99)" in whole(
        RESULTS
    )


def test_every_case_has_a_table_of_its_own() -> None:
    also = tuple(replace(each, case=Case(2_000, 100)) for each in RESULTS.figures)

    said = whole(replace(RESULTS, figures=RESULTS.figures + also))

    assert said.index("2,000 viewers of one total:") < said.index("2,000 viewers of 100 totals:")
    assert said.count("| gateway |") == 2


def test_a_server_that_was_given_up_in_a_case_is_named_there() -> None:
    most = Case(5_000, 1)

    said = whole(replace(RESULTS, figures=(*RESULTS.figures, replace(OURS, case=most)), given_up=(("Strawberry", most),)))

    assert "| Strawberry | given up after 60 s |" in said[said.index("5,000 viewers of one total:") :]


def test_memory_of_a_few_viewers_is_left_out() -> None:
    few = replace(OURS, case=Case(200, 1))

    said = whole(replace(RESULTS, figures=(*RESULTS.figures, few)))

    assert "| 21 | 36 |  | 2,100 |" in said


def test_a_bar_that_does_not_hold_is_printed_bold() -> None:
    assert "**does not hold**" not in whole(RESULTS)
    assert "**does not hold**" in whole(replace(RESULTS, figures=(replace(OURS, memory=30_000.0), *RESULTS.figures[1:])))


def test_what_compression_saves_and_costs_is_told() -> None:
    assert (
        "a frame of the same has 64 bytes instead of 589; a delivery costs 31.2 us instead of 10.0, "
        "and a subscription 72.3 kB instead of 18.2."
    ) in whole(RESULTS)
