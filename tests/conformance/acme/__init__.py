"""Acme, a network that does not exist: as small as one can be on which every rule of the suite says something."""

from tests.conformance.acme.connector import CONNECTOR

__all__ = ["CONNECTOR"]
