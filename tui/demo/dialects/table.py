"""Which dialect is spoken at which URL."""

from tui.demo.dialects.anthropic_request import read_anthropic_request
from tui.demo.dialects.anthropic_wire import anthropic_bad_request
from tui.demo.dialects.azure_request import azure_reader
from tui.demo.dialects.azure_wire import azure_bad_request
from tui.demo.dialects.chat_request import read_chat_request
from tui.demo.dialects.completions_request import read_completions_request
from tui.demo.dialects.gemini_request import read_gemini_request
from tui.demo.dialects.gemini_wire import gemini_bad_request
from tui.demo.dialects.ollama_request import read_ollama_chat, read_ollama_generate
from tui.demo.dialects.ollama_wire import ollama_bad_request
from tui.demo.dialects.openai_replies import openai_bad_request
from tui.demo.dialects.responses_request import read_responses_request
from tui.demo.exchange import BadRequestError, Dialect, ErrorReply

_CHAT = Dialect("chat", read_chat_request, openai_bad_request)
_RESPONSES = Dialect("responses", read_responses_request, openai_bad_request)
_COMPLETIONS = Dialect("completions", read_completions_request, openai_bad_request)
_GEMINI = Dialect("gemini", read_gemini_request, gemini_bad_request)


def _azure(dialect: Dialect, needs_version: bool) -> Dialect:
    return Dialect(dialect.name, azure_reader(dialect.read, needs_version), azure_bad_request)


POSTS: dict[str, Dialect] = {
    "/v1/chat/completions": _CHAT,
    "/v1/responses": _RESPONSES,
    "/v1/completions": _COMPLETIONS,
    "/v1/messages": Dialect("anthropic", read_anthropic_request, anthropic_bad_request),
    "/{version}/models/{call:path}": _GEMINI,
    "/api/chat": Dialect("ollama", read_ollama_chat, ollama_bad_request),
    "/api/generate": Dialect("ollama", read_ollama_generate, ollama_bad_request),
    "/openai/deployments/{deployment:path}/chat/completions": _azure(_CHAT, needs_version=True),
    "/openai/deployments/{deployment:path}/completions": _azure(_COMPLETIONS, needs_version=True),
    "/openai/responses": _azure(_RESPONSES, needs_version=True),
    "/openai/v1/chat/completions": _azure(_CHAT, needs_version=False),
    "/openai/v1/completions": _azure(_COMPLETIONS, needs_version=False),
    "/openai/v1/responses": _azure(_RESPONSES, needs_version=False),
}
"""The endpoints that answer, as Starlette writes paths."""

_ERRORS_BELOW = {
    "/v1/messages": anthropic_bad_request,
    "/v1beta": gemini_bad_request,
    "/api": ollama_bad_request,
    "/openai": azure_bad_request,
}


def routing_error(path: str, error: BadRequestError) -> ErrorReply:
    """An error of a request that reached no dialect, in the words of the one its path looks like."""
    for prefix, turn_down in _ERRORS_BELOW.items():
        if path.startswith(prefix):
            return turn_down(error)
    return openai_bad_request(error)
