"""Refusals of the API: ``{"error": {"status": ..., "message": ..., "fields": ...}}``.

https://v5api.tiltify.com/api/public/openapi
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """A call that is answered with an error. ``fields`` is a map of names to lists of texts, for 422."""

    def __init__(self, status: int, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status
        self.fields = fields

    def answer(self) -> Response:
        """The answer. The words of ``message`` but for 404 are *assumed*."""
        told = {"status": self.status, "message": HTTPStatus(self.status).phrase, "fields": self.fields}
        return JSONResponse({"error": told}, self.status)


def invalid(name: str, problem: str = "is invalid") -> Refused:
    """422 for one field."""
    return Refused(422, {name: [problem]})
