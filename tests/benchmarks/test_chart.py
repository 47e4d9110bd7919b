"""Figures as a picture."""

from xml.etree import ElementTree as ET

from benchmarks.fanout.chart import chart
from tests.benchmarks.samples import RESULTS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> ET.Element:
    """What a browser finds in it."""
    return ET.fromstring(picture)  # noqa: S314 our own


def test_bars_are_as_long_as_their_figures() -> None:
    ours, mercurius, _, strawberry = (float(bar.attrib["width"]) for bar in drawn(chart(RESULTS.figures)).iter(f"{SVG}rect"))

    assert (round(ours / mercurius, 1), round(ours / strawberry, 1)) == (4.0, 20.0)


def test_each_bar_has_its_server_and_its_figure_beside_it() -> None:
    words = [each.text for each in drawn(chart(RESULTS.figures)).iter(f"{SVG}text")]

    assert words[2:6] == ["gateway", "100,000", "Mercurius", "25,000"]


def test_nothing_is_outside_of_the_picture() -> None:
    picture = drawn(chart(RESULTS.figures))
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])

    for bar in picture.iter(f"{SVG}rect"):
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) < width
        assert float(bar.attrib["y"]) + float(bar.attrib["height"]) < height


def test_it_has_colours_for_dark_pages_and_no_background_of_its_own() -> None:
    picture = chart(RESULTS.figures)

    assert "prefers-color-scheme: dark" in picture
    assert len(list(drawn(picture).iter(f"{SVG}rect"))) == len(RESULTS.figures)
