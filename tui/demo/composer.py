"""Answers to any prompt: the hand-written ones where a topic fits, otherwise text composed around the prompt's words.

A composed answer says that it is one. It is meant to be read beside others in a narrow pane, so it keeps to short
paragraphs and uses the Markdown a real answer of that form would use.
"""

import re
from collections.abc import Callable
from enum import Enum
from random import Random

from tui.demo import phrasebook
from tui.demo.forms import code_answer, haiku, item_list, table
from tui.demo.prompt import Form, Prompt
from tui.demo.topics import Topic, find_topic


class Voice(Enum):
    """How a model likes to answer."""

    SHORT = "short"
    PROSE = "prose"
    DOCUMENT = "document"


_PARAGRAPHS = (
    "The shortest useful way into **{subject}** starts with what is fixed. Write down what is already known "
    "about {first}, what may vary, and who would notice if it changed. That line usually separates the "
    "question being asked from the three questions that stand behind it.",
    "Look at {second} at two scales. Up close, follow one single case from start to finish and note each "
    "place where something is decided. From further away, ask what a hundred such cases have in common. Many "
    "disagreements about {first} are only about which of the two views is meant.",
    "A good test of any explanation of {first} is whether it predicts something. If {second} were twice as "
    "large, or absent, what would be different, and where would one look to see it? An account that survives "
    "this question is worth keeping; one that only renames things is not.",
    "It also helps to ask what {first} is *not*. The neighbours of an idea are often described with the same "
    "words, and people who talk past each other about {subject} tend to mean two neighbours. One example just "
    "inside the border and one just outside it do more than a definition.",
    "Numbers come next, even rough ones. How often, how many, how long, how much: an estimate within a factor "
    "of three already rules out most of the explanations that sound equally good without it. For {second}, "
    "the first figure to find is the one that would change your mind.",
    "Consider the order in which things happen. Causes of {first} come before it and leave traces, "
    "consequences come after it and can be delayed. Drawing both on one line, with {second} marked on it, "
    "shows quickly where a link is missing.",
    "Finally, think about what to do with the answer. If it serves a decision, it only has to be exact enough "
    "to choose between the options at hand. If it serves curiosity, the better stopping point is the moment "
    "at which the next question about {first} has become sharper than the last.",
)
_LEADS = (
    "Nothing was looked up for this: *{model}* is a simulated model and composes its answer from the words of "
    "your prompt. Here is a way into {subject} all the same.",
    "A word first: *{model}* is part of a demonstration and knows nothing about {subject} beyond your prompt. "
    "What follows is a way to think about it.",
    "You asked about {subject}. As a simulated model, *{model}* has no facts to offer here, only a method.",
)
_REOPENINGS = (
    "Put differently:",
    "From another side:",
    "A second attempt, with other words:",
    "Here is how I would say it aloud:",
    "Starting from the end this time:",
    "For a reader in a hurry:",
    "The same in a calmer tone:",
    "As a note to a colleague:",
)


def compose(prompt: Prompt, voice: Voice, model: str, first_take: int, choice: int, dice: Random) -> str:
    """The answer as Markdown.

    Where several answers are known, the one at `first_take` (modulo their number) is choice 0; no two choices of one
    prompt are equal.
    """
    if prompt.form is Form.GREETING:
        answers = [f"Hello! This is *{model}*, a simulated model on your own machine. Ask me how a rainbow forms."]
    elif prompt.form in _FORMED:
        answers = [_FORMED[prompt.form](prompt, dice)]
    elif topic := find_topic(prompt.words):
        answers = _topic_answers(topic, prompt, voice)
    elif prompt.form in _FORMED_UNLESS_KNOWN:
        answers = [_FORMED_UNLESS_KNOWN[prompt.form](prompt, dice)]
    else:
        answers = [_composed(prompt, voice, model, dice)]
    return _reopened(answers, first_take, choice)


def _reopened(answers: list[str], first: int, choice: int) -> str:
    """One answer for each choice; when they run out they come again, each time under another opening."""
    around = choice // len(answers)
    index = (first + choice) % len(answers)
    if around == 0:
        return answers[index]
    number = f" ({around})" if around > len(_REOPENINGS) else ""
    return f"{_REOPENINGS[(around - 1) % len(_REOPENINGS)]}{number}\n\n{answers[index]}"


def _topic_answers(topic: Topic, prompt: Prompt, voice: Voice) -> list[str]:
    if prompt.form is Form.LIST:
        return [_sentences_as_items(prose, prompt.items or 5) for prose in topic.prose]
    if voice is Voice.DOCUMENT:
        return [topic.document]
    if prompt.form in (Form.CODE, Form.TABLE):
        return [topic.document, *topic.prose]
    if voice is Voice.SHORT:
        return [*topic.short, *topic.prose]
    prose = [_first_paragraphs(text, 2) for text in topic.prose] if prompt.is_brief else list(topic.prose)
    return [*prose, *topic.short]


def _sentences_as_items(prose: str, count: int) -> str:
    sentences = re.findall(r"[^.!?]+(?:\.\d[^.!?]*)*[.!?]", " ".join(prose.split()))
    return "\n".join(f"{number}. {text.strip()}" for number, text in enumerate(sentences[:count], start=1))


def _first_paragraphs(text: str, count: int) -> str:
    return "\n\n".join(text.split("\n\n")[:count])


def _composed(prompt: Prompt, voice: Voice, model: str, dice: Random) -> str:
    words = {
        "model": model,
        "subject": prompt.subject,
        "first": prompt.key_words[0],
        "second": prompt.key_words[1 % len(prompt.key_words)],
    }
    lead = _fill(dice.choice(_LEADS), words)
    if voice is Voice.DOCUMENT:
        return _document(prompt, lead, words, dice)
    count = 1 if prompt.is_brief else 2 if voice is Voice.SHORT else 4
    return "\n\n".join([lead, *(_fill(text, words) for text in _pick_in_order(count, dice))])


def _document(prompt: Prompt, lead: str, words: dict[str, str], dice: Random) -> str:
    one, two, three = (_fill(text, words) for text in _pick_in_order(3, dice))
    title = prompt.subject[:1].upper() + prompt.subject[1:]
    questions = (
        f"1. **What is settled?**\n   - about {words['first']}\n   - about {words['second']}\n"
        "2. **What is open?**\n   - and who could know\n3. **What would change your mind?**"
    )
    parts = [f"# {title}", lead, "## A first look", one, "## Side by side", table(prompt, dice), "## Questions to ask"]
    parts += [questions, "> " + two, "## In code", code_answer(prompt, dice), "## To finish", three]
    return "\n\n".join(parts)


def _pick_in_order(count: int, dice: Random) -> list[str]:
    """Some of the paragraphs, in the order they were written: they lead from a beginning to an end."""
    return [_PARAGRAPHS[index] for index in sorted(dice.sample(range(len(_PARAGRAPHS)), count))]


def _fill(text: str, words: dict[str, str]) -> str:
    # Not str.format: the prompt's own braces would be read as fields if a text were filled twice.
    return re.sub(r"\{(\w+)\}", lambda field: words[field[1]], text)


_FORMED: dict[Form, Callable[[Prompt, Random], str]] = {
    Form.HAIKU: haiku,
    Form.TRANSLATION: lambda prompt, _dice: phrasebook.translate(prompt.text),
}
_FORMED_UNLESS_KNOWN: dict[Form, Callable[[Prompt, Random], str]] = {
    Form.CODE: code_answer,
    Form.TABLE: table,
    Form.COMPARISON: table,
    Form.LIST: item_list,
}
