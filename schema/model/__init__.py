"""Plain, frozen values. This package imports the standard library and the ISO 4217 table, nothing else."""
