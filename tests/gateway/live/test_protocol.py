"""graphql-transport-ws, message by message."""

import json
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.limits import Limits
from gateway.http.results import Result
from gateway.live.protocol import (
    INIT_TIMEOUT,
    INVALID_MESSAGE,
    MAX_ID,
    SECOND_INIT,
    TAKEN_ID,
    TOO_BIG,
    UNAUTHORIZED,
    Action,
    Close,
    Protocol,
    Reply,
    Start,
    Stop,
    Subscription,
)

REQUEST_ID = "0123456789abcdef"


class Talk:
    """A client's side of a protocol."""

    def __init__(self, limits: Limits | None = None, *, initialised: bool = True) -> None:
        self.protocol = Protocol(limits or Limits())
        self.now = 100.0
        if initialised:
            self.say(type="connection_init")

    def text(self, text: str) -> list[Action]:
        """Sends text."""
        return self.protocol.receive(text, self.now, REQUEST_ID)

    def say(self, **message: object) -> list[Action]:
        """Sends a message."""
        return self.text(orjson.dumps(message).decode())

    def subscribe(self, name: str = "1", query: str = "{hello}", **payload: object) -> list[Action]:
        """Asks for an operation."""
        return self.say(type="subscribe", id=name, payload={"query": query, **payload})

    def start(self, name: str = "1") -> Subscription:
        """Asks for an operation, which is started."""
        (action,) = self.subscribe(name)
        assert isinstance(action, Start)
        return action.subscription


def frames(actions: list[Action]) -> list[dict[str, Any]]:
    """The messages that are sent."""
    return [orjson.loads(each.frame) for each in actions if isinstance(each, Reply)]


def frame(reply: Reply | None) -> dict[str, Any] | None:
    """The message that is sent, if one is."""
    return None if reply is None else frames([reply])[0]


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {"token": "x"}}])
def test_an_introduction_is_acknowledged(payload: dict[str, object]) -> None:
    talk = Talk(initialised=False)
    assert frames(talk.say(type="connection_init", **payload)) == [{"type": "connection_ack"}]
    assert talk.protocol.waited() == []


def test_a_second_introduction_ends_the_connection() -> None:
    assert Talk().say(type="connection_init") == [SECOND_INIT]


def test_who_does_not_introduce_itself_in_time_is_sent_away() -> None:
    assert Talk(initialised=False).protocol.waited() == [INIT_TIMEOUT]


def test_operations_before_the_introduction_end_the_connection() -> None:
    assert Talk(initialised=False).subscribe() == [UNAUTHORIZED]


def test_an_operation_is_started_with_all_that_was_asked() -> None:
    (action,) = Talk().subscribe("a", "query A {hello}", operationName="A", variables={"n": 1}, extensions={})
    assert isinstance(action, Start)
    request = action.subscription.request
    assert (action.subscription.id, request.query, request.operation_name) == ("a", "query A {hello}", "A")
    assert request.variables == {"n": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "7",
        "null",
        '"ping"',
        "{}",
        "[" * 5_000,
        '{"type":"ping","payload":' + "[" * 5_000 + "}",
        '{"type":"ping","payload":{"n":' + "9" * 5_000 + "}}",
        '{"type":"ping","payload":"\\ud800"}',
        '{"type":7}',
        '{"type":["subscribe"]}',
        '{"type":{}}',
        '{"type":"start","id":"1","payload":{"query":"{hello}"}}',
        '{"type":"connection_ack"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"connection_init","payload":[]}',
        '{"type":"connection_init","payload":"x"}',
        '{"type":"ping","payload":[]}',
        '{"type":"pong","payload":7}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":null}',
        '{"type":"subscribe","id":"1","payload":[]}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":{"query":7}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{hello}","operationName":7}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{hello}","extensions":7}}',
        '{"type":"subscribe","payload":{"query":"{hello}"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{hello}"}}',
        '{"type":"subscribe","id":{},"payload":{"query":"{hello}"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{hello}"}}',
        '{"type":"complete"}',
        '{"type":"complete","id":[]}',
        '{"type":"complete","id":7}',
    ],
)
def test_a_message_of_no_known_form_ends_the_connection(text: str) -> None:
    assert Talk().text(text) == [INVALID_MESSAGE]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "payload", "query"]), inner),
    max_leaves=8,
)
TYPES = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next"])
MESSAGES = st.fixed_dictionaries({}, optional={"type": TYPES | JSON, "id": st.sampled_from("12") | JSON, "payload": JSON})


@given(st.lists(MESSAGES.map(lambda message: json.dumps(message, ensure_ascii=False)) | st.text(), max_size=8))
def test_no_message_of_any_kind_breaks_it(messages: list[str]) -> None:
    talk = Talk(initialised=False)
    for text in messages:
        actions = talk.text(text)
        assert all(isinstance(each, Reply | Start | Stop | Close) for each in actions)


def test_a_message_may_be_so_long_and_no_longer() -> None:
    for letter in ("x", "é"):
        size = len(letter.encode())
        room = 64 * 1024 - len('{"type":"pong","payload":{"p":""}}')
        assert Talk().say(type="pong", payload={"p": letter * (room // size)}) == []
        assert Talk().say(type="pong", payload={"p": letter * (room // size + 1)}) == [TOO_BIG]


def test_several_operations_in_one_message_are_counted_as_such() -> None:
    refused = Counter[str]()
    protocol = Protocol(Limits(), refused)
    one = {"query": "{hello}"}
    for payload in ([one], [one, one]):
        text = orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode()
        assert protocol.receive(text, 100.0, REQUEST_ID) == [INVALID_MESSAGE]
    assert refused == {"operations_per_request": 1}


def test_an_id_may_be_so_long_and_no_longer() -> None:
    assert isinstance(Talk().subscribe("i" * MAX_ID)[0], Start)
    assert Talk().subscribe("i" * (MAX_ID + 1)) == [INVALID_MESSAGE]


@pytest.mark.parametrize(
    ("payload", "pong"),
    [
        ({}, {"type": "pong"}),
        ({"payload": None}, {"type": "pong"}),
        ({"payload": {"a": 1}}, {"type": "pong", "payload": {"a": 1}}),
    ],
)
@pytest.mark.parametrize("initialised", [True, False])
def test_a_ping_is_answered_at_any_time(payload: dict[str, object], pong: dict[str, object], initialised: bool) -> None:
    assert frames(Talk(initialised=initialised).say(type="ping", **payload)) == [pong]


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
def test_a_pong_asks_for_nothing(payload: dict[str, object]) -> None:
    assert Talk().say(type="pong", **payload) == []


def test_an_id_in_use_ends_the_connection() -> None:
    talk = Talk()
    talk.start("a")
    assert talk.subscribe("a") == [TAKEN_ID]


def test_results_are_sent_under_their_id_until_the_end() -> None:
    talk = Talk()
    one, other = talk.start('"'), talk.start("2")
    assert frame(talk.protocol.result(one, Result.of({"a": 1}))) == {"id": '"', "type": "next", "payload": {"data": {"a": 1}}}
    assert frame(talk.protocol.result(other, Result.of(None))) == {"id": "2", "type": "next", "payload": {"data": None}}
    assert frame(talk.protocol.end(one)) == {"id": '"', "type": "complete"}
    assert talk.protocol.end(one) is None


def test_a_refused_operation_ends_with_its_errors() -> None:
    talk = Talk()
    subscription = talk.start()
    sent = frame(talk.protocol.result(subscription, Result.refused({"message": "No."})))
    assert sent == {"id": "1", "type": "error", "payload": [{"message": "No."}]}
    assert talk.protocol.end(subscription) is None
    talk.start("1")


def test_nothing_is_sent_of_an_operation_that_the_client_completed() -> None:
    talk = Talk()
    subscription = talk.start()
    assert talk.say(type="complete", id="1") == [Stop(subscription)]
    assert talk.protocol.result(subscription, Result.of({"a": 1})) is None
    assert talk.protocol.result(subscription, Result.refused({"message": "No."})) is None
    assert talk.protocol.end(subscription) is None


def test_an_id_that_is_used_again_gets_nothing_of_what_it_was_before() -> None:
    talk = Talk()
    before = talk.start("1")
    talk.say(type="complete", id="1")
    after = talk.start("1")
    assert talk.protocol.result(before, Result.of({"a": 1})) is None
    assert talk.protocol.end(before) is None
    assert talk.protocol.result(after, Result.of({"a": 2}))


def test_completing_what_has_ended_is_no_mistake() -> None:
    talk = Talk()
    talk.protocol.end(talk.start("1"))
    assert talk.say(type="complete", id="1") == []
    assert talk.say(type="complete", id="never") == []


def refusal(actions: list[Action]) -> dict[str, Any]:
    """The extensions of the error of a refused operation."""
    (message,) = frames(actions)
    assert message["type"] == "error"
    extensions: dict[str, Any] = message["payload"][0]["extensions"]
    assert extensions.pop("requestId") == REQUEST_ID
    return extensions


def test_so_many_operations_live_at_once_and_no_more() -> None:
    talk = Talk(Limits(subscribes_burst=100))
    for number in range(20):
        talk.start(str(number))
    assert refusal(talk.subscribe("20")) == {"code": "LIMIT_EXCEEDED", "limit": "operations_per_socket"}
    talk.say(type="complete", id="7")
    talk.start("20")


def test_so_many_operations_are_started_at_once_and_ten_a_second_after_that() -> None:
    talk = Talk()

    def attempt() -> list[Action]:
        actions = talk.subscribe("1")
        talk.say(type="complete", id="1")
        return actions

    for _ in range(20):
        assert isinstance(attempt()[0], Start)
    assert refusal(attempt()) == {"code": "RATE_LIMITED", "retryAfter": 1}
    talk.now += 0.11
    assert isinstance(attempt()[0], Start)
    assert refusal(attempt())["code"] == "RATE_LIMITED"
    talk.now += 3_600
    assert sum(isinstance(attempt()[0], Start) for _ in range(30)) == 20
