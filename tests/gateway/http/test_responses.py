"""Answers: what a client takes, and which status says what."""

import orjson
import pytest

from gateway.http.responses import EVENTS, GRAPHQL, JSON, MULTIPART, Accepted, Refused, TooOften, answer, refusal, unexecuted
from gateway.http.results import Result
from schema.model.errors import BadUserInput, CredentialsRefused, LedgerUnavailable, LimitExceeded, NotFound
from tests.gateway.http.toy import CANARY, REQUEST_ID


@pytest.mark.parametrize(
    ("header", "media_type", "stream"),
    [
        (None, JSON, None),
        ("", JSON, None),
        ("*/*", JSON, None),
        ("application/*", JSON, None),
        ("application/json", JSON, None),
        ("application/json; charset=utf-8", JSON, None),
        ("application/graphql-response+json", GRAPHQL, None),
        ("Application/GraphQL-Response+JSON; charset=UTF-8", GRAPHQL, None),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL, None),
        ("application/json, application/graphql-response+json", JSON, None),
        ("application/json;q=0.5, application/graphql-response+json", GRAPHQL, None),
        ("application/graphql-response+json;q=0, */*", JSON, None),
        ("application/json;q=0, */*", GRAPHQL, None),
        ("application/*, application/json;q=0.5", GRAPHQL, None),
        ("application/json, */*", JSON, None),
        ("application/json;q=0, application/graphql-response+json;q=0, */*", None, None),
        ("text/html, */*;q=0.8", JSON, None),
        ("text/html", None, None),
        ("application/json;q=nonsense", None, None),
        ("text/event-stream", None, EVENTS),
        ("text/event-stream;q=0", None, None),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", GRAPHQL, EVENTS),
        ("multipart/mixed;subscriptionSpec=1.0", None, MULTIPART),
        ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json", GRAPHQL, MULTIPART),
        ('multipart/mixed; boundary="graphql"; subscriptionSpec="1.0", application/json', JSON, MULTIPART),
        ("multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream", None, EVENTS),
        ("multipart/mixed, multipart/mixed;subscriptionSpec=1.0", None, MULTIPART),
        ("multipart/mixed;subscriptionSpec=2.0", None, None),
        ("multipart/mixed;deferSpec=20220824, application/json", JSON, None),
        (",;,", None, None),
    ],
)
def test_the_wish_of_greatest_weight_is_chosen(header: str | None, media_type: str | None, stream: str | None) -> None:
    assert Accepted.parse(header) == Accepted(media_type, stream)


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
        (BadUserInput("No.", limit="page_rows"), 400, {"code": "BAD_USER_INPUT", "limit": "page_rows"}),
        (LimitExceeded("No.", limit="body_bytes"), 413, {"code": "LIMIT_EXCEEDED", "limit": "body_bytes"}),
        (LimitExceeded("No.", limit="number_digits"), 400, {"code": "LIMIT_EXCEEDED", "limit": "number_digits"}),
        (LimitExceeded("No.", limit="reserved_streams"), 503, {"code": "LIMIT_EXCEEDED", "limit": "reserved_streams"}),
        (NotFound("No."), 404, {"code": "NOT_FOUND"}),
        (Refused(405, "No.", {"allow": "POST"}), 405, {"code": "BAD_USER_INPUT"}),
    ],
)
def test_an_error_of_the_caller_is_told(error: Exception, status: int, extensions: dict[str, str]) -> None:
    made = refusal(error, REQUEST_ID, None)
    assert (made.status, made.media_type) == (status, JSON)
    assert orjson.loads(made.body) == {"errors": [{"message": "No.", "extensions": {**extensions, "requestId": REQUEST_ID}}]}


def test_an_operation_that_was_not_executed_has_a_status_that_says_so_where_it_must() -> None:
    made = unexecuted(REFUSED, JSON)
    assert (made.status, made.media_type, made.body) == (400, JSON, REFUSED.body)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    made = refusal(TooOften(3), REQUEST_ID, None)
    assert (made.status, made.headers) == (429, {"retry-after": "3"})
    extensions = {"code": "RATE_LIMITED", "requestId": REQUEST_ID, "retryAfter": 3}
    assert orjson.loads(made.body)["errors"][0]["extensions"] == extensions


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError(CANARY), 500), (CredentialsRefused(CANARY), 502), (LedgerUnavailable(CANARY), 503)]
)
def test_any_other_error_is_masked(error: Exception, status: int) -> None:
    made = refusal(error, REQUEST_ID, GRAPHQL)
    assert (made.status, made.media_type) == (status, GRAPHQL)
    assert CANARY.encode() not in made.body
    assert orjson.loads(made.body)["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": REQUEST_ID}
