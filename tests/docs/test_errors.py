"""docs/errors.md names every code and every reason that the software has, and none that it has not."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.http.responses import _STATUS as STATUSES
from gateway.intake.ingest import UNCONFIRMED, UNPLACED
from gateway.store.ledger import Outcome
from schema.api import errors as graphql_errors
from schema.model.errors import BadUserInput, CallerError, GivingError, OperatorError, TryLater
from tests.docs.markdown import ROOT, named, section

TEXT = (ROOT / "docs" / "errors.md").read_text("utf-8")
CLIENTS = "What clients see"
OPERATORS = "What operators see"
REFUSED = "Why a delivery is refused"
HELD = "Why a delivery is held"

# In these a connector reads what it is asked for or handed over, and not what is delivered.
ASKING = {
    *("statement.py", "export.py", "layout.py", "unpacking.py"),
    *("connector.py", "api.py", "helix.py", "oauth.py", "posts.py", "subscriptions.py"),
    *("tencent_gongyi/mapping.py", "weibo/mapping.py", "donordrive/mapping.py", "tiltify/parents.py"),
    *(f"justgiving/{name}.py" for name in ("mapping", "fields", "teams", "campaigns", "markup", "names")),
}
# Of the certificates that WeChat Pay is asked for.
CERTIFICATES = {"data"}


def family(cls: type[GivingError]) -> Iterator[type[GivingError]]:
    """A class of errors with all that are made from it."""
    yield cls
    for child in cls.__subclasses__():
        if child.__module__ == cls.__module__:
            yield from family(child)


def model_errors() -> dict[str, type[GivingError]]:
    """Every class that has a code of its own, by it."""
    return {cls.code: cls for cls in family(GivingError) if "code" in vars(cls)}


def trees(*places: str) -> Iterator[tuple[Path, ast.Module]]:
    """The parsed files under these folders, without emulators and the suite for partners."""
    for place in places:
        for path in sorted((ROOT / place).rglob("*.py")):
            if not {"emulator", "testing"} & set(path.relative_to(ROOT).parts):
                yield path, ast.parse(path.read_text("utf-8"))


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be, as far as they stand in the source."""
    if isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def raised(name: str, place: str, *, without: Collection[str] = ()) -> set[str]:
    """The texts with which an error is made."""
    return {
        text
        for path, tree in trees(place)
        if not {path.name, f"{path.parent.name}/{path.name}"} & set(without)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for argument in node.args
        for text in texts_of(argument)
    }


def written_codes() -> set[str]:
    """Codes that the transports write themselves: the values of "code" in the dicts and error classes of their source."""
    constants = {value for name, value in vars(graphql_errors).items() if name.isupper() and isinstance(value, str)}
    written = {
        text
        for _, tree in trees("gateway/http", "gateway/live", "schema/api")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "code"
        for text in texts_of(value)
    }
    own = {
        text
        for _, tree in trees("gateway/http", "gateway/live")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code"
        for text in texts_of(node.value)
    }
    return constants | STATUSES.keys() | written | own


def refusals() -> set[str]:
    """Every reason that is counted for a refused delivery."""
    counted = {
        text
        for _, tree in trees("gateway/intake")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("rejected.labels")
        for argument in node.args
        for text in texts_of(argument)
        if text  # the account, where there is none
    }
    return counted | raised("DeliveryRejected", "connectors") | {"key_unknown"}


def reasons_to_hold() -> set[str]:
    """Every reason for quarantine that has a fixed word."""
    ledger = {outcome.value for outcome in Outcome if outcome.is_held}
    values = {cls.code.lower() for cls in family(BadUserInput)}
    return ledger | values | {UNPLACED, UNCONFIRMED} | (raised("Unreadable", "connectors", without=ASKING) - CERTIFICATES)


def differences(documented: set[str], known: set[str]) -> list[str]:
    """What one side has and the other has not."""
    missing = [f"{name} is not documented" for name in sorted(known - documented)]
    return missing + [f"{name} does not exist" for name in sorted(documented - known)]


def codes(text: str) -> set[str]:
    """The codes of both tables."""
    return {*named(section(text, CLIENTS)), *named(section(text, OPERATORS))}


def test_every_code_is_documented_and_no_other() -> None:
    assert differences(codes(TEXT), {*model_errors(), *written_codes()}) == []


def test_no_code_is_explained_twice() -> None:
    assert not named(section(TEXT, CLIENTS)).keys() & named(section(TEXT, OPERATORS)).keys()


def test_every_reason_of_a_refusal_is_documented_and_no_other() -> None:
    assert differences(set(named(section(TEXT, REFUSED))), refusals()) == []


def test_every_reason_of_quarantine_is_documented_and_no_other() -> None:
    assert differences(set(named(section(TEXT, HELD))), reasons_to_hold()) == []


@pytest.mark.parametrize("code", sorted(named(section(TEXT, OPERATORS))))
def test_whether_it_helps_to_try_again_and_the_status_are_those_of_the_code(code: str) -> None:
    _, _, again, status = named(section(TEXT, OPERATORS))[code]

    assert (again, status) == ("yes" if model_errors()[code].retryable else "no", str(model_errors()[code].status_hint))


@pytest.mark.parametrize("cls", [CallerError, OperatorError, TryLater])
def test_who_acts_follows_the_kind_of_error(cls: type[GivingError]) -> None:
    table: dict[str, Any] = named(section(TEXT, OPERATORS))
    told = {code: table[code][1] for code, found in model_errors().items() if issubclass(found, cls) and code in table}

    assert told
    assert all(who.startswith("the operator") == (cls is not CallerError) for who in told.values())


@pytest.mark.parametrize("code", ["TIMEOUT", "RATE_LIMITED", "KEY_UNKNOWN", "GRAPHQL_PARSE_FAILED"])
def test_a_code_that_is_left_out_is_found(code: str) -> None:
    less = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"| `{code}`"))

    assert differences(codes(less), {*model_errors(), *written_codes()}) == [f"{code} is not documented"]


@pytest.mark.parametrize("reason", ["signature", "key_unknown", "too_large", "window"])
def test_a_refusal_that_is_left_out_is_found(reason: str) -> None:
    less = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"| `{reason}`"))

    assert differences(set(named(section(less, REFUSED))), refusals()) == [f"{reason} is not documented"]


def test_a_reason_that_does_not_exist_is_found() -> None:
    more = TEXT.replace("| `unplaced` |", "| `unplaced`, `unloved` |")

    assert differences(set(named(section(more, HELD))), reasons_to_hold()) == ["unloved does not exist"]
