"""Relay's compiler makes documents that stand in ``lists-and-caches.graphql``, and takes the others there."""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
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

LISTS: Final = parse((ROOT / "examples" / "queries" / "lists-and-caches.graphql").read_text("utf-8"))
ALONE: Final = separate_operations(LISTS)
MADE: Final = ("DonationsPagePaginationQuery", "PhasePagePaginationQuery", "CampaignTotalRefetchQuery")
"""Those that Relay makes from fragments; what they are made from is in ``relay``."""
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
    """Its variables. Relay allows no default for one that is never null; without the mark it means the same."""
    operation = get_operation_ast(document)
    assert operation is not None
    return {print_ast(each).replace("! = ", " = ") for each in operation.variable_definitions or ()}


def renamed(name: str, document: DocumentNode) -> list[str]:
    """The definitions of a document, with the names that Relay wants there, and variables as in ``declared``."""
    found = []
    for each in document.definitions:
        text = print_ast(each).replace("! = ", " = ")
        if isinstance(each, OperationDefinitionNode):
            text = text.replace(f"query {name}", f"query {name.removesuffix('Query')}Query", 1)
        for fragment in document.definitions:
            if isinstance(fragment, FragmentDefinitionNode):
                text = re.sub(rf"\b{fragment.name.value}\b", f"{name.removesuffix('Query')}_{fragment.name.value}", text)
        found.append(text)
    return found


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


async def test_it_takes_every_other_document_of_the_file(application: Application) -> None:
    for name, document in ALONE.items():
        if name not in MADE:
            application.write(name, *renamed(name, document))

    code, said = await application.compile()

    assert code == 0, said
    assert "CampaignSearch" in ALONE
    assert selected(application.made("CampaignSearchQuery")) == selected(ALONE["CampaignSearch"])


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
