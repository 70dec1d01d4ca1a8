"""Replies that need no script: errors of the server itself."""

from starlette.responses import Response

from tui.demo.chat_wire import bad_request_body, error_body
from tui.demo.exchange import BadRequestError


def error_reply(status: int, message: str, code: str | None = None) -> Response:
    """An error that is about the request as such and not about one of its fields."""
    return _json_reply(status, error_body(message, kind="invalid_request_error", param=None, code=code))


def bad_request_reply(error: BadRequestError) -> Response:
    """The reply to a request that could not be read."""
    return _json_reply(error.status, bad_request_body(error))


def _json_reply(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json")
