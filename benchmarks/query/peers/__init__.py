"""Programs beside which the gateway is measured."""

from typing import Any, Final

OPTIONS: Final[dict[str, Any]] = {
    "proxy_headers": False,
    "server_header": False,
    "date_header": False,
    "access_log": False,
    "http": "httptools",
}
"""How uvicorn serves them: as it serves the gateway."""
