"""Joined text, estimated tokens, and whether a growing text is JSON."""

import json

import pytest

from tui.core.text import estimated_tokens, joined, paired
from tui.core.validity import validity_of


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        (["a", "", "b"], "ab"),
        (["\ud83d", "\ude04"], "😄"),
        (["a\ud83d", "\ude04b", "ü"], "a😄bü"),
        (["\ud83d"], "\ufffd"),
        (["\ude04", "\ud83d"], "\ufffd\ufffd"),
        (["\ud83d", "x", "\ude04"], "\ufffdx\ufffd"),
        (["\ud83d\ud83d", "\ude04"], "\ufffd😄"),
        (["\ufeff", "\ud83d"], "\ufeff\ufffd"),
        (["👩", "\u200d", "👧"], "👩\u200d👧"),
    ],
)
def test_joined(parts: list[str], text: str) -> None:
    assert joined(parts) == text
    assert paired("".join(parts)) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0.0),
        ("four", 1.0),  # 4 characters / 4
        ("two words", 2.25),  # 9 / 4
        ("über", 1.0),  # an accent does not make a wide script
        ("Привет, мир!", 3.0),  # 12 / 4
        ("你好，", 2.0),  # 3 / 1.5, the full-width comma included
        ("こんにちは 한국", (7 / 1.5) + 1 / 4),  # the blank is narrow
        ("ok 🌍", 3 / 4 + 1 / 1.5),
    ],
)
def test_estimated_tokens(text: str, tokens: float) -> None:
    assert estimated_tokens(text) == pytest.approx(tokens)


DOCUMENTS = [
    '{"city": "Paris", "unit": "celsius"}',
    '{"a": [1, -2.5e+10, true, false, null, "x\\"y\\\\", {"b": {}}], "c": ""}',
    '[[], [0], "\\u00e9\\ud83d\\ude04 ü 😄", -0.0, 1E5]',
    '"a \\n string\\ud83d"',
    ' {"k" : "v" , "l" : [ ] } ',
]


def is_valid(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_beginning_of_json_is_partial(document: str) -> None:
    for end in range(len(document) + 1):
        beginning = document[:end]
        begun = "valid" if is_valid(beginning) else "partial"
        assert validity_of(beginning) == (begun if beginning.strip() else "empty"), beginning


@pytest.mark.parametrize("number", ["-", "1.", "1e", "1e+", "1.5E-", "[1, -", '{"a": 1.', "[1e"])
def test_a_number_may_stop_anywhere(number: str) -> None:
    assert validity_of(number) == "partial"


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1}",
        "{'a': 1}",
        '{"a" 1}',
        '{"a":1}}',
        "{} {}",
        "[1,]",
        "tru e",
        "nul}",
        "01",
        "1.e5",
        "--1",
        "}",
        "x",
        '{"a":\u00a01}',
    ],
)
def test_what_can_never_become_json(text: str) -> None:
    assert validity_of(text) == "invalid"
    assert validity_of(text + " ") == "invalid"


@pytest.mark.parametrize("text", ["\u00a0{}", "{}\u2028", "\ufeff{}"])
def test_blanks_of_unicode_are_not_blanks_of_json(text: str) -> None:
    assert not is_valid(text)
    assert validity_of(text) == "invalid"


def test_a_lone_surrogate_changes_nothing() -> None:
    assert validity_of('{"a": "\ud83d"}') == "valid"
    assert validity_of('{"a": "\\ud83d"}') == "valid"
    assert validity_of('{"a": "\\ud8') == "partial"


def test_nesting_without_end_raises_nothing() -> None:
    assert validity_of("[" * 100_000) in ("partial", "invalid")
