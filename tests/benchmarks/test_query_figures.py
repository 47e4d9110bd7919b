"""What comes of a run of queries."""

from dataclasses import replace

import pytest

from benchmarks.query.bars import ENOUGH, verdicts
from benchmarks.query.cases import CHANGING, COLD, HOT_CASE
from benchmarks.query.chart import APART, apart, chart, curves
from benchmarks.query.figures import Figures, Ratio, Results
from benchmarks.query.table import whole
from tests.benchmarks.queried import POINTS, QUERIES, TITLES, asked, queried
from tests.benchmarks.test_chart import SVG, drawn


def test_a_ratio_is_the_median_of_the_turns_with_both_ends() -> None:
    assert str(Ratio.of(QUERIES.of("gateway", HOT_CASE), QUERIES.of("Mercurius", HOT_CASE))) == "2.00 x (1.80 to 2.20)"


def test_servers_that_had_other_turns_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Ratio.of(QUERIES.of("gateway", HOT_CASE), queried("Mercurius", HOT_CASE, (1, 1.0)))


def test_less_cpu_for_as_many_requests_is_a_greater_ratio() -> None:
    assert Ratio.of(queried("a", "hot", (100, 0.5)), queried("b", "hot", (100, 1.0))).median == 2


def test_a_gateway_within_every_bar_holds_them_all() -> None:
    assert [verdict.holds for verdict in verdicts(QUERIES)] == [True, True, True, True, True, None, None, True]


@pytest.mark.parametrize(
    ("place", "case", "requests"),
    [(0, HOT_CASE, 14_999), (1, HOT_CASE, 15_999), (2, CHANGING, 11_999), (3, COLD, 799), (4, COLD, 999)],
)
def test_a_figure_below_its_bar_is_said_not_to_hold(place: int, case: str, requests: int) -> None:
    turns = len(QUERIES.of("gateway", case).loads)
    worse = queried("gateway", case, *[(requests, 1.0)] * turns)
    figures = tuple(worse if (each.server, each.case) == ("gateway", case) else each for each in QUERIES.figures)

    assert verdicts(replace(QUERIES, figures=figures))[place].holds is False


def test_a_row_tells_rates_cpu_ratio_latency_and_what_ran_where() -> None:
    assert "| Mercurius | 10,000 | 100 | 10,000 | 2.00 x (1.80 to 2.20) | 2.0 | 6.0 | 100% | 5% | 40% |" in whole(
        QUERIES, TITLES
    )


def changed(*changes: float) -> Results:
    """The same, but for how many changes Mercurius was given in each turn."""
    ours = queried("gateway", CHANGING, *[(15_000, 1.0)] * len(changes))
    theirs = Figures("Mercurius", CHANGING, tuple(asked(10_000, 1.0, changes=each) for each in changes))
    others = [each for each in QUERIES.figures if each.case != CHANGING]
    return replace(QUERIES, figures=(*others, ours, theirs))


def test_a_turn_with_too_few_changes_is_said_not_to_hold_and_whose_it_was() -> None:
    [*_, kept_up] = verdicts(changed(100.0, ENOUGH - 0.1, 100.0))

    assert (kept_up.found, kept_up.holds) == ("94.9 (Mercurius)", False)


def test_changes_are_told_where_something_changes_and_bold_where_they_are_too_few() -> None:
    said = whole(changed(100.0, 41.26, 100.0), TITLES)

    assert said.count("| changes/s |") == 1
    assert "| 100% | 5% | 40% | **41.3** |" in said
    assert "| 100% | 5% | 40% | 100.0 |" in said


def test_every_case_has_a_table_of_its_own() -> None:
    said = whole(QUERIES, TITLES)

    assert said.index("Hot:") < said.index("Changing:") < said.index("Cold:") < said.index("Mixed:")
    assert said.count("| gateway |") == 4


def test_what_a_request_costs_is_told_for_each_number_of_campaigns() -> None:
    said = whole(QUERIES, TITLES)

    assert "| campaigns | a page, us | a search, us | a page, p50 ms | a search, p50 ms | memory, MiB |" in said
    assert "| 100,000 | 440 | 50,000 | 3.2 | 400.0 | 500 |" in said


def test_the_longest_bar_of_every_case_is_as_long_as_that_of_any_other() -> None:
    widths = [float(bar.attrib["width"]) for bar in drawn(chart(QUERIES.figures, TITLES)).iter(f"{SVG}rect")]

    assert widths[2] == widths[3] == widths[6] == widths[9] == max(widths)


def test_a_cost_that_grows_is_drawn_higher() -> None:
    page, search = [line.attrib["points"].split() for line in drawn(curves(POINTS)).iter(f"{SVG}polyline")]

    def height(place: str) -> float:
        return -float(place.partition(",")[2])

    assert abs(height(page[1]) - height(page[0])) < 5
    assert height(search[1]) - height(search[0]) > 100


def test_nothing_of_the_curves_is_outside_of_the_picture() -> None:
    picture = drawn(curves(POINTS))
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    places = [place.split(",") for line in picture.iter(f"{SVG}polyline") for place in line.attrib["points"].split()]

    assert all(0 < float(across) < width and 0 < float(down) < height for across, down in places)
    assert all(0 <= float(each.attrib["x"]) < width and float(each.attrib["y"]) < height for each in picture.iter(f"{SVG}text"))


def test_names_that_would_stand_on_each_other_are_put_apart() -> None:
    assert apart({"a": 40.0, "b": 38.0, "c": 90.0}) == {"b": 38.0, "a": 38.0 + APART, "c": 90.0}
