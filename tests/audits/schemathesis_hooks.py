"""What Schemathesis cannot know of the schema: values of its own scalars, and what descriptions say of arguments.

Its checks take any error for a fault, so what a caller may get wrong is mended before it is sent: what is refused, and how, is
held in tests of the schema.
"""

from typing import Any, Final

import hypothesis.strategies as st
import schemathesis
from graphql import ArgumentNode, IntValueNode, ObjectFieldNode, StringValueNode, Visitor, validate, visit
from graphql.language.visitor import REMOVE
from hypothesis_graphql import nodes

from schema.api.build import build

MAX_PAGE: Final = 100
MAX_SEARCH: Final = 100
CURRENCIES: Final = ("CNY", "USD", "EUR", "JPY", "KWD", "GBP")

_SCHEMA: Final = build()._schema
_MOMENTS: Final = st.datetimes().filter(lambda moment: 2000 <= moment.year < 2100)
for _name, _values in {
    "CurrencyCode": st.sampled_from(CURRENCIES),
    "DateTime": _MOMENTS.map(lambda moment: f"{moment.isoformat()}Z"),
    "Decimal": st.decimals(0, 10**9, places=2).map(str),
    "Position": st.just(""),
    "URL": st.just("https://giving.example/"),
}.items():
    schemathesis.graphql.scalar(_name, _values.map(nodes.String))


class _Mended(Visitor):
    """Cursors and the ends of spans are left out, pages and searches are as large as they may be."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return _mended(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return _mended(node)


def _mended(node: ArgumentNode | ObjectFieldNode) -> Any:
    name, value = node.name.value, node.value
    if name in ("after", "until"):
        return REMOVE
    if name == "first" and isinstance(value, IntValueNode):
        return type(node)(name=node.name, value=IntValueNode(value=str(abs(int(value.value)) % (MAX_PAGE + 1))))
    if name == "search" and isinstance(value, StringValueNode):
        return type(node)(name=node.name, value=StringValueNode(value=value.value[:MAX_SEARCH]))
    return None


@schemathesis.hook
def map_body(_: Any, body: Any) -> Any:
    """See above. What does not fit the schema is sent as it is: it is there to be refused."""
    return body if validate(_SCHEMA, body) else visit(body, _Mended())
