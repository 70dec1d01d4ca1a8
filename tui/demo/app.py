"""The demo provider as an ASGI application: routes, and the errors of requests that never reach a model."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tui.demo.answer import Answer
from tui.demo.catalogue import is_known
from tui.demo.dialects import listings
from tui.demo.dialects.anthropic_wire import anthropic_bad_request
from tui.demo.dialects.gemini_wire import gemini_bad_request
from tui.demo.dialects.openai_replies import openai_bad_request
from tui.demo.dialects.table import POSTS, routing_error
from tui.demo.exchange import BadRequestError, Dialect, ErrorReply, Exchange, Incoming
from tui.demo.faults.desk import FaultDesk
from tui.demo.faults.fault import Fault, Moment
from tui.demo.faults.performance import Performance
from tui.demo.faults.stage import Request as FaultyRequest
from tui.demo.host_guard import LoopbackHostOnly
from tui.demo.protocol import EXTENSION

DEFAULT_SEED = 20
LARGEST_BODY_BYTES = 16 * 1024 * 1024


def make_app(seed: int = DEFAULT_SEED, speed: float = 1.0, faults: Iterable[str] = ()) -> Starlette:
    """The application.

    `speed` multiplies the pace of all models; 0 answers without any delay. `faults` names those that all requests get
    in turn. Raises ValueError when the speed is negative or a fault unknown.
    """
    if not speed >= 0:
        raise ValueError(f"speed must be 0 or more, not {speed}")
    desk = FaultDesk(faults)

    async def show_faults(_request: Request) -> Response:
        return JSONResponse({"faults": desk.report()})

    lists = [
        Route("/faults", show_faults),
        Route("/v1/models", _list_models),
        Route("/v1/models/{model:path}", _show_model),
        Route("/v1beta/models", _gemini_models),
        Route("/v1beta/models/{model:path}", _gemini_model),
        Route("/openai/v1/models", _openai_models),
        Route("/api/tags", _ollama_models),
    ]
    posts = [Route(path, Endpoint(dialect, seed, speed, desk), methods=["POST"]) for path, dialect in POSTS.items()]
    return Starlette(
        routes=[*lists, *posts],
        middleware=[Middleware(LoopbackHostOnly)],
        exception_handlers={HTTPException: _routing_error},
    )


class Endpoint:
    """One URL of a dialect: reads the request, then hands the exchange to `Answer`, or to the fault it is to meet."""

    def __init__(self, dialect: Dialect, seed: int, speed: float, desk: FaultDesk) -> None:
        self._dialect = dialect
        self._seed = seed
        self._speed = speed
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            body = await _json_object(request)
            incoming = Incoming(body, self._seed, request.path_params, request.query_params, request.headers)
            exchange = self._dialect.read(incoming)
            fault = self._desk.fault_for(exchange.question.model)
            if fault is not None:
                self._check(fault, exchange)
        except BadRequestError as error:
            await _reply(self._dialect.turn_down(error))(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            if fault is None:
                await Answer(exchange, self._speed)(scope, receive, send)
            else:
                await self._perform(fault, exchange, request)(scope, receive, send)

    def _check(self, fault: Fault, exchange: Exchange) -> None:
        """Raises BadRequestError when this request cannot meet this fault."""
        if self._dialect.name not in fault.dialects:
            known = ", ".join(fault.dialects)
            raise BadRequestError(f"The fault {fault.name} does not exist in this dialect; it does in: {known}.")
        if not exchange.is_stream and fault.moment is not Moment.BEFORE:
            raise BadRequestError(f"The fault {fault.name} happens in a stream: send this request with one.")

    def _perform(self, fault: Fault, exchange: Exchange, request: Request) -> Performance:
        path = request.url.path
        attempt = self._desk.count(fault, path, exchange.question.fingerprint)
        came = FaultyRequest(dict(request.headers), path, attempt)
        return Performance(fault, request.scope["extensions"][EXTENSION], exchange, came, self._speed)


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


async def _list_models(request: Request) -> Response:
    """Three vendors have their list at this path; their headers tell which one is asked."""
    if "anthropic-version" in request.headers:
        return JSONResponse(listings.anthropic_models())
    if "x-goog-api-key" in request.headers:
        return JSONResponse(listings.gemini_models())
    return JSONResponse(listings.openai_models())


async def _show_model(request: Request) -> Response:
    if "anthropic-version" in request.headers:
        return _model_or_error(request, listings.anthropic_model, anthropic_bad_request)
    if "x-goog-api-key" in request.headers:
        return _model_or_error(request, listings.gemini_model, gemini_bad_request)
    return _model_or_error(request, listings.openai_model, openai_bad_request)


async def _gemini_models(_request: Request) -> Response:
    return JSONResponse(listings.gemini_models())


async def _gemini_model(request: Request) -> Response:
    return _model_or_error(request, listings.gemini_model, gemini_bad_request)


async def _openai_models(_request: Request) -> Response:
    return JSONResponse(listings.openai_models())


async def _ollama_models(_request: Request) -> Response:
    return JSONResponse(listings.ollama_models())


def _model_or_error(
    request: Request, show: Callable[[str], dict[str, object]], turn_down: Callable[[BadRequestError], ErrorReply]
) -> Response:
    name = request.path_params["model"]
    if is_known(name):
        return JSONResponse(show(name))
    error = BadRequestError(f"The model '{name}' does not exist", code="model_not_found", status=404)
    return _reply(turn_down(error))


async def _routing_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    place = f"{request.method} {request.url.path}"
    message = f"Not allowed: {place}" if status == 405 else f"Invalid URL ({place})"
    return _reply(routing_error(request.url.path, BadRequestError(message, status=status)))


def _reply(reply: ErrorReply) -> Response:
    return Response(reply.body, reply.status, reply.headers)
