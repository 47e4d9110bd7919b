"""Answers: what a client takes, and which status says what."""

import orjson
import pytest

from gateway.http.responses import GRAPHQL, JSON, Accepted, Refused, answer, refusal
from gateway.http.results import Result
from schema.model.errors import BadUserInput, CredentialsRefused, LedgerUnavailable, LimitExceeded, NotFound
from tests.gateway.http.toy import CANARY, REQUEST_ID


@pytest.mark.parametrize(
    ("header", "media_type", "events"),
    [
        (None, JSON, False),
        ("", JSON, False),
        ("*/*", JSON, False),
        ("application/*", JSON, False),
        ("application/json", JSON, False),
        ("application/json; charset=utf-8", JSON, False),
        ("application/graphql-response+json", GRAPHQL, False),
        ("Application/GraphQL-Response+JSON; charset=UTF-8", GRAPHQL, False),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL, False),
        ("application/json, application/graphql-response+json", JSON, False),
        ("application/json;q=0.5, application/graphql-response+json", GRAPHQL, False),
        ("application/graphql-response+json;q=0, */*", JSON, False),
        ("application/json;q=0, */*", None, False),
        ("text/html, */*;q=0.8", JSON, False),
        ("text/html", None, False),
        ("application/json;q=nonsense", None, False),
        ("text/event-stream", None, True),
        ("text/event-stream;q=0", None, False),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", GRAPHQL, True),
        (",;,", None, False),
    ],
)
def test_the_wish_of_greatest_weight_is_chosen(header: str | None, media_type: str | None, events: bool) -> None:
    assert Accepted.parse(header) == Accepted(media_type, events=events)


REFUSED = Result.refused({"message": "No.", "extensions": {"code": "GRAPHQL_PARSE_FAILED", "requestId": REQUEST_ID}})


@pytest.mark.parametrize(
    ("result", "media_type", "status"),
    [
        (Result.of({"a": 1}), JSON, 200),
        (Result.of({"a": 1}), GRAPHQL, 200),
        (Result.of(None, ({"message": "Late."},)), GRAPHQL, 200),
        (REFUSED, JSON, 200),
        (REFUSED, GRAPHQL, 400),
        (Result.refused({"extensions": {"code": "INTERNAL"}}), GRAPHQL, 500),
        (Result.refused({"extensions": {"code": "UPSTREAM_UNAVAILABLE"}}), GRAPHQL, 503),
        (Result.refused({"extensions": {"code": "RATE_LIMITED"}}), GRAPHQL, 429),
    ],
)
def test_the_status_says_whether_anything_was_executed(result: Result, media_type: str, status: int) -> None:
    made = answer(result, media_type)
    assert (made.status, made.media_type, made.body) == (status, media_type, result.body)


@pytest.mark.parametrize(
    ("error", "status", "extensions"),
    [
        (BadUserInput("No.", argument="query"), 400, {"code": "BAD_USER_INPUT", "argument": "query"}),
        (LimitExceeded("No.", limit="body_bytes"), 413, {"code": "LIMIT_EXCEEDED", "limit": "body_bytes"}),
        (LimitExceeded("No.", limit="number_digits"), 400, {"code": "LIMIT_EXCEEDED", "limit": "number_digits"}),
        (NotFound("No."), 404, {"code": "NOT_FOUND"}),
        (Refused(405, "No.", {"allow": "POST"}), 405, {"code": "BAD_USER_INPUT"}),
    ],
)
def test_an_error_of_the_caller_is_told(error: Exception, status: int, extensions: dict[str, str]) -> None:
    made = refusal(error, REQUEST_ID, None)
    assert (made.status, made.media_type) == (status, JSON)
    assert orjson.loads(made.body) == {"errors": [{"message": "No.", "extensions": {**extensions, "requestId": REQUEST_ID}}]}


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError(CANARY), 500), (CredentialsRefused(CANARY), 502), (LedgerUnavailable(CANARY), 503)]
)
def test_any_other_error_is_masked(error: Exception, status: int) -> None:
    made = refusal(error, REQUEST_ID, GRAPHQL)
    assert (made.status, made.media_type) == (status, GRAPHQL)
    assert CANARY.encode() not in made.body
    assert orjson.loads(made.body)["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": REQUEST_ID}
