"""What the guides show can be asked, what they link to is there, and what they tell people to type exists."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, validate

from gateway.cli import app
from gateway.http.cost import Costs
from gateway.http.limits import Limits, check_cost, check_document, check_text
from schema.api.build import build
from schema.model.errors import LimitExceeded
from tests.docs.markdown import ROOT, anchors, blocks, code, files, links, named, section

GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FRONT_END = (ROOT / "docs" / "front-end.md").read_text("utf-8")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var"}

FOR_OPERATORS = {"cached_characters", "kept_answer_bytes", "registered_characters", "webhook_bytes", "webhook_seconds"}

COSTLY = "{ campaigns(first: 100) { nodes { donations(first: 100) { nodes { id } } } } }"

_BODY = re.compile(r"-d '(\{.*?\})'", re.DOTALL)
_STRING = re.compile(r'"""(\s*(?:query|subscription)\b.*?)"""', re.DOTALL)
_LITERAL = re.compile(r"`((?:query|subscription) .*?)`", re.DOTALL)
_COMMAND = re.compile(r"\bgiving-gateway(?: -\S+)* ((?:(?:connector|quarantine) )?[a-z]+)\b")
_TARGET = re.compile(r"(?:^|\s)make ([a-z]+)\b")


def documents(text: str) -> Iterator[str]:
    """Every GraphQL document that a guide shows, in whichever language it is wrapped."""
    yield from (block.text for block in blocks(text, "graphql"))
    for block in blocks(text, "sh"):
        yield from (json.loads(body)["query"] for body in _BODY.findall(block.text))
    for block in blocks(text, "python"):
        yield from _STRING.findall(block.text)
    for block in blocks(text, "html", "js"):
        yield from _LITERAL.findall(block.text)


def costs(document: str, schema: GraphQLSchema) -> list[int]:
    """What the operations of a document cost, with pages as large as they are where no variable tells."""
    parsed = parse(document)
    found = Costs(schema, parsed)
    return [found.of(each, {}) for each in parsed.definitions if isinstance(each, OperationDefinitionNode)]


def refused(document: str, schema: GraphQLSchema) -> list[str]:
    """Why the gateway would not execute a document."""
    try:
        check_text(document, Limits())
        parsed = parse(document)
        check_document(parsed, Limits())
        for cost in costs(document, schema):
            check_cost(cost, Limits())
    except (GraphQLError, LimitExceeded) as error:
        return [str(error)]
    return [error.message for error in validate(schema, parsed)]


def broken(page: Path, text: str) -> list[str]:
    """The relative links that lead nowhere, to a file or to a heading."""
    found = []
    for link in links(text):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (anchor and anchor not in anchors(text if place == page else place.read_text("utf-8"))):
            found.append(link)
    return found


def commands() -> set[str]:
    """What ``giving-gateway`` can be told to do. The commands of a group have its name before them."""
    groups = {f"{group.name} ": group.typer_instance for group in app.registered_groups if group.typer_instance is not None}
    return {
        before + (command.name or str(getattr(command.callback, "__name__", "")))
        for before, group in {"": app, **groups}.items()
        for command in group.registered_commands
    }


def targets() -> set[str]:
    """What ``make`` can be told to do."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def unknown(text: str) -> list[str]:
    """Commands, targets and places that are set as code and do not exist."""
    spans = code(text)
    found = [name for span in spans for name in _COMMAND.findall(span) if name not in commands()]
    found += [f"make {name}" for span in spans for name in _TARGET.findall(span) if name not in targets()]
    for span in spans:
        place = span.partition(":")[0]
        if re.fullmatch(r"[\w.\-]+(/[\w.\-]+)*/?", place) and place.partition("/")[0] in FOLDERS and "/" in place:
            found += [place] if not (ROOT / place).exists() and "NAME" not in place else []
    return found


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_document_that_is_shown_can_be_asked(page: Path) -> None:
    schema = build()._schema

    assert [problem for shown in documents(page.read_text("utf-8")) for problem in refused(shown, schema)] == []


def test_the_guide_for_front_ends_shows_documents_in_every_form() -> None:
    kinds = {block.language for block in blocks(FRONT_END) if list(documents(f"```{block.language}\n{block.text}```"))}

    assert kinds == {"graphql", "sh", "python", "html"}


@pytest.mark.parametrize(
    "document",
    ["{ campaings { totalCount } }", "{ campaigns {", "{" + "a:campaigns{totalCount}" * 16 + "}", "{ platforms }", COSTLY],
)
def test_a_document_that_cannot_be_asked_is_found(document: str) -> None:
    schema = build()._schema
    (shown,) = documents(f"```graphql\n{document}\n```\n")

    assert refused(shown, schema) != []


@pytest.mark.parametrize("page", files(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


@pytest.mark.parametrize("link", ["docs/nowhere.md", "README.md#nowhere", "#nowhere", "docs/front-end.md#moneys"])
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    assert broken(ROOT / "README.md", f"# Money\n[there]({link}) [here](#money) [`code`](docs/front-end.md#money)") == [link]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_command_target_and_place_exists(page: Path) -> None:
    assert unknown(page.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`giving-gateway replay`", "replay"),
        ("```sh\n.venv/bin/giving-gateway chekc --config x\n```", "chekc"),
        ("`giving-gateway connector chekc`", "connector chekc"),
        ("`make love`", "make love"),
        ("`gateway/store/ledgers.py`", "gateway/store/ledgers.py"),
    ],
)
def test_one_that_does_not_exist_is_found(text: str, found: str) -> None:
    assert unknown(text) == [found]


def test_commands_and_targets_are_known() -> None:
    assert {"serve", "demo", "check", "import", "reconcile", "connectors", "schema"} <= commands()
    assert {"connector new", "connector check"} <= commands()
    assert {"demo", "test", "check", "schema"} <= targets()


def limits(text: str, title: str = "Limits today") -> dict[str, str]:
    """The limits that are told, with their values."""
    return {name: cells[0] for name, cells in named(section(text, title)).items() if name in names(Limits)}


def known_limits() -> dict[str, str]:
    """Those that callers meet, with their values. What a process remembers is none of theirs, nor what networks meet."""
    return told_as(name for name in names(Limits) if name not in FOR_OPERATORS)


def names(cls: type[Limits]) -> list[str]:
    """All limits."""
    return [each.name for each in fields(cls)]


def told_as(limits: Iterable[str]) -> dict[str, str]:
    """Limits with their values as they are written."""
    return {name: f"{getattr(Limits(), name):.15g}" for name in limits}


def test_the_limits_are_those_of_the_gateway() -> None:
    assert limits(FRONT_END) == known_limits()


def test_every_limit_is_told_to_callers_or_to_operators() -> None:
    operators = limits((ROOT / "docs" / "operators.md").read_text("utf-8"), "Limits")

    assert known_limits() | operators == told_as(names(Limits))


def test_a_limit_that_was_changed_is_found() -> None:
    assert limits(FRONT_END.replace("| `depth` | 10 |", "| `depth` | 12 |")) != known_limits()


def test_the_cost_that_is_told_is_that_of_the_document_below_it() -> None:
    text = section(FRONT_END, "Limits today")
    (shown,) = documents(text)

    assert [f"= {cost}:" in text for cost in costs(shown, build()._schema)] == [True]
