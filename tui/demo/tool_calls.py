"""The tool calls a model makes: of the client's tools when it offers any, else of two that fit any prompt."""

import json
import string
from dataclasses import dataclass
from random import Random

from tui.demo.prompt import Prompt, prompt_of
from tui.demo.question import Question
from tui.demo.structured import instance_of
from tui.demo.topics import find_topic

_PARALLEL = 2


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call, whole. `arguments` is compact JSON, as the vendors send it."""

    call_id: str
    name: str
    arguments: str


def calls_for(question: Question, likes_to_call: bool, choice: int) -> list[ToolCall]:
    """The parallel calls of one choice; [] when it answers in text.

    A model that does not like to call does so only if the client insists. After a tool's result no more calls are made.
    """
    wants = question.must_call or (likes_to_call and question.may_call)
    if not wants or (question.turns and question.turns[-1].role == "tool"):
        return []
    prompt = prompt_of(question)
    dice = question.dice(f"calls/{choice}")
    if question.tools:
        offered = question.tools[:_PARALLEL]
        made = [(tool.name, instance_of(tool.parameters, prompt, dice)) for tool in offered]
    else:
        made = [("search_knowledge_base", _search(prompt, dice)), ("create_report", _report(prompt, dice))]
    return [ToolCall(_call_id(dice), name, _compact(arguments)) for name, arguments in made]


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _call_id(dice: Random) -> str:
    return "call_" + "".join(dice.choices(string.ascii_letters + string.digits, k=24))


def _search(prompt: Prompt, dice: Random) -> dict[str, object]:
    topic = find_topic(prompt.words)
    return {
        "query": {
            "text": topic.search_phrase if topic else prompt.subject,
            "must_include": list(prompt.key_words[:4]),
            "boost": [{"term": word, "weight": round(dice.uniform(1, 3), 2)} for word in prompt.key_words[:3]],
        },
        "filters": {
            "language": ["en"],
            "published": {"from": f"{dice.randint(2012, 2020)}-01-01", "to": "2026-06-30"},
            "sources": [
                {"kind": "encyclopedia", "trust": "high"},
                {"kind": "journal", "trust": "high", "peer_reviewed": True},
                {"kind": "textbook", "trust": "medium", "editions": {"latest_only": True}},
            ],
            "exclude": {"domains": ["forum.example", "mirror.example"], "duplicates": True},
        },
        "ranking": {"method": "hybrid", "rerank": {"top_k": dice.randint(20, 60), "diversity": 0.35}},
        "limit": dice.randint(5, 12),
    }


def _report(prompt: Prompt, dice: Random) -> dict[str, object]:
    sections = [
        {
            "heading": heading,
            "brief": brief.replace("{subject}", prompt.subject),
            "words": dice.choice((80, 120, 150)),
            "include": include,
        }
        for heading, brief, include in (
            ("Summary", "What a reader in a hurry needs to know about {subject}", []),
            ("How it works", "The mechanism behind {subject}, step by step", ["diagram", "example"]),
            ("Evidence", "Which sources support it and how well", ["table", "citations"]),
            ("Open questions", "What remains uncertain about {subject}", []),
        )
    ]
    return {
        "title": f"Notes on {prompt.subject}",
        "audience": {"level": "general", "reads_on": ["screen", "print"]},
        "sections": sections,
        "style": {"tone": "plain", "headings": True, "citations": {"format": "footnotes", "required": True}},
        "output": {"format": "markdown", "save_as": f"{_file_stem(prompt)}.md", "overwrite": False},
    }


def _file_stem(prompt: Prompt) -> str:
    return "-".join(word for word in prompt.key_words[:3] if word.isascii() and word.isalnum()) or "report"
