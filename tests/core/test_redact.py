"""No known secret survives, in any form, anywhere, however it is cut; what is none passes unchanged."""

import base64
import json
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.core.network import Network
from tui.core.redact import HIDDEN, Redactor, is_secret_name, secrets_of
from tui.core.secret import MIN_FOUND_CHARS, Secret
from tui.core.target import Target

KEY = "canary+5up3r/s3cr3t&k3y="
PLAIN = "canary-5up3rs3cr3tk3y-0123456789"

values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=MIN_FOUND_CHARS, max_size=60)
texts = st.text(max_size=40)


def in_base64(value: str, before: int) -> str:
    """As it stands in the base64 of something longer, such as Basic credentials."""
    return base64.b64encode(b"x" * before + value.encode()).decode()


WRITTEN: dict[str, Callable[[str], str]] = {
    "raw": lambda value: value,
    "quoted": lambda value: quote(value, safe=""),
    "quoted, slash kept": quote,
    "quoted in small letters": lambda value: "".join(c if c.isalnum() else f"%{ord(c):02x}" for c in value),
    "JSON": lambda value: json.dumps(value)[1:-1],
    "JSON with slashes": lambda value: json.dumps(value)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda value: json.dumps(json.dumps(value))[3:-3],
    "base64 in URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    **{f"base64 at {before}": partial(in_base64, before=before) for before in range(4)},
}
"""How others write a value into a text."""
EXACTLY = sorted(set(WRITTEN) - {"quoted in small letters"})


def leaks(value: str, text: str) -> bool:
    """Whether `value` can be read out of `text`: as it is, or after undoing one of the encodings."""
    if value in text or any(way(value) in text for name, way in WRITTEN.items() if "base64" not in name):
        return True
    for start in range(len(text) and 4):
        for piece in text[start:].replace("-", "+").replace("_", "/").split():
            whole = piece[: len(piece) // 4 * 4]
            try:
                if value.encode() in base64.b64decode(whole, validate=False):
                    return True
            except ValueError:
                continue
    return False


@pytest.mark.parametrize("way", WRITTEN)
@given(value=values, before=texts, after=texts)
@example(value=KEY, before="", after="")
@example(value="a" * 24, before="", after="a" * 23)
def test_a_known_secret_never_survives(way: str, value: str, before: str, after: str) -> None:
    if way == "quoted in small letters":
        value = value.translate(dict.fromkeys(map(ord, "-._~/"), "a"))  # which quoting may leave or not
    text = before + WRITTEN[way](value) + after
    redactor = Redactor([Secret(value)])
    for hidden in (redactor.known(text), redactor.text(text)):
        assert not leaks(value, hidden)


@given(
    value=values,
    way=st.sampled_from(sorted(set(WRITTEN) - {"quoted in small letters"})),
    before=texts,
    after=texts,
    data=st.data(),
)
@example(value=KEY, way="raw", before="x", after="", data=None)
def test_a_secret_cut_into_pieces_never_survives(
    value: str, way: str, before: str, after: str, data: st.DataObject | None
) -> None:
    text = before + WRITTEN[way](value) + after
    places = st.lists(st.integers(0, len(text)), max_size=12)
    cuts = range(len(text)) if data is None else data.draw(places)
    stream = Redactor([Secret(value)]).stream()
    pieces = [stream.feed(text[at:to]) for at, to in pairwise([0, *sorted(cuts), len(text)])]
    assert not leaks(value, "".join(pieces) + stream.finish())


@given(texts=st.lists(st.text(max_size=30), max_size=20))
@example(texts=["the key begins with canary-", "and no more"])
@example(texts=list("cacancanary-canary-5up3canary"))
def test_a_text_without_secrets_passes_unchanged(texts: list[str]) -> None:
    redactor = Redactor([Secret(PLAIN), Secret(KEY)])
    stream = redactor.stream()
    assert "".join([*map(stream.feed, texts), stream.finish()]) == "".join(texts)
    assert redactor.known("".join(texts)) == "".join(texts)


def test_a_piece_without_a_beginning_is_not_held_back() -> None:
    stream = Redactor([Secret(PLAIN)]).stream()
    assert stream.feed("it is can") == "it is can"
    assert stream.feed("ary yellow") == "ary yellow"
    assert stream.feed("canary-5up") == ""
    assert stream.feed("per") == "canary-5upper"


def test_the_last_characters_tell_a_long_key_from_another() -> None:
    redactor = Redactor([Secret(PLAIN), Secret("short-key-1")])
    assert redactor.known(f"{PLAIN} short-key-1") == f"‹…6789› {HIDDEN}"


def test_a_secret_that_the_text_ends_in_the_middle_of_is_hidden() -> None:
    redactor = Redactor([Secret(PLAIN)])
    for length in range(12, len(PLAIN)):
        assert redactor.known(f"wrong key: {PLAIN[:length]}") == f"wrong key: {HIDDEN}"
        stream = redactor.stream()
        assert stream.feed(f"wrong key: {PLAIN[:length]}") + stream.finish() == f"wrong key: {HIDDEN}"


@pytest.mark.parametrize("word", ["none", "EMPTY", "x", ""])
def test_a_word_that_serves_as_a_key_is_not_hidden_from_answers(word: str) -> None:
    redactor = Redactor([Secret(word)])
    assert redactor.known(f"there is {word} here") == f"there is {word} here"
    assert redactor.stream().feed(f"there is {word} here") == f"there is {word} here"


@pytest.mark.parametrize(
    "shown",
    [
        "sk-abcdefghijklmnop0123",
        "sk-ant-api03-abcdefghijklmnop",
        "sk-proj-abc_def-ghijklmnop",
        "gsk_abcdefghijklmnop0123",
        "xai-abcdefghijklmnop0123",
        "hf_abcdefghijklmnop0123",
        "AIzaSyAbcdefghijklmnop0123",
        "ghp_abcdefghijklmnop0123",
        "github_pat_11ABCDEFG0abcdefghijk",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
    ],
)
def test_what_looks_like_a_key_is_hidden(shown: str) -> None:
    for text in (f"the key {shown} is wrong", shown, f"({shown})", f"key={shown}.", f"Bearer {shown}"):
        hidden = Redactor().text(text)
        assert shown not in hidden
        assert shown[:-4] not in hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc", f"Authorization: Bearer {HIDDEN}"),
        ("proxy-authorization: Basic YTpi\nhost: a", f"proxy-authorization: Basic {HIDDEN}\nhost: a"),
        ("X-Goog-Api-Key: abc", f"X-Goog-Api-Key: {HIDDEN}"),
        ("api-key=abc", f"api-key={HIDDEN}"),
        ("{'x-api-key': 'abc', 'host': 'a'}", f"{{'x-api-key': '{HIDDEN}', 'host': 'a'}}"),
        ("Headers([(b'authorization', b'Token abc')])", f"Headers([(b'authorization', b'{HIDDEN}')])"),
        ("Set-Cookie: id=1; Path=/", f"Set-Cookie: {HIDDEN}"),
        ("cookie: a=1; b=2", f"cookie: {HIDDEN}"),
        ("GET /v1?key=abc&alt=sse HTTP", f"GET /v1?key={HIDDEN}&alt=sse HTTP"),
        ("?a=1&access_token=abc#end", f"?a=1&access_token={HIDDEN}#end"),
        ("https://a/b?sig=a%2Fb", f"https://a/b?sig={HIDDEN}"),
        ('{"client_secret": "a\\/b", "n": 1}', f'{{"client_secret": "{HIDDEN}", "n": 1}}'),
        ('"{\\"password\\": \\"abc\\"}"', f'"{{\\"password\\": \\"{HIDDEN}\\"}}"'),
        ("https://me:pw@host/v1", f"https://{HIDDEN}@host/v1"),
        ("http://me:p@w@host:80", f"http://{HIDDEN}@host:80"),
        ("Bearer abcdefg1", f"Bearer {HIDDEN}"),
    ],
)
def test_what_stands_behind_a_telling_name_is_hidden(text: str, hidden: str) -> None:
    assert Redactor().text(text) == hidden
    assert Redactor().text(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Missing bearer or basic authentication in header",
        "You didn't provide an API key. Use Bearer authentication, and see the docs.",
        "the task-force and the risk-free sk-8 went skiing",
        'max_tokens: 5, tokens: 7, "tokens": 9, monkey: x',
        "cookie, then cake; the token is here",
        "mail me@example.com or see https://example.com/@me?page=2",
        "unknown parameter: 'token_count'",
    ],
)
def test_a_sentence_stays_as_it_is(text: str) -> None:
    assert Redactor().text(text) == text


def test_headers_of_a_secret_name_keep_the_name_alone() -> None:
    headers = {"Set-Cookie": "id=1", "X-Api-Key": "abc", "server": f"x {PLAIN}", "retry-after": "5"}
    assert Redactor([Secret(PLAIN)]).headers(headers) == {
        "Set-Cookie": HIDDEN,
        "X-Api-Key": HIDDEN,
        "server": "x ‹…6789›",
        "retry-after": "5",
    }


@pytest.mark.parametrize(
    "name", ["authorization", "Api-Key", "x-api-key", "token", "sig", "X-Auth-Token", "client_secret"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["x-request-id", "tokens", "keyboard", "max_tokens", "api-version", "design"])
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


def test_a_targets_secrets_are_more_than_its_key() -> None:
    target = Target(
        "t",
        "p",
        "m",
        "chat",
        "https://me:base-password@host/v1",
        headers={"X-Api-Key": "header-key-1", "Authorization": "Bearer header-key-2", "X-Note": "a public note"},
        query={"sig": "query-key-1", "api-version": "2025-01-01"},
        key=Secret(PLAIN),
        network=Network(proxy="http://me:proxy%2Fpassword@proxy:3128"),
    )
    redactor = Redactor.of_targets([target])
    for value in (
        PLAIN,
        "base-password",
        "header-key-1",
        "header-key-2",
        "query-key-1",
        "proxy%2Fpassword",
        "proxy/password",
    ):
        assert value not in redactor.known(f"<{value}>")
    assert redactor.known("a public note of 2025-01-01") == "a public note of 2025-01-01"
    assert PLAIN not in repr([*secrets_of(target), redactor])


def test_a_redactor_learns() -> None:
    redactor = Redactor()
    redactor.learn([Secret(PLAIN)])
    assert PLAIN not in redactor.known(PLAIN)


HOSTILE = [
    "a" * 10**6,
    " " * 10**6,
    '"' * 10**6,
    "\\" * 10**6,
    "bearer " * 140_000,
    "sk-" * 330_000,
    "eyJaaaaaaaa." * 83_000,
    "a://" * 250_000,
    "a://" + "a@" * 500_000,
    '"key":"' * 140_000,
    '"key":"' + "\\a" * 500_000,
    "?" + "a_" * 500_000,
    "x-api-" * 160_000,
    "authorization: " * 66_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_hostile_text_costs_no_more_than_a_long_one(text: str) -> None:
    """A pattern that looks again and again takes minutes for these; ours take a fraction of a second each."""
    redactor = Redactor([Secret(PLAIN)])
    started = time.process_time()
    redactor.text(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", [PLAIN[:-1] * 30_000, PLAIN[:4] * 250_000, "x" * 10**6], ids=["most", "head", "none"])
def test_so_it_is_with_a_stream(text: str) -> None:
    stream = Redactor([Secret(PLAIN)]).stream()
    started = time.process_time()
    shown = "".join(stream.feed(text[at : at + 50]) for at in range(0, len(text), 50)) + stream.finish()
    assert time.process_time() - started < 5
    assert shown == text or shown.endswith(HIDDEN)
