"""What a prompt asks for, as far as a few rules can tell: its subject, its key words and the wished form."""

import re
from dataclasses import dataclass
from enum import Enum

from tui.demo.question import Question


class Form(Enum):
    """The form of answer a prompt asks for."""

    PROSE = "prose"
    CODE = "code"
    TABLE = "table"
    COMPARISON = "comparison"
    HAIKU = "haiku"
    TRANSLATION = "translation"
    LIST = "list"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One user message, read."""

    text: str
    subject: str
    """The noun phrase it is about, as written; never empty."""
    key_words: tuple[str, ...]
    """Its content words in order, lower case; at least one."""
    words: frozenset[str]
    """All its words, lower case."""
    form: Form
    is_brief: bool
    """Whether a short answer is wanted."""
    items: int | None
    """How many items are asked for; None when no number is named."""


_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STEM = re.compile(
    r"""^\W*(?:please\s+|hey\s+|ok\s+|so\s+)*
    (?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?
    (?:(?:explain|describe|summari[sz]e|discuss|compare|outline|define|show|list|name|draft|translate|write|make|create
        |compose|generate|give|tell|teach|help|think)\b\s*
       (?:to\s+)?(?:me\s+|us\s+)?(?:about\s+|of\s+)?)?
    (?:(?:the\s+)?(?:difference|differences)\s+between\s+)?
    (?:(?:a|an|the|some|my)\s+)?
    (?:(?:short|brief|small|simple|long|quick|markdown)\s+)?
    (?:(?:haiku|poem|table|list|overview|summary|essay|paragraph|function|program|script|story)\b\s*
       (?:about|on|of|for|that|to|comparing|with)?\s*)?
    (?:(?:how|why|what|who|when|where|which)\s+(?:(?:do|does|did|is|are|was|were|can|should|to|would)\s+)?)?
    (?:(?:a|an|the)\s+)?""",
    re.VERBOSE | re.IGNORECASE,
)
_TAIL = re.compile(
    r"""[\s,;:-]*(?:\b(?:please|briefly|shortly|concisely|in\s+(?:brief|short|detail|depth)
    |(?:in|with|as|using)\s+(?:a|an|one|two|three|four|five|\d+|bullet|simple|plain)\b[^,.;?!]*
    |step\s+by\s+step|for\s+(?:a\s+)?(?:beginners?|children|kids))\b)?[\s.?!,;:]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about above after again all also am an and any are as at be because been before being between both brief
        briefly but by can compare could create describe did do does doing down each explain few for form from give had
        has have help her here him his how i if in into is it its just like list make many me more most my name no not
        of off on one only or other our out over please program said short should show sentence sentences simple so some
        such summarise summarize table tell than that the their them then there these they thing things this those
        through to too translate two three four five six seven eight nine ten under until up us use using very want was
        we were what when where which who why will with words would write you your haiku poem code difference
        differences tips ideas facts reasons ways""",
    )
)
_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
_ITEM_NOUNS = (
    r"(?:\w+\s+){0,2}(?:ideas|tips|reasons|ways|facts|steps|examples|things|questions|names|points|items|bullets"
    r"|advantages|benefits|rules|principles|suggestions|mistakes|books|words|options)\b"
)
_ITEMS = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})\s+{_ITEM_NOUNS}", re.IGNORECASE)
_COUNTED = re.compile(rf"^{_ITEMS.pattern}\s*(?:for|about|on|to|of|why|how)?\s*", re.IGNORECASE)
_DIFFERENCE = re.compile(r"^differences?\s+between\s+(?:the\s+)?", re.IGNORECASE)
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (Form.HAIKU, re.compile(r"\bhaikus?\b|\b(?:short\s+)?poem\b", re.IGNORECASE)),
    (Form.TRANSLATION, re.compile(r"\btranslat(?:e|ion)\b|\bhow do (?:you|i) say\b", re.IGNORECASE)),
    (Form.CODE, re.compile(r"\bcode\b|\b(?:write|implement)\b.*\b(?:function|program|script|class|query)\b", re.I)),
    (Form.TABLE, re.compile(r"\btable\b", re.IGNORECASE)),
    (Form.COMPARISON, re.compile(r"\bcompare\b|\bcomparison\b|\bversus\b|\bvs\b|\bdifferences? between\b", re.I)),
    (Form.LIST, re.compile(rf"{_ITEMS.pattern}|\blist\b|\bbullet", re.IGNORECASE)),
    (Form.GREETING, re.compile(r"^\W*(?:hi|hello|hey|good (?:morning|evening)|ping|test)\b[\w\s]{0,12}\W*$", re.I)),
)
_LANGUAGE_CODE = re.compile(r"\b(?:in|using)\s+(?:python|rust|go|javascript|typescript|sql|bash)\b", re.IGNORECASE)
_BRIEF = re.compile(
    r"\b(?:brief|briefly|short|shortly|concise|concisely|tersely|tl;?dr|one (?:sentence|line|paragraph)|few words)\b",
    re.IGNORECASE,
)
_GO_ON = re.compile(r"^\W*(?:please\s+)?(?:continue|go on|carry on|keep going)\b|\bleft off\b", re.IGNORECASE)


def read_prompt(text: str, wishes: str = "") -> Prompt:
    """Read one user message; `wishes` (the system prompt) may ask for brevity too."""
    words = [word.lower() for word in _WORD.findall(text)]
    key_words = tuple(dict.fromkeys(word for word in words if word not in _STOP_WORDS and len(word) > 1))
    return Prompt(
        text=text,
        subject=_subject(text),
        key_words=key_words or ("question",),
        words=frozenset(words),
        form=_form(text),
        is_brief=bool(_BRIEF.search(text) or _BRIEF.search(wishes)),
        items=_items(text),
    )


def asks_to_go_on(text: str) -> bool:
    """Whether a user message only asks for the rest of the answer before it."""
    return bool(_GO_ON.search(text))


def prompt_of(question: Question) -> Prompt:
    """The user message that the question is really about: the last one that is not a bare "continue"."""
    asked = [text for text in question.said_by("user") if not asks_to_go_on(text)]
    return read_prompt(asked[-1] if asked else "", " ".join(question.said_by("system")))


def _subject(text: str) -> str:
    bare = text.strip().partition("\n")[0]
    for opening in (_STEM, _COUNTED, _DIFFERENCE):
        bare = opening.sub("", bare, count=1)
    bare = _TAIL.sub("", bare, count=1).strip(" \"'“”«».,;:!?")
    return " ".join(bare.split()[:9]) or "your message"


def _form(text: str) -> Form:
    for form, pattern in _FORMS:
        if pattern.search(text):
            return form
    return Form.CODE if _LANGUAGE_CODE.search(text) else Form.PROSE


def _items(text: str) -> int | None:
    match = _ITEMS.search(text)
    if match is None:
        return None
    number = match[1].lower()
    return int(number) if number.isdigit() else _NUMBERS[number]
