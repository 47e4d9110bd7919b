"""Why an operation is left to graphql-core.

Unanswered            a run that gave no data: graphql-core runs the operation again, and what it says counts
NotCompiled           an operation that cannot be compiled: graphql-core runs it always
"""


class Unanswered(Exception):
    """A resolver raised, a value is not of its type, or null stands where none may: graphql-core says what that means."""


class NotCompiled(Exception):
    """The operation holds what is not known here."""
