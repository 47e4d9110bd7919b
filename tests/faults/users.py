"""The users of ``deploy/redis/users.acl``, with passwords."""

import hashlib
from pathlib import Path
from typing import Final

from tests.docs.markdown import ROOT

SHIPPED: Final = ROOT / "deploy" / "redis" / "users.acl"
BLANK: Final = "REPLACE-THIS-BY-THE-SHA256-OF-A-PASSWORD"
PASSWORD: Final = "a password of the bench"
LOGIN: Final = PASSWORD.replace(" ", "%20")
OPERATOR, GATEWAY = f"operator:{LOGIN}", f"gateway:{LOGIN}"


def filled_in(folder: Path) -> dict[str, str]:
    """The file as an operator completes it, as options of a server that follows another one as its user for that."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "users.acl"
    path.write_text(SHIPPED.read_text("utf-8").replace(BLANK, hashlib.sha256(PASSWORD.encode()).hexdigest()), "utf-8")
    return {"aclfile": str(path), "masteruser": "replica", "masterauth": PASSWORD}
