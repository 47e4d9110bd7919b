"""How a check says that a rule is broken."""


class Broken(AssertionError):
    """A rule does not hold. The message says what was seen, and never a secret or a whole body."""


class Unproven(Broken):
    """A rule may hold, and the case lacks what it takes to prove it. The message says what."""


def expect(condition: object, message: str) -> None:
    """Raises Broken with the message unless the condition holds; unlike ``assert``, under -O as well."""
    if not condition:
        raise Broken(message)
