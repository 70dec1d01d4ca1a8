"""Takes secrets out of texts that leave the program or go to the screen.

By value: every key we know, in every form it may have. That is all that is done to a model's own words, which must pass
unchanged otherwise. By shape and by name besides, in errors, headers, logs and reports: what looks like a key of some
provider, what stands behind `authorization` or `"token":`, the password in a URL. No pattern repeats inside of a
repetition, and each piece of a text is read a bounded number of times, so a hostile text costs no more than a good one.

The command line makes one `Redactor` of all targets and hands it down; a stream that is given none makes its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from tui.core.secret import Secret
from tui.core.target import Target

HIDDEN: Final = "‹hidden›"
"""What stands in a secret's place. No key has these brackets, so it cannot become part of another one."""
_TOLD_CHARS = 4
"""Last characters that are kept of a long key, to tell it from another."""
_LONG_CHARS = 24
_HEAD_CHARS = 4
"""Of a key that arrives in pieces, what has to have come before the rest is waited for."""
_CUT_CHARS = 12
"""Of a key that a text ends in the middle of, what has to be there to be hidden."""

_SHAPES: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"(?:sk-|gsk_|xai-|hf_|AIza|gh[oprsu]_|github_pat_|AKIA)[A-Za-z0-9_\-]{12,}"
    r"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"
    r")"
)
_SHAPE_HINTS: Final = ("sk-", "gsk_", "xai-", "hf_", "AIza", "gh", "AKIA", "eyJ")
_BEARER: Final = re.compile(r"\b([Bb]earer|BEARER|[Bb]asic)([ \t]{1,8})([^\s\"'\\,;<>]{8,})")

_HEADER_NAME: Final = (
    r"(?:proxy-)?authorization|(?:x-)?(?:goog-|amz-)?(?:api-?key|security-token|auth-token)|set-cookie2?|cookie"
)
_FIELD_NAME: Final = r"(?:[\w\-]{0,40}[_\-])?(?:api_?key|key|token|secret|password|passwd|sig|signature|credential)"
_QUOTE: Final = r"\\{0,3}[\"']"
_HEADER: Final = re.compile(
    rf"(?i:(?<![\w\-])((?:{_HEADER_NAME})(?:(?:{_QUOTE})?[ \t]{{0,8}}[:=]|{_QUOTE}[ \t]{{0,8}},)[ \t]{{0,8}}"
    rf"(?:b?{_QUOTE})?+(?:(?:bearer|basic)[ \t]{{1,8}})?+))([^\s\"'\\‹][^\r\n\"'\\]*)"
)
_IN_QUERY: Final = re.compile(rf"([?&;](?i:{_FIELD_NAME})=)((?!‹)[^\s&\"'\\<>#]+)")
_IN_JSON: Final = re.compile(
    rf"({_QUOTE}(?i:{_FIELD_NAME}){_QUOTE}[ \t]{{0,8}}:[ \t\r\n]{{0,8}}{_QUOTE})((?!‹)(?:[^\"'\\\n]|\\[^\"'\n\\])+)"
)
_USERINFO: Final = re.compile(r"(\w://)([^/\s\"'\\<>?#]{1,512}@)")
_HEADER_HINTS: Final = ("authorization", "key", "token", "cookie")
_FIELD_HINTS: Final = ("key", "token", "secret", "passw", "sig", "credential")
_SECRET_NAME: Final = re.compile(rf"(?i:{_HEADER_NAME}|{_FIELD_NAME})\Z")


class Redactor:
    """Hides what it knows, and what it can tell, in any text."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._places: dict[str, str] = {}
        """Each form of a secret, the longest first, and what is put in its place."""
        self.learn(secrets)

    @classmethod
    def of_targets(cls, targets: Iterable[Target]) -> "Redactor":
        """Knows the keys of `targets` and what else of theirs is secret."""
        return cls(secret for target in targets for secret in secrets_of(target))

    def __repr__(self) -> str:
        return f"<Redactor {len(self._places)} forms>"

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Hide these too from now on: a target was added."""
        forms = {form: _in_place_of(form) for secret in secrets for form in secret.forms()}
        self._places = dict(sorted({**self._places, **forms}.items(), key=lambda item: -len(item[0])))

    def known(self, text: str) -> str:
        """`text` without known secrets and otherwise unchanged: for what a model wrote."""
        for form, place in self._places.items():
            if form in text:
                text = text.replace(form, place)
        cut = _cut_off(text, self._places)
        return text if cut is None else text[:cut] + HIDDEN

    def text(self, text: str) -> str:
        """`text` without known secrets and without what looks like one: for errors, headers, logs and reports."""
        text = self.known(text)
        if any(hint in text for hint in _SHAPE_HINTS):
            text = _SHAPES.sub(lambda found: _in_place_of(found[0]), text)
        folded = text.lower()  # a look for a word costs a hundredth of a search for a pattern
        if "bearer" in folded or "basic" in folded:
            text = _BEARER.sub(_bearer_hidden, text)
        if any(hint in folded for hint in _HEADER_HINTS):
            text = _HEADER.sub(_value_hidden, text)
        if any(hint in folded for hint in _FIELD_HINTS):
            text = _IN_QUERY.sub(_value_hidden, _IN_JSON.sub(_value_hidden, text))
        return _USERINFO.sub(rf"\1{HIDDEN}@", text) if "://" in text else text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers that may be shown: those of a secret name keep the name alone."""
        return {name: HIDDEN if is_secret_name(name) else self.text(value) for name, value in headers.items()}

    def stream(self) -> "StreamRedactor":
        """For one text that arrives in pieces."""
        return StreamRedactor(self._places)


class StreamRedactor:
    """`Redactor.known` for one text in pieces: a secret is hidden wherever it is cut.

    What may be the beginning of a secret is held back until the next piece tells, from its fourth character on; the
    three before it say nothing. Most pieces hold no such beginning and cost one search.
    """

    __slots__ = ("_begin", "_places", "_shown", "_whole", "_window")

    def __init__(self, places: Mapping[str, str]) -> None:
        """`places`: every form of every secret and what stands in its place, the longest form first."""
        self._places = places
        heads = sorted({form[:_HEAD_CHARS] for form in places})
        self._begin = re.compile(f"(?={'|'.join(map(re.escape, heads))})") if heads else None
        self._whole = re.compile("|".join(map(re.escape, places)))
        self._window = ""
        """The last characters of the text so far: the few that are out, then those held back."""
        self._shown = 0
        """How many of the window are out."""

    def feed(self, text: str) -> str:
        """What can be shown now."""
        if self._begin is None:
            return text
        window = self._window + text
        if self._begin.search(window) is None:
            return self._let_go(window, "", 0, len(window))
        ready, at = self._without_secrets(window)
        held = next((at_head for at_head in self._beginnings(window, at)), len(window))
        return self._let_go(window, ready, at, held)

    def finish(self) -> str:
        """What was still held back, at the end of the text; hidden when it is a good part of a secret."""
        held, self._window = self._window, ""
        shown, self._shown = self._shown, 0
        cut = _cut_off(held, self._places)
        return held[shown:] if cut is None else held[shown:cut] + HIDDEN

    def _without_secrets(self, window: str) -> tuple[str, int]:
        """The part of the window up to the last whole secret, as it may be shown, and where that part ends."""
        ready, at = "", 0
        for found in self._whole.finditer(window):
            ready += window[max(at, self._shown) : found.start()] + self._places[found[0]]
            at = found.end()
        return ready, at

    def _beginnings(self, window: str, at: int) -> Iterator[int]:
        """Where a secret begins that the window ends in the middle of."""
        assert self._begin is not None
        for found in self._begin.finditer(window, at):
            rest = window[found.start() :]
            if any(form.startswith(rest) for form in self._places):
                yield found.start()

    def _let_go(self, window: str, ready: str, at: int, held: int) -> str:
        """`ready`, and the window from `at` to `held`. What is kept of it is a secret's first characters at most."""
        start = max(at, self._shown)
        keep = max(at, min(held, len(window) - _HEAD_CHARS + 1))
        self._window, self._shown = window[keep:], max(held, start) - keep
        return ready + window[start:held]


def secrets_of(target: Target) -> Iterator[Secret]:
    """The key of a target, and what is secret in its headers, its query and the URLs it goes through."""
    if target.key is not None:
        yield target.key
    for name, value in (*target.headers.items(), *target.query.items()):
        if is_secret_name(name):
            yield Secret(value.strip())
            yield Secret(value.split()[-1] if value.split() else "")
    for url in (target.base_url, target.network.proxy or ""):
        password = _password_in(url)
        if password:
            yield Secret(password)
            yield Secret(unquote(password))


def is_secret_name(name: str) -> bool:
    """Whether a header or field of this name holds a secret."""
    return _SECRET_NAME.match(name) is not None


def _password_in(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None


def _in_place_of(secret: str) -> str:
    """Its last characters tell a long key from another one of the same person."""
    return f"‹…{secret[-_TOLD_CHARS:]}›" if len(secret) >= _LONG_CHARS else HIDDEN


def _cut_off(text: str, forms: Iterable[str]) -> int | None:
    """Where a secret begins that `text` ends in the middle of, when much of it is there. None otherwise."""
    found = None
    for form in forms:
        head = form[:_CUT_CHARS]
        at = text.find(head, max(0, len(text) - len(form) + 1))
        while at >= 0 and len(form) > _CUT_CHARS:
            if form.startswith(text[at:]):
                found = at if found is None else min(found, at)
                break
            at = text.find(head, at + 1)
    return found


def _bearer_hidden(found: re.Match[str]) -> str:
    """A token has something besides letters, or is longer than any word: "bearer authentication" is a sentence."""
    token = found[3]
    is_word = token.strip(".:!?)").isalpha() and len(token) < _LONG_CHARS
    return found[0] if is_word or "‹" in token else f"{found[1]}{found[2]}{_in_place_of(token)}"


def _value_hidden(found: re.Match[str]) -> str:
    return f"{found[1]}{HIDDEN}"
