"""Classes whose instances are neither null, nor an exception, nor awaitable: learnt by meeting them."""

from collections.abc import Generator
from types import FunctionType
from typing import Final

MAX_CLASSES: Final = 1_000

PLAIN: Final[set[type]] = {str, int, float, bool, list, tuple, dict}
"""Those that were met."""


def learn(cls: type) -> None:
    """Keeps the class of a value that turned out to be none of the three, unless another value of it might be awaitable."""
    if (
        len(PLAIN) < MAX_CLASSES
        and not issubclass(cls, Generator)  # some are coroutines of the old kind
        and not hasattr(cls, "__getattr__")
        and not isinstance(cls.__getattribute__, FunctionType)
    ):
        PLAIN.add(cls)
