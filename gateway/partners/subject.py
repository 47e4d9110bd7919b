"""What is checked: an installed connector by its key, or the one of a distribution's folder, installed or not."""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.catalog import ENTRY_POINTS
from connectors.spec import ConnectorSpec
from connectors.testing.conformance import AnyCase, Case, Quality
from gateway.registry import Registry, Source, why_not
from schema.model.errors import BadUserInput

PROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Subject:
    """A connector with all that the suite wants to know of it. ``owner`` is the distribution that it comes from."""

    spec: ConnectorSpec
    owner: str
    cases: tuple[AnyCase, ...]
    quality: Quality


@contextmanager
def subject(named: str, registry: Registry) -> Iterator[Subject]:
    """The connector of this key, else of this folder, for as long as the context is open.

    Raises BadUserInput where there is none, or where it says nothing to the suite, and SettingsInvalid where it cannot be
    imported or was written for another contract.
    """
    if named in registry.sources:
        yield _loaded(registry.sources[named])
        return
    folder = Path(named)
    if not folder.is_dir():
        beside = Path(f"giving-gateway-{named.replace('_', '-')}")
        hint = f"; to check the folder, name it: {beside}" if beside.is_dir() else ""
        raise BadUserInput(
            f"there is no connector {named!r} and no folder of that name; installed are {', '.join(sorted(registry.sources))}"
            + hint
        )
    with _importable(folder) as source:
        yield _loaded(source)


@contextmanager
def _importable(folder: Path) -> Iterator[Source]:
    """The connector that a folder's project offers, whose code is imported from there first."""
    source = _offered(folder)
    top = source.address.partition(":")[0].partition(".")[0]
    roots = [str(root.resolve()) for root in (folder, folder / "src") if (root / top).is_dir()]
    if not roots:
        raise BadUserInput(
            f"{folder.resolve() / PROJECT} offers {source.address}, and there is no package {top} beside it or in src"
        )
    sys.path[:0] = roots
    importlib.invalidate_caches()
    try:
        yield source
    finally:
        for root in roots:
            sys.path.remove(root)


def _offered(folder: Path) -> Source:
    where = folder.resolve() / PROJECT
    try:
        project: Any = tomllib.loads(where.read_text("utf-8")).get("project", {})
    except FileNotFoundError:
        raise BadUserInput(f"there is no {where}: name an installed connector, or the folder of a distribution") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadUserInput(f"{where} cannot be read: {error}") from None
    points = project.get("entry-points", {}).get(ENTRY_POINTS, {}) if isinstance(project, dict) else {}
    if len(points) != 1:
        several = f"the connectors {', '.join(sorted(points))}: install it, and name one" if points else "no connector"
        raise BadUserInput(f'{where} offers {several} ([project.entry-points."{ENTRY_POINTS}"])')
    ((key, address),) = points.items()
    return Source(key, str(address), str(project.get("name", folder.name)))


def _loaded(source: Source) -> Subject:
    spec = source.load()
    module = source.address.partition(":")[0]
    package = module if hasattr(sys.modules[module], "__path__") else module.rpartition(".")[0]
    return Subject(spec, source.owner, _cases(source, package), Quality.of_package(package))


def _cases(source: Source, package: str) -> tuple[AnyCase, ...]:
    name = f"{package}.case"
    wanted = f"{name} must have CASES, a tuple of classes that inherit connectors.testing.conformance.Case (docs/connectors.md)"
    try:
        found = getattr(importlib.import_module(name), "CASES", None)
    except Exception as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == name
        why = wanted if missing else why_not(error)
        raise BadUserInput(f"connector {source.key} of {source.owner} cannot be put on the bench: {why}") from error
    if (
        not isinstance(found, tuple)
        or not found
        or not all(isinstance(case, type) and issubclass(case, Case) for case in found)
    ):
        raise BadUserInput(f"connector {source.key} of {source.owner} cannot be put on the bench: {wanted}")
    return tuple(case() for case in found)
