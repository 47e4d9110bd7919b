"""Acme, a network that does not exist: as small as one can be on which every rule of the suite says something."""
