"""Short names and native ids. Pure.

A page's native id is its short name: ``sample`` or ``page/sample``. A short name has no colon, so ``team:sample`` and
``campaign:sample`` name the others without meeting a page. Native ids are in small letters, as no source says that one short
name is written alike everywhere; what is asked for keeps its letters, as no source says that they mean nothing.
"""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from connectors.justgiving import sheet
from schema.model.errors import NotFound


class Kind(StrEnum):
    """What raises money on JustGiving."""

    PAGE = "page"
    TEAM = "team"
    CAMPAIGN = "campaign"


# No source says which characters there are; those with a meaning in addresses and native ids are kept out.
_FORM: Final = re.compile(r"(?!\.+\Z)[^\s:/?#%\\]{1,150}")


def is_name(text: str) -> bool:
    """Whether a text can be a short name without ``page/``."""
    return _FORM.fullmatch(text.casefold()) is not None and text.isprintable()  # folded, it may be longer


def is_page(text: str) -> bool:
    """Whether a text can be a page's short name, of either form."""
    return is_name(text.removeprefix(f"{sheet.NEW}/"))


def native(kind: Kind, name: str) -> str:
    """The native id of what has this short name, whatever its letter case: here, and nowhere else, two names become one."""
    folded = name.casefold()
    return folded if kind is Kind.PAGE else f"{kind}:{folded}"


def parsed(native_id: str) -> tuple[Kind, str]:
    """The reverse of ``native``; letter case is kept. Raises NotFound for a text that names nothing on JustGiving."""
    kind, colon, name = native_id.partition(":")
    if not colon and is_page(native_id):
        return Kind.PAGE, native_id
    if kind in (Kind.TEAM, Kind.CAMPAIGN) and is_name(name):
        return Kind(kind), name
    raise NotFound("JustGiving has nothing with a name of that form")


def page(text: str) -> str:
    """A page's short name, from itself or from the address of the page; a tracking query is cut off.

    Raises ValueError.
    """
    given = text.strip()
    whole = given.lower().startswith(("http://", "https://"))
    name = _of_address(given) if whole else given.partition("?")[0]
    if not is_page(name):
        raise ValueError(f"is a page's short name, such as {sheet.NEW}/sample, or its address")
    return name


def name(text: str) -> str:
    """The short name of a team or a campaign. Raises ValueError."""
    found = text.strip()
    if not is_name(found):
        raise ValueError("is a short name, such as sample")
    return found


def _of_address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:  # its reason would quote the address
        return ""
    host, steps = parts.hostname or "", [unquote(step) for step in parts.path.split("/") if step]
    ours = host == sheet.DOMAIN or host.endswith(f".{sheet.DOMAIN}")
    if not ours or len(steps) != 2 or steps[0] not in (sheet.NEW, sheet.OLD):
        return ""
    return steps[1] if steps[0] == sheet.OLD else "/".join(steps)
