"""What is served today beside the last release: nothing that a front-end team uses may break.

    python scripts/schema_changes.py            prints what would break, and ends with 1 if anything does
    python scripts/schema_changes.py --release  makes today's schema the released one, if nothing breaks and notice is given

``schema/released.graphql`` is the schema of the last release. Something may go, or change, when that release said so:
``@deprecated(reason: "Use X. Goes on YYYY-MM-DD.")``, and the day has come.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from graphql import (
    REMOVE,
    BreakingChange,
    DangerousChange,
    DangerousChangeType,
    DocumentNode,
    GraphQLSchema,
    Visitor,
    build_ast_schema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    parse,
    visit,
)
from schema_lint import PRINTED, fields, goes, inputs, values

RELEASED: Final = PRINTED.with_name("released.graphql")
CHANGES_MEANING: Final = {DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE, DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE}
"""Who leaves it out gets something else. All other dangerous changes are additions, which clients are told to expect."""

NOTICE: Final = timedelta(days=365)


class _Due(Visitor):
    """Takes out what goes by today."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    def enter(self, node: Any, *_: Any) -> Any:
        for directive in getattr(node, "directives", None) or ():
            if directive.name.value == "deprecated" and directive.arguments:
                day = goes(directive.arguments[0].value.value)
                if day is not None and day <= self._today:
                    return REMOVE
        return None


def still_promised(released: str, today: date) -> GraphQLSchema:
    """The released schema without what was announced to go by today, and without types to which nothing else led."""
    document = parse(released)
    pruned = visit(document, _Due(today))
    gone = _reached(document) - _reached(pruned)
    kept = tuple(each for each in pruned.definitions if each.name.value not in gone)
    return build_ast_schema(DocumentNode(definitions=kept), assume_valid=True)


def _reached(document: DocumentNode) -> set[str]:
    schema = build_ast_schema(document, assume_valid=True)
    return set(GraphQLSchema(schema.query_type, None, schema.subscription_type, assume_valid=True).type_map)


def breaking(released: str, printed: str, today: date) -> list[str]:
    """What a client of the released schema would no longer find, or find changed."""
    before, after = still_promised(released, today), build_schema(printed)
    changes: list[BreakingChange | DangerousChange] = [*find_breaking_changes(before, after)]
    changes += [each for each in find_dangerous_changes(before, after) if each.type in CHANGES_MEANING]
    return [f"{each.type.name}: {each.description}" for each in changes]


def short_notice(released: str, printed: str, today: date) -> list[str]:
    """What is newly said to go earlier than twelve months from today, or earlier than it was said before."""
    known, found = _announced(released), []
    for place, day in _announced(printed).items():
        if place in known and day < known[place]:
            found.append(f"{place} was to go on {known[place]}, and not before")
        elif place not in known and day < today + NOTICE:
            found.append(f"{place} goes on {day}: twelve months' notice is until {today + NOTICE}")
    return found


def _announced(text: str) -> dict[str, date]:
    schema = build_schema(text)
    there = dict(chain(fields(schema), inputs(schema), values(schema)))
    said = {place: goes(each.deprecation_reason) for place, each in there.items() if each.deprecation_reason is not None}
    return {place: day for place, day in said.items() if day is not None}


def main(*, release: bool) -> int:
    """Compares, and moves the released schema where that is asked for."""
    today = datetime.now(UTC).date()
    released, printed = RELEASED.read_text("utf-8"), PRINTED.read_text("utf-8")
    found = breaking(released, printed, today) + (short_notice(released, printed, today) if release else [])
    sys.stdout.writelines(f"{each}\n" for each in found)
    if release and not found:
        RELEASED.write_text(printed, "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(release=sys.argv[1:] == ["--release"]))
