"""Figures with the command that takes them: ``make bench``."""
