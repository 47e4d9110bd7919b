"""A package whose papers say nothing of when they were written."""
