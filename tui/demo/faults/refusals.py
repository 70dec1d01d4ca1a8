"""Requests that are turned down with an error status."""

from tui.demo.faults.fault import FaultList, Moment, Outcome, Play
from tui.demo.faults.stage import BLOCK_BYTES, Stage
from tui.demo.script import HttpError

_LATER = "The server is in trouble and three tries met the same: ask again later, or look at its status page."
_KEY = "Check the key of this provider; the server's words never show it here."
_FIELDS = "Change the option the server names (`-o NAME=VALUE`), or leave it out."

faults = FaultList(Moment.BEFORE)


def _refusal(status: int, phrase: str, message: str, kind: str = "invalid_request_error", code: str = "") -> Play:
    async def play(stage: Stage) -> None:
        await stage.refuse(HttpError(status, message, kind, code), phrase)

    return play


def _said_key(stage: Stage) -> str:
    """The key the client sent; a placeholder when it sent none."""
    headers = stage.request.headers
    sent = headers.get("authorization") or headers.get("x-api-key") or headers.get("x-goog-api-key") or ""
    return sent.removeprefix("Bearer ") or "sk-none-was-sent"


faults.add(
    "bad-request",
    "Answers 400 and says which field is wrong.",
    Outcome.ERROR,
    _FIELDS,
    says=("400", "temperature must be between 0 and 2"),
)(_refusal(400, "Bad Request", "temperature must be between 0 and 2, not 9."))


@faults.add(
    "key-wrong",
    "Answers 401 and repeats the whole key it was sent.",
    Outcome.ERROR,
    _KEY,
    says=("401", "check the key"),
)
async def key_wrong(stage: Stage) -> None:
    message = f"Incorrect API key provided: {_said_key(stage)}."
    await stage.refuse(HttpError(401, message, "invalid_request_error", "invalid_api_key"), "Unauthorized")


faults.add(
    "payment-required",
    "Answers 402: the account has no credit.",
    Outcome.ERROR,
    "Top up the account at the provider, or use another key.",
    says=("402", "credit"),
)(_refusal(402, "Payment Required", "Your account has no credit left.", "billing_error", "credit_balance_exhausted"))


@faults.add(
    "key-forbidden",
    "Answers 403 and repeats the whole key it was sent.",
    Outcome.ERROR,
    "The key is known but may not use this model: ask whoever gave it to you.",
    says=("403", "may not use"),
)
async def key_forbidden(stage: Stage) -> None:
    message = f"The key {_said_key(stage)} may not use this model."
    await stage.refuse(HttpError(403, message, "permission_error", "forbidden"), "Forbidden")


@faults.add(
    "path-wrong",
    "Answers 404 as if there were no API at this path.",
    Outcome.ERROR,
    "Check the base URL; the one that was tried is shown, and most servers want it to end in `/v1`.",
    says=("404", "Not Found", "tried http"),
)
async def path_wrong(stage: Stage) -> None:
    await stage.reply("404 Not Found", b'{"detail":"Not Found"}', "application/json")


faults.add(
    "model-not-found",
    "Answers 404: there is no model of that name.",
    Outcome.ERROR,
    "Check the model's name; the server's own list has those it knows.",
    says=("404", "model"),
)(_refusal(404, "Not Found", "The model does not exist or you do not have access to it.", code="model_not_found"))

faults.add(
    "request-timeout",
    "Answers 408 each time.",
    Outcome.ERROR,
    _LATER,
    says=("408",),
    tries="again",
)(_refusal(408, "Request Timeout", "The request was not received in time."))

faults.add(
    "conflict",
    "Answers 409 each time.",
    Outcome.ERROR,
    _LATER,
    says=("409",),
    tries="again",
)(_refusal(409, "Conflict", "Another request is changing the same resource."))

faults.add(
    "prompt-too-large",
    "Answers 413: the request is too large.",
    Outcome.ERROR,
    "Shorten the prompt or start a new conversation.",
    says=("413", "too large"),
)(_refusal(413, "Content Too Large", "The request is too large for this model."))


@faults.add(
    "unprocessable",
    "Answers 422 with a validation error as vLLM and other FastAPI servers word it.",
    Outcome.ERROR,
    _FIELDS,
    says=("422", "max_tokens", "positive"),
)
async def unprocessable(stage: Stage) -> None:
    body = b'{"detail":[{"loc":["body","max_tokens"],"msg":"value must be positive","type":"value_error"}]}'
    await stage.reply("422 Unprocessable Content", body, "application/json")


faults.add(
    "server-error",
    "Answers 500 each time.",
    Outcome.ERROR,
    _LATER,
    says=("500", "had an error"),
    tries="again",
)(_refusal(500, "Internal Server Error", "The server had an error while processing your request.", "server_error"))


@faults.add(
    "gateway-page",
    "Answers 502 each time, with a web page.",
    Outcome.ERROR,
    "A gateway cannot reach the model's server: ask again later.",
    says=("502", "Bad gateway"),
    tries="again",
)
async def gateway_page(stage: Stage) -> None:
    page = "<!DOCTYPE html><html><head><title>502 Bad gateway</title><style>p{color:red}</style></head><body>…</body>"
    await stage.reply("502 Bad Gateway", page.encode(), "text/html; charset=utf-8")


faults.add(
    "unavailable",
    "Answers 503 each time.",
    Outcome.ERROR,
    _LATER,
    says=("503", "overloaded"),
    tries="again",
)(_refusal(503, "Service Unavailable", "The server is overloaded or not ready yet.", "server_error"))

faults.add(
    "gateway-timeout",
    "Answers 504 each time.",
    Outcome.ERROR,
    _LATER,
    says=("504",),
    tries="again",
)(_refusal(504, "Gateway Timeout", "The model's server did not answer the gateway in time.", "server_error"))

faults.add(
    "overloaded",
    "Answers 529 each time, Anthropic's word for too many requests from everybody.",
    Outcome.ERROR,
    _LATER,
    says=("529", "Overloaded"),
    tries="again",
)(_refusal(529, "Site Overloaded", "Overloaded", "overloaded_error"))


@faults.add(
    "retry-forbidden",
    "Answers 503 and says that trying again is of no use (`x-should-retry: false`).",
    Outcome.ERROR,
    "It was not tried again because the server asked for that: find out what it cannot do.",
    says=("503", "cannot be served"),
)
async def retry_forbidden(stage: Stage) -> None:
    error = HttpError(503, "This request cannot be served.", "server_error", "server_error")
    await stage.refuse(error, "Service Unavailable", x_should_retry="false")


@faults.add(
    "error-without-words",
    "Answers 400 with an empty body.",
    Outcome.ERROR,
    "The server says nothing more; its log may.",
    says=("400", "without an explanation"),
)
async def error_without_words(stage: Stage) -> None:
    await stage.reply("400 Bad Request", b"", "")


@faults.add(
    "error-not-utf8",
    "Answers 400 with a body in Latin-1.",
    Outcome.ERROR,
    "Read around the replaced characters; the server mislabels its text.",
    says=("400", "La requ", "invalide"),
)
async def error_not_utf8(stage: Stage) -> None:
    await stage.reply("400 Bad Request", "La requête est invalide".encode("latin-1"), "text/plain; charset=utf-8")


@faults.add(
    "error-endless",
    "Answers 400 with an error body that does not end.",
    Outcome.ERROR,
    "Only the beginning of the server's words is read; its log may have the rest.",
    says=("400", "sorry"),
)
async def error_endless(stage: Stage) -> None:
    await stage.head("400 Bad Request", content_type="text/plain")
    await stage.flood(b"sorry, " * (BLOCK_BYTES // 7))


@faults.add(
    "error-body-never",
    "Answers 400 and never sends the body it announced.",
    Outcome.ERROR,
    "The status is all there is; the server's log may have more.",
    says=("400", "without an explanation"),
)
async def error_body_never(stage: Stage) -> None:
    await stage.head("400 Bad Request", content_type="application/json", content_length="500")
    await stage.for_ever()
