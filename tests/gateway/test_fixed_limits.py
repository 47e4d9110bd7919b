"""What is bounded and no setting: it is what the schema, the scripts and the guides say, and has a name of its own."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from gateway.fixed_limits import FIXED
from gateway.http.limits import Limits
from gateway.store.ledger import LOGGED
from tests.docs.markdown import ROOT, rows, section

SCHEMA = (ROOT / "schema" / "schema.graphql").read_text("utf-8")
OPERATORS = (ROOT / "docs" / "operators.md").read_text("utf-8")
SCRIPTS = ROOT / "gateway" / "store" / "lua"
SAID = {
    "page_rows": "How many rows to give, at most {}.",
    "node_ids": "At most {} ids.",
    "followed_totals": "The ids of 1 to {} campaigns.",
    "search_characters": "At most {} characters.",
    "feed_messages_per_second": "gathered into at most {} messages in a second",
    "message_donations": "since the message before, oldest first, at most {}:",
    "replayed_entries": "at most {} entries",
    "history_intervals": "at most the newest {:,}.",
    "endorsement_posts": "newest first, at most {}.",
    "donor_message_characters": "plain text of at most {} characters",
}
"""How the schema says a bound."""


def refusing(place: Path) -> Iterator[str]:
    """The bounds that errors made under a folder can name, as far as they stand in the source."""
    for path in sorted(place.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for argument in node.keywords if isinstance(node, ast.Call) and _name(node) == "BadUserInput" else ():
                if argument.arg == "limit":
                    yield from _texts(argument.value, path)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _texts(value: ast.expr, path: Path) -> Iterator[str]:
    if isinstance(value, ast.Name):  # set above it, under a condition
        found = re.findall(rf'^ *{value.id} = "(\w+)" if ', path.read_text("utf-8"), re.MULTILINE)
        assert found, f"{path} has no {value.id}"
        yield from found
    else:
        yield str(ast.literal_eval(value))


def told(text: str) -> dict[str, str]:
    """The bounds that the guide for operators tells, with their values."""
    return {
        name: value
        for names, values, _ in rows(section(text, "Limits that are fixed"))
        for name, value in zip(re.findall(r"`(\w+)`", names), values.split(", "), strict=True)
    }


def known() -> dict[str, str]:
    """All there are, as they are written."""
    return {name: f"{value:.16g}" for name, value in FIXED.items()}


def test_none_has_the_name_of_a_setting() -> None:
    assert FIXED.keys() & {each.name for each in fields(Limits)} == set()


@pytest.mark.parametrize("name", SAID)
def test_the_schema_says_the_number(name: str) -> None:
    assert SAID[name].format(int(FIXED[name])) in SCHEMA


def test_each_that_a_caller_is_refused_by_is_a_figure() -> None:
    found = [name for place in ("schema", "gateway") for name in refusing(ROOT / place)]

    assert {"page_rows", "node_ids", "followed_totals", "search_characters", "operations_per_request"} == set(found)
    assert set(found) <= FIXED.keys()


def test_one_that_is_no_figure_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('raise BadUserInput("no", limit="unheard_of")\n')
    (tmp_path / "b.py").write_text('over = "unseen" if more else None\nraise BadUserInput("no", limit=over)\n')

    assert set(refusing(tmp_path)) - FIXED.keys() == {"unheard_of", "unseen"}


def test_the_scripts_keep_as_much_of_a_log_as_is_said() -> None:
    kept = [number for path in SCRIPTS.glob("*.lua") for number in re.findall(r"'MAXLEN', '~', (\d+)", path.read_text("utf-8"))]

    assert kept == [str(LOGGED)] * 3


def test_the_guide_for_operators_tells_each_with_its_value_and_no_other() -> None:
    assert told(OPERATORS) == known()


def test_one_that_was_changed_is_found() -> None:
    assert told(OPERATORS.replace("| `replayed_entries` | 300 |", "| `replayed_entries` | 301 |")) != known()
