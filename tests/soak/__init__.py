"""Viewers by the hundred thousand, and five hundred of them for long: ``make soak-viewers``."""
