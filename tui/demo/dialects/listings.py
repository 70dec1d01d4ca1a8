"""The list of models in each vendor's form."""

from tui.demo.catalogue import descriptions, reasons
from tui.demo.dialects.notation import rfc3339
from tui.demo.dialects.ollama_request import LATEST
from tui.demo.question import Question

_CREATED = 1_767_225_600
_CONTEXT_TOKENS = 131_072
_OUTPUT_TOKENS = 32_768


def openai_model(name: str) -> dict[str, object]:
    """One entry, with a description beside what OpenAI has."""
    entry: dict[str, object] = {"id": name, "object": "model", "created": _CREATED, "owned_by": "sidestream-demo"}
    description = descriptions().get(name)
    return entry | ({"description": description} if description else {})


def openai_models() -> dict[str, object]:
    return {"object": "list", "data": [openai_model(name) for name in descriptions()]}


def anthropic_model(name: str) -> dict[str, object]:
    return {
        "type": "model",
        "id": name,
        "display_name": name.capitalize(),
        "created_at": rfc3339(_CREATED),
        "lifecycle": "active",
        "max_input_tokens": _CONTEXT_TOKENS,
        "max_tokens": _OUTPUT_TOKENS,
    }


def anthropic_models() -> dict[str, object]:
    names = list(descriptions())
    data = [anthropic_model(name) for name in names]
    return {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}


def gemini_model(name: str) -> dict[str, object]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.capitalize(),
        "description": descriptions().get(name, ""),
        "inputTokenLimit": _CONTEXT_TOKENS,
        "outputTokenLimit": _OUTPUT_TOKENS,
        "supportedGenerationMethods": ["generateContent", "streamGenerateContent"],
        "thinking": reasons(name),
    }


def gemini_models() -> dict[str, object]:
    return {"models": [gemini_model(name) for name in descriptions()]}


def ollama_models() -> dict[str, object]:
    return {"models": [_ollama_model(name) for name in descriptions()]}


def _ollama_model(name: str) -> dict[str, object]:
    details = {
        "parent_model": "",
        "format": "simulated",
        "family": "sidestream-demo",
        "families": ["sidestream-demo"],
        "parameter_size": "0",
        "quantization_level": "none",
    }
    return {
        "name": name + LATEST,
        "model": name + LATEST,
        "modified_at": rfc3339(_CREATED),
        "size": 0,
        "digest": Question(name, (), 0).fingerprint,
        "details": details,
    }
