"""How a check says that a rule is broken."""


class Broken(AssertionError):
    """A rule does not hold. The message says what was seen, and never a secret or a whole body."""


def expect(condition: object, message: str) -> None:
    """Raises Broken with the message unless the condition holds; unlike ``assert``, under -O as well."""
    if not condition:
        raise Broken(message)
