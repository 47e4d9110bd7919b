"""What a caller may ask for, and the checks that run before anything is executed.

Every check raises LimitExceeded with the name of the limit, which is the name of its field in ``Limits``. The checks cost time
in proportion to the text: each fragment is measured once, however often and in whatever circle it is spread.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from schema.execution.nodes import nodes
from schema.model.errors import LimitExceeded


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers, which are settings as well. A value of exactly the limit is still accepted. Seconds are on the monotonic
    clock. What is fixed instead is in ``gateway.fixed_limits``.
    """

    __pydantic_config__: ClassVar = MappingProxyType({"extra": "forbid"})

    head_bytes: int = 16 * 1024
    """The head of a request."""
    request_seconds: float = 10.0
    """For the head and the body together, from the first byte of a request on."""
    body_bytes: int = 256 * 1024
    message_bytes: int = 64 * 1024
    """One message from a WebSocket client."""
    document_characters: int = 15_000
    document_tokens: int = 1_000
    """Comments count too."""
    depth: int = 10
    """Fields within fields, fragments expanded. What lies under ``__schema`` and ``__type`` is bounded by validation."""
    aliases: int = 15
    """Aliased fields of an operation, fragments expanded; a field written again beside itself counts as one."""
    root_fields: int = 10
    cost: int = 5_000
    """Objects that an operation may read, pages and fragments expanded: see ``gateway.http.cost``."""
    directives: int = 8
    """In the document as written."""
    variables_nesting: int = 32
    """Lists and objects within each other; the object of all variables is the first."""
    number_digits: int = 20
    operation_seconds: float = 5.0
    """A query; the choosing of a subscription's source; one event of it."""
    answer_bytes: int = 2 * 1024 * 1024
    """One answer, or one message of a subscription: what costs little may still repeat long texts."""
    init_wait_seconds: float = 5.0
    ping_seconds: float = 25.0
    """Between the pings of a WebSocket. They also keep proxies from cutting its line as idle."""
    pong_seconds: float = 8.0
    """For the answer to a ping."""
    stream_ping_seconds: float = 15.0
    """Between signs of life on a stream to which nothing else is sent."""
    unheard_seconds: float = 17.0
    """How long the system of a peer may confirm nothing of what was sent to it, or have no room for it; on Linux. So a stream
    on a line that is dead without a word is noticed about as soon as a WebSocket, and not after a quarter of an hour."""
    operations_per_socket: int = 20
    subscribes_per_second: float = 10.0
    subscribes_burst: int = 20
    outbox_frames: int = 64
    """Messages of one operation that wait for a slow reader, totals apart: of those the newest of each waits."""
    outbox_bytes: int = 1024 * 1024
    """For all operations of a connection together; one message of any size waits in any case."""
    sockets: int = 6_000
    """Connections of viewers, streams among them, in a process."""
    sockets_per_address: int = 500
    """The same from one address: a school may be behind one."""
    socket_seconds: float = 3_600.0
    """After about so long a viewer is sent to connect again, so that all are spread anew over the processes there are."""
    slow_reader_seconds: float = 10.0
    """How long a reader may take nothing of what waits for it."""
    first_sights_per_minute: int = 10
    """Campaigns that nobody has seen and that are looked for at their network, of one account. At most half of what the network
    allows are."""
    tracked_campaigns: int = 30
    """Of those that were found so, the ones of an account that are read again, as somebody asks for them."""
    found_campaigns: int = 10_000
    """All of an account that were found so: they stay for good."""
    reserved_streams: int = 1_000
    """In one process, and not opened yet."""
    reservation_seconds: float = 10.0
    cached_characters: int = 200_000
    """Text of documents kept parsed. A parsed one takes up to 300 bytes a character."""
    kept_answer_bytes: int = 32 * 1024 * 1024
    """Answers kept, with what it takes to know them again. One alone may take an eighth."""
    registered_characters: int = 1_000_000
    """Text of documents that clients have registered."""
    webhook_bytes: int = 512 * 1024
    """The body of a network's delivery."""
    webhook_seconds: float = 3.0
    """For its answer, with all that is read at the network first. Networks hang up after five seconds or so."""

    def __post_init__(self) -> None:
        wrong = [each.name for each in fields(self) if not 0 < getattr(self, each.name) < math.inf]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} must be above zero")


_LONG_NUMBER: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*', re.DOTALL)
_DIGIT: Final = re.compile(rb"[0-9]")
_INTROSPECTION: Final = frozenset({"__schema", "__type"})


def check_numbers(json: bytes, limits: Limits) -> None:
    """Refuses JSON text that holds a number of too many digits, before a parser would round it or labour on it."""
    if not _too_long(limits.number_digits).search(json):
        return
    for token in _LONG_NUMBER.finditer(json):
        if not token[0].startswith(b'"'):
            _within(limits, "number_digits", len(_DIGIT.findall(token[0])))


@cache
def _too_long(digits: int) -> re.Pattern[bytes]:
    """Finds what may be a number of more digits."""
    return re.compile(rb"[0-9][0-9.eE+-]{%d}" % digits)


def check_text(text: str, limits: Limits) -> None:
    """Refuses a document that is too long to be parsed."""
    _within(limits, "document_characters", len(text))


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Refuses variables that nest too deeply."""
    level: list[Any] = [variables]
    for nesting in range(1, limits.variables_nesting + 2):
        if not level:
            return
        _within(limits, "variables_nesting", nesting)
        inner = (child for each in level for child in (each.values() if isinstance(each, Mapping) else each))
        level = [child for child in inner if isinstance(child, dict | list)]


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Refuses a parsed document that asks for too much. It need not be valid: circles of fragments are left to validation."""
    directives = 0
    for node in nodes(document):
        if isinstance(node, DirectiveNode):
            directives += 1
        elif isinstance(node, IntValueNode | FloatValueNode):
            _within(limits, "number_digits", sum(map(str.isdigit, node.value)))
    _within(limits, "directives", directives)
    measure = _Measure(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            size = measure.of(definition.selection_set)
            _within(limits, "root_fields", size.fields)
            _within(limits, "depth", size.depth)
            _within(limits, "aliases", size.aliases)


def check_cost(cost: int, limits: Limits) -> None:
    """Refuses an operation that would read too much."""
    _within(limits, "cost", cost)


def check_answer(body: bytes, limits: Limits) -> None:
    """Refuses to tell what is too long."""
    _within(limits, "answer_bytes", len(body))


def exceeded(limits: Limits, name: str) -> LimitExceeded:
    """The error of one who is over the limit of that name."""
    return LimitExceeded(f"Over the limit of {getattr(limits, name)} for {name}.", limit=name)


def _within(limits: Limits, name: str, value: int) -> None:
    if value > getattr(limits, name):
        raise exceeded(limits, name)


class _Size(NamedTuple):
    depth: int = 0
    aliases: int = 0
    fields: int = 0


class _Measure:
    """Sizes with fragments expanded. A fragment met within itself counts nothing, since validation refuses it."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        self._known: dict[str, _Size] = {}

    def of(self, selections: SelectionSetNode) -> _Size:
        depth = aliases = count = 0
        beside: Counter[tuple[str, str]] = Counter()
        # Inline fragments are walked in place: they add no depth, and a field may be repeated through them.
        waiting = [("", each) for each in selections.selections]
        while waiting:
            condition, node = waiting.pop()
            size = _Size()
            if isinstance(node, FieldNode):
                inner = self._field(node)
                size = _Size(inner.depth + 1, inner.aliases + (node.alias is not None), 1)
                beside[condition, (node.alias or node.name).value] += 1
            elif isinstance(node, FragmentSpreadNode):
                size = self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                within = node.type_condition.name.value if node.type_condition else condition
                waiting.extend((within, each) for each in node.selection_set.selections)
            depth, aliases, count = max(depth, size.depth), aliases + size.aliases, count + size.fields
        # Validation compares each pair of fields that answer under one name, so repeats cost as aliases do.
        return _Size(depth, aliases + beside.total() - len(beside), count)

    def _field(self, node: FieldNode) -> _Size:
        if node.selection_set is None:
            return _Size()
        size = self.of(node.selection_set)
        return size._replace(depth=0) if node.name.value in _INTROSPECTION else size

    def _fragment(self, name: str) -> _Size:
        if name not in self._known:
            self._known[name] = _Size()
            if name in self._fragments:
                self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known[name]
