"""What a HarperDB node asks of a request before it runs an operation: its types, login and body."""

from __future__ import annotations

import json
from base64 import b64decode
from hmac import compare_digest
from typing import NoReturn

from jobwatch.api.refused import refused, refused_by_framework
from jobwatch.model.job import Json
from jobwatch.model.settings import Credentials

__all__ = ["check_accept", "check_content_type", "check_login", "read_body"]

NO_OPERATION = "Request body must include an 'operation' property."


def check_content_type(header: str) -> None:
    """Refuse a body that isn't JSON; an empty header is a missing one."""
    media_type = _media_type(header)
    if media_type == "text/plain":
        raise refused_by_framework(400, NO_OPERATION)
    if media_type != "application/json":
        raise refused(415, f"Unsupported Media Type: {header or 'undefined'}")


def check_accept(header: str) -> None:
    """Refuse a client that doesn't take JSON; an empty header takes anything."""
    accepted = {_media_type(item) for item in header.split(",")}
    if accepted.isdisjoint({"", "*/*", "application/*", "application/json"}):
        raise refused_by_framework(
            406,
            "No supported content types found in Accept header,"
            " supported types include: application/json",
        )


def check_login(header: str, credentials: Credentials) -> None:
    """Refuse who isn't the one user; an empty header is a missing one."""
    scheme, _, given = header.partition(" ")
    if scheme == "Bearer":
        raise refused(401, "invalid token")  # no token is ever given out
    if scheme != "Basic" or not given.strip():
        raise refused(401, "Must login")
    try:
        user, _, password = b64decode(given.strip(), validate=True).partition(b":")
    except ValueError:
        raise refused(401, "Invalid character") from None
    # Both, whatever the first says, so that the time taken doesn't tell which one is wrong.
    right = (
        compare_digest(user, credentials.user.encode()),
        compare_digest(password, credentials.password.encode()),
    )
    if not all(right):
        raise refused(401, "Login failed")


def read_body(body: bytes) -> dict[str, Json]:
    """Return the JSON object of a body."""
    if not body:
        raise refused(400, "Body cannot be empty when content-type is set to 'application/json'")
    try:
        # Not by `formats`: its errors don't tell whether it was the end that came too early.
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise refused(400, _problem(error)) from None
    except UnicodeDecodeError as error:
        raise refused(400, f"The body is not UTF-8 at byte {error.start + 1}") from None
    except RecursionError:
        raise refused(400, "The body can't be read: it is nested too deeply") from None
    except ValueError as error:  # a number with more digits than Python reads
        raise refused(400, f"The body can't be read: {error}") from None
    if not isinstance(value, dict):
        raise refused(400, NO_OPERATION)
    return value


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _problem(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "Unexpected end of JSON input"
    return f"The body is not JSON at character {error.pos + 1}: {error.msg}"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
