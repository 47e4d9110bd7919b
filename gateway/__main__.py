"""``python -m gateway`` is ``giving-gateway``."""

from gateway.cli import main

main()
