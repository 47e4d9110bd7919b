"""Files of trusted documents, as builds of front-ends write them: ids and texts."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from schema.model.errors import SettingsInvalid

SETTING: Final = "trusted_document_files"
_APOLLO: Final = "apollo-persisted-query-manifest"
_CONSTANT: Final = re.compile(r'^(?:export )?const (\w+) =\s+(?:`([^`]*)`|"([^"\n]*)");$', re.MULTILINE)
_PLACE: Final = re.compile(r"\$\{(\w+)\}")


def read_manifests(files: Iterable[Path]) -> dict[str, str]:
    """The documents of all files by their ids. Raises SettingsInvalid with all problems at once.

    A file is Apollo's manifest of version 1 (``{"format": ..., "operations": [{"id", "body", ...}]}``,
    https://www.apollographql.com/docs/graphos/platform/security/persisted-queries) or the map that Relay's compiler writes
    (``{id: text}``, https://relay.dev/docs/guides/persisted-queries/). Documents are not held against the schema.
    """
    documents: dict[str, str] = {}
    problems: list[str] = []
    for number, file in enumerate(files):
        path = f"{SETTING}[{number}]"
        try:
            found = _pairs(orjson.loads(file.read_bytes()))
        except OSError as error:
            problems.append(f"{path}: {file} cannot be read ({error.strerror})")
            continue
        except ValueError:
            problems.append(f"{path}: {file} is neither a manifest of Apollo, version 1, nor a map of ids to documents")
            continue
        for document_id, text in found:
            if documents.setdefault(document_id, text) != text:
                problems.append(f"{path}: {document_id} is the id of two documents")
    if problems:
        raise SettingsInvalid(problems)
    return documents


def documents_of(script: str) -> dict[str, str]:
    """The documents in a script of ours, by their names: constants that are texts, some with others in them.

    It is read as far as ``gateway/web/documents.js`` goes, and no further.
    """
    texts: dict[str, str] = {}
    for name, template, text in _CONSTANT.findall(script):
        texts[name] = _PLACE.sub(lambda found: texts[found[1]], template) or text
    return texts


def _pairs(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 (of the file, as JSON that cannot be read)
    pairs: Any = list(value.items())
    if "format" in value:
        operations = value.get("operations")
        if value["format"] != _APOLLO or value.get("version") != 1 or not isinstance(operations, list):
            raise ValueError
        pairs = [(each.get("id"), each.get("body")) if isinstance(each, dict) else (None, None) for each in operations]
    if not all(isinstance(part, str) and part for pair in pairs for part in pair):
        raise ValueError
    return [(document_id, text) for document_id, text in pairs]
