"""Adapters, one folder per network: bytes in, facts out. No I/O of their own; see ``connectors.contract``."""
