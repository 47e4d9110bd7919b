"""Everything that happens: HTTP, Redis, clocks, live updates. The only part that does I/O."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("giving-gateway")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "0.0.0"
