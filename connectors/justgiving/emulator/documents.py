"""Writes answers as JSON and as XML. Numbers are written digit by digit, so that none passes through a float."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """A number by its digits, such as ``6.25``."""

    text: str


def json_text(value: Any, *, escaped_slashes: bool) -> str:
    r"""JSON, with each ``/`` as ``\/`` where asked for, which means the same: slashes only occur within its texts."""
    written = _json(value)
    return written.replace("/", "\\/") if escaped_slashes else written


def xml_text(value: Any, name: str = "response") -> str:
    """The same in XML. Names of elements are those of the fields; that of the root and of list items is *assumed*."""
    match value:
        case Mapping():
            inner = "".join(xml_text(each, str(key)) for key, each in value.items())
        case list():
            inner = "".join(xml_text(each, "item") for each in value)
        case Number():
            inner = value.text
        case bool():
            inner = str(value).lower()
        case None:
            inner = ""
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _json(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ",".join(f"{json.dumps(key)}:{_json(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_json, value)) + "]"
        case Number():
            return value.text
        case _:
            return json.dumps(value, ensure_ascii=False)
