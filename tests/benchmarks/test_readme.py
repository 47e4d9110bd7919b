"""The part of the README that the command writes."""

from pathlib import Path

import pytest

from benchmarks.fanout.readme import BEGIN, END, replaced

README = Path(__file__).parents[2] / "benchmarks" / "README.md"


def test_only_what_is_between_the_marks_is_replaced() -> None:
    assert replaced(f"before\n{BEGIN}\nold\n{END}\nafter\n", "new\n") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


def test_writing_the_same_again_changes_nothing() -> None:
    once = replaced(f"{BEGIN}{END}", "new")

    assert replaced(once, "new") == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_text_without_both_marks_in_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="each once and in this order"):
        replaced(text, "new")


def test_the_readme_has_both_marks() -> None:
    assert "new" in replaced(README.read_text("utf-8"), "new")
