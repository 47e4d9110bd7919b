"""A docstring is what clients read."""

import pytest

from schema.api.field import description, field


def test_a_backslash_joins_two_lines_and_a_plain_break_stays() -> None:
    def resolver() -> str:
        """
        One line that goes \
        on here.
        Another one.
        """
        return ""

    assert description(resolver) == "One line that goes on here.\nAnother one."


def test_there_is_no_field_without_a_description() -> None:
    def undescribed(self: object) -> str:
        return ""

    with pytest.raises(TypeError, match="undescribed"):
        field(undescribed)
