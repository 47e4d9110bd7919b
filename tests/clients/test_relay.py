"""Relay's compiler makes documents that stand in ``lists-and-caches.graphql``, and takes all that can be written by hand, word
for word but for names and one mark.

Relay wants a name of an operation to end in what it is, and to begin with its module's; a fragment may be called as its module.
And it allows no default for a variable that is never null, though GraphQL has done so since 2018: the check is
``NonNullableVariableHasDefaultValue`` in https://github.com/facebook/relay, and no setting turns it off. Two documents say
``$orderBy: CampaignOrder! = RAISED_DESC``. An application of Relay leaves the mark out, and means the same as long as it
sends no null. A test here fails on the day on which Relay takes the mark.
"""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_operation_ast,
    parse,
    print_ast,
    separate_operations,
    validate,
)

from schema.api.printed import printed
from tests.clients.following import HERE
from tests.end_to_end.gateway_process import ROOT
from tests.npm import demand

TEXT: Final = (ROOT / "examples" / "queries" / "lists-and-caches.graphql").read_text("utf-8")
LISTS: Final = parse(TEXT)
ALONE: Final = separate_operations(LISTS)
MADE: Final = ("DonationsPagePaginationQuery", "PhasePagePaginationQuery", "CampaignTotalRefetchQuery")
"""Those that Relay makes from fragments; what they are made from is in ``relay``."""
ONLY_MADE: Final = "DonationsPagePaginationQuery"
"""Written by hand, Relay wants ``@alias`` where a fragment on Campaign is spread on Node."""
REFETCHED: Final = ("Platform", "Charity", "Campaign", "Donation", "Endorsement", "Season", "Phase")


class Application:
    """One that is written with Relay, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source = folder / "src"
        self._source.mkdir()
        (folder / "schema.graphql").write_text(printed(), "utf-8")
        told = {"src": "./src", "schema": "./schema.graphql", "language": "javascript"}
        (folder / "relay.config.json").write_text(json.dumps(told), "utf-8")

    def write(self, module: str, *documents: str) -> None:
        """A module with these documents."""
        tags = "".join(f"graphql`{document}`;\n" for document in documents)
        (self._source / f"{module}.js").write_text(f'import {{ graphql }} from "relay-runtime";\n{tags}', "utf-8")

    def take(self, name: str) -> None:
        """A module that was written beforehand."""
        shutil.copy(HERE / "relay" / name, self._source)

    async def compile(self) -> tuple[int | None, str]:
        """Runs the compiler; gives its exit code and what it said."""
        process = await asyncio.create_subprocess_exec(
            str(HERE / "node_modules" / ".bin" / "relay-compiler"), cwd=self._folder, stdout=PIPE, stderr=STDOUT
        )
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    def made(self, name: str) -> DocumentNode:
        """What it sends to a gateway."""
        text = (self._source / "__generated__" / f"{name}.graphql.js").read_text("utf-8")
        found = re.search(r'"text": (".*")', text)
        assert found is not None
        return parse(json.loads(found[1]))


@pytest.fixture
def application(node_modules: None, tmp_path: Path) -> Application:
    demand("node", "npm")
    return Application(tmp_path)


def selected(document: DocumentNode) -> set[str]:
    """Everything that an operation selects, with its arguments, by its path."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}

    def walk(selections: SelectionSetNode | None, path: str) -> set[str]:
        found: set[str] = set()
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                given = ", ".join(sorted(print_ast(argument) for argument in each.arguments or ()))
                here = f"{path}.{(each.alias or each.name).value}({given})"
                found |= {here} | walk(each.selection_set, here)
            elif isinstance(each, FragmentSpreadNode):
                found |= walk(fragments[each.name.value].selection_set, path)
            elif isinstance(each, InlineFragmentNode):
                found |= walk(each.selection_set, path)
        return found

    operation = get_operation_ast(document)
    assert operation is not None
    return {each for each in walk(operation.selection_set, "") if not each.endswith(".__typename()")}


def declared(document: DocumentNode) -> set[str]:
    """Its variables, without the mark."""
    operation = get_operation_ast(document)
    assert operation is not None
    return {unmarked(print_ast(each)) for each in operation.variable_definitions or ()}


def unmarked(text: str) -> str:
    """Without the mark that Relay does not take: variables that have a default may be null."""
    return text.replace("! = ", " = ")


def written() -> Iterator[tuple[str, str]]:
    """The definitions as they stand in the file but for the names that Relay wants, and those names."""
    for definition in LISTS.definitions:
        assert isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
        assert definition.loc is not None
        assert definition.name is not None
        name, text = definition.name.value, TEXT[definition.loc.start : definition.loc.end]
        if name == ONLY_MADE:
            continue
        if isinstance(definition, OperationDefinitionNode) and not name.endswith("Query"):
            text, name = text.replace(f"query {name}", f"query {name}Query", 1), f"{name}Query"
        yield name, text


async def test_it_makes_the_documents_that_stand_there(application: Application) -> None:
    for name in ("DonationsPage.js", "PhasePage.js", "CampaignTotal.js"):
        application.take(name)

    code, said = await application.compile()

    assert code == 0, said
    for name in MADE:
        assert validate(build_schema(printed()), application.made(name)) == []
        assert selected(application.made(name)) == selected(ALONE[name])
        assert declared(application.made(name)) == declared(ALONE[name])
    assert validate(build_schema(printed()), application.made("DonationsPageSubscription")) == []


async def test_it_takes_every_document_that_is_written_by_hand(application: Application) -> None:
    for name, text in written():
        application.write(name, unmarked(text))

    code, said = await application.compile()

    assert code == 0, said
    assert len(ALONE) == 7
    for name, document in ALONE.items():
        if name == ONLY_MADE:
            continue
        made = application.made(f"{name.removesuffix('Query')}Query")
        assert selected(made) == selected(document)
        assert declared(made) == declared(document)


async def test_with_its_marks_it_is_refused_for_them_alone(application: Application) -> None:
    marked = set()
    for name, text in written():
        application.write(name, text)
        marked |= {name} if unmarked(text) != text else set()

    code, said = await application.compile()

    assert code != 0
    assert set(re.findall("Error: ✖︎ (.*)", said)) == {"Non-nullable variable 'orderBy' has a default value."}
    assert set(re.findall(r"src/(\w+)\.js:", said)) == marked == {"CampaignSearchQuery", "PhasePagePaginationQuery"}


async def test_everything_with_an_id_can_be_read_again_by_it(application: Application) -> None:
    for kind in REFETCHED:
        refetched = f'fragment {kind}_it on {kind} @refetchable(queryName: "{kind}RefetchQuery") {{ id }}'
        application.write(kind, refetched)

    code, said = await application.compile()

    assert code == 0, said


@pytest.mark.parametrize(
    "document",
    [
        'fragment Spoilt_it on Total @refetchable(queryName: "SpoiltRefetchQuery") { basis }',
        'fragment Spoilt_it on Campaign { milestones(first: 20) @connection(key: "Spoilt_milestones") { title } }',
        "query SpoiltQuery { campaigns { edges { node { nothing } } } }",
    ],
)
async def test_what_is_no_shape_of_relay_is_refused(application: Application, document: str) -> None:
    application.write("Spoilt", document)

    code, said = await application.compile()

    assert code != 0
    assert "Error" in said
