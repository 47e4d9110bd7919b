"""The vocabulary of Giving Gateway: plain values in ``schema.model`` and their GraphQL face in ``schema.api``."""
