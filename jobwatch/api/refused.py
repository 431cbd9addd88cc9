"""What HarperDB answers instead of a result."""

from __future__ import annotations

from http import HTTPStatus

from jobwatch.model.job import Json

__all__ = ["RefusedError", "refused", "refused_by_framework"]


class RefusedError(Exception):
    """A request that is not answered with a result: the HTTP status and the body instead."""

    def __init__(self, status: HTTPStatus, body: dict[str, Json]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def refused(status: int, error: str) -> RefusedError:
    """Return the error of an operation, or of what HarperDB checks itself."""
    return RefusedError(HTTPStatus(status), {"error": error})


def refused_by_framework(status: int, message: str) -> RefusedError:
    """Return the error of what HarperDB leaves to its web framework, which has another shape."""
    known = HTTPStatus(status)
    body = {"statusCode": known.value, "error": known.phrase, "message": message}
    return RefusedError(known, body)
