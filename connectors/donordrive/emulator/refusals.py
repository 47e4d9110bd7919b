"""How a call is refused."""


class Refused(Exception):
    """Answered with this status. That the words are in a JSON object is *assumed*."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
