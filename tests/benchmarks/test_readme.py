"""The part of the README that the command writes."""

import pytest

from benchmarks.readme import END, FILE, begin, replaced

COMMAND = "make bench-fanout"
BEGIN = begin(COMMAND)


def test_only_what_is_between_the_marks_is_replaced() -> None:
    assert replaced(f"before\n{BEGIN}\nold\n{END}\nafter\n", COMMAND, "new\n") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


def test_writing_the_same_again_changes_nothing() -> None:
    once = replaced(f"{BEGIN}{END}", COMMAND, "new")

    assert replaced(once, COMMAND, "new") == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_text_without_both_marks_in_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"needs .* once, and .* behind it"):
        replaced(text, COMMAND, "new")


@pytest.mark.parametrize("command", ["make bench-fanout", "make bench-query"])
def test_the_readme_has_both_marks(command: str) -> None:
    assert "new" in replaced(FILE.read_text("utf-8"), command, "new")


def test_the_part_of_another_command_stays() -> None:
    theirs = f"{begin('make bench-query')}\ntheirs\n{END}\n"

    assert replaced(f"{theirs}{BEGIN}{END}", COMMAND, "new").startswith(theirs)
    assert replaced(f"{BEGIN}{END}{theirs}", COMMAND, "new").endswith(theirs)


def test_a_part_that_would_reach_into_the_next_one_is_refused() -> None:
    with pytest.raises(ValueError, match="behind it"):
        replaced(f"{BEGIN}{begin('make bench-query')}{END}", COMMAND, "new")
