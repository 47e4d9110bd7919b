"""Every operation of the examples is compiled, and answered with the same bytes."""

from pathlib import Path
from typing import Any, Final

import pytest
from graphql import NonNullTypeNode, OperationDefinitionNode, OperationType, VariableDefinitionNode, parse

from schema.api import ids
from schema.execution.plan import plan
from tests.schema.api.world import LUNCH
from tests.schema.execution import project
from tests.schema.execution.judged import Question, compare

FILES: Final = sorted((Path(__file__).parents[3] / "examples" / "queries").glob("*.graphql"))
BY_NAME: Final[dict[str, Any]] = {"slug": "autumn", "platform": "wechat_pay", "externalId": "school-lunch", "interval": "HOUR"}
BY_TYPE: Final[dict[str, Any]] = {
    "ID": ids.campaign_id(LUNCH),
    "[ID]": [ids.campaign_id(LUNCH)],
    "DateTime": "2026-08-31T00:00:00Z",
    "String": "autumn",
    "Int": 3,
}
OPERATIONS: Final = [
    pytest.param(path, each, id=f"{path.stem}-{each.name.value}")
    for path in FILES
    for each in parse(path.read_text("utf-8")).definitions
    if isinstance(each, OperationDefinitionNode) and each.name
]


def value(variable: VariableDefinitionNode) -> Any:
    """One for a variable that needs a value."""
    name = variable.variable.name.value
    type_ = (
        variable.type.loc.source.body[variable.type.loc.start : variable.type.loc.end].replace("!", "")
        if variable.type.loc
        else ""
    )
    return BY_NAME[name] if name in BY_NAME else BY_TYPE[type_]


@pytest.mark.parametrize(("path", "operation"), OPERATIONS)
async def test_it_is_compiled_and_says_the_same(path: Path, operation: OperationDefinitionNode) -> None:
    assert operation.name
    needed = [each for each in operation.variable_definitions or () if isinstance(each.type, NonNullTypeNode)]
    variables = {each.variable.name.value: value(each) for each in needed if each.default_value is None}
    root = project.told(_field(operation)) if operation.operation is OperationType.SUBSCRIPTION else None
    question = Question(
        project.SCHEMA,
        path.read_text("utf-8"),
        variables,
        project.context(2),
        root,
        operation.name.value,
        project.BUILT.execution_context_class,
    )
    plan(question.build())
    for shortcuts in (None, project.SHORTCUTS):
        data = await compare(question, shortcuts)
        assert data is not None or any(each.lower().endswith("after") for each in variables)  # a cursor of none of these lists


def _field(operation: OperationDefinitionNode) -> str:
    return str(operation.selection_set.selections[0].name.value)  # type: ignore[attr-defined]
