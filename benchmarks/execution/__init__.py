"""How much compiled execution saves: ``python -m benchmarks.execution``."""
