"""The demo provider as an ASGI application: routes, and the errors of requests that never reach a model."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tui.demo.answer import Answer
from tui.demo.catalogue import descriptions, is_known
from tui.demo.chat_request import read_chat_request
from tui.demo.exchange import BadRequestError, Exchange
from tui.demo.host_guard import LoopbackHostOnly
from tui.demo.replies import bad_request_reply, error_reply

DEFAULT_SEED = 20
LARGEST_BODY_BYTES = 16 * 1024 * 1024
_CREATED = 1_767_225_600

RequestReader: TypeAlias = Callable[[dict[str, Any], int], Exchange]
"""A dialect's way to read a request body, given the seed to use when the body names none."""


def make_app(seed: int = DEFAULT_SEED, speed: float = 1.0) -> Starlette:
    """The application.

    `speed` multiplies the pace of all models; 0 answers without any delay. Raises ValueError when it is negative.
    """
    if not speed >= 0:
        raise ValueError(f"speed must be 0 or more, not {speed}")
    return Starlette(
        routes=[
            Route("/v1/models", _list_models, methods=["GET"]),
            Route("/v1/models/{model}", _show_model, methods=["GET"]),
            Route("/v1/chat/completions", Endpoint(read_chat_request, seed, speed), methods=["POST"]),
        ],
        middleware=[Middleware(LoopbackHostOnly)],
        exception_handlers={HTTPException: _routing_error},
    )


class Endpoint:
    """One dialect's URL: reads the body, then hands the exchange to `Answer`."""

    def __init__(self, read: RequestReader, seed: int, speed: float) -> None:
        self._read = read
        self._seed = seed
        self._speed = speed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            exchange = self._read(await _json_object(Request(scope, receive)), self._seed)
        except BadRequestError as error:
            await bad_request_reply(error)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await Answer(exchange, self._speed)(scope, receive, send)


async def _json_object(request: Request) -> dict[str, Any]:
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > LARGEST_BODY_BYTES:
            raise BadRequestError(f"The request body is larger than {LARGEST_BODY_BYTES} bytes.", status=413)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(
            "We could not parse the JSON body of your request. (HINT: this likely means you aren't using your HTTP "
            f"library correctly. The API expects a JSON payload, but what was sent was not valid JSON: {error}.)"
        ) from error
    if not isinstance(body, dict):
        raise BadRequestError("The JSON body of your request must be an object.")
    return body


async def _list_models(_request: Request) -> Response:
    return JSONResponse({"object": "list", "data": [_model_entry(name) for name in descriptions()]})


async def _show_model(request: Request) -> Response:
    name = request.path_params["model"]
    if not is_known(name):
        return error_reply(404, f"The model '{name}' does not exist", code="model_not_found")
    return JSONResponse(_model_entry(name))


def _model_entry(name: str) -> dict[str, object]:
    entry: dict[str, object] = {"id": name, "object": "model", "created": _CREATED, "owned_by": "sidestream-demo"}
    description = descriptions().get(name)
    return entry | ({"description": description} if description else {})


async def _routing_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    place = f"{request.method} {request.url.path}"
    message = f"Not allowed: {place}" if status == 405 else f"Invalid URL ({place})"
    return error_reply(status, message)
