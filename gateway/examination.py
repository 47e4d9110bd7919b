"""Whether a configuration is good, before anything is started with it."""

from contextlib import suppress
from typing import Any, cast

from connectors.ports import Ports
from gateway.accounts import Outfit
from gateway.agreement import undeclared
from gateway.foundation import built
from gateway.http.manifest import SETTING as TRUSTED
from gateway.http.manifest import read_manifests
from gateway.registry import Prepared, Registry
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid


def examine_settings(settings: Settings, registry: Registry | None = None) -> dict[str, Prepared]:
    """Every account, ready to be built: each connector was built once, and nothing was started.

    Raises SettingsInvalid with all problems at once.
    """
    registry = registry or Registry()
    nothing = cast("Any", None)  # a connector that is built keeps its ports, and asks nothing yet
    nowhere = Outfit(Ports(nothing, nothing, nothing, nothing))
    found, problems = registry.read(settings.accounts)
    try:
        built(found, lambda _: nowhere)
    except SettingsInvalid as error:
        problems.extend(error.problems)
    problems.extend(unmet(settings, registry))
    if problems:
        raise SettingsInvalid(problems)
    return found


def unmet(settings: Settings, registry: Registry) -> list[str]:
    """What the configuration names and nobody has, with its path: campaigns that no network will ever tell, and documents."""
    keys = {str(account.get("connector")) for account in settings.accounts.values()} & registry.sources.keys()
    declaring = set[str]()
    for key in keys:
        with suppress(SettingsInvalid):  # a connector that cannot be loaded is told with its account
            if registry.spec(key).declares_campaigns:
                declaring.add(key)
    return [*undeclared(settings.model_dump(), frozenset(declaring)), *_untrusted(settings)]


def _untrusted(settings: Settings) -> list[str]:
    if settings.only_trusted_documents and not settings.trusted_document_files:
        return [f"only_trusted_documents: there are none; name their files in {TRUSTED}"]
    try:
        read_manifests(settings.trusted_document_files)
    except SettingsInvalid as error:
        return [*error.problems]
    return []
