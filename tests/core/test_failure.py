"""Errors in every shape servers give them (docs/protocols.md, "errors, retries, headers")."""

import json
from typing import Any

import pytest

from tui.core.failure import SHOWN_CHARS, StreamError, api_error, http_error, message_of
from tui.core.web_page import words_of_page

URL = "https://api.example/v1/chat/completions"


def http(status: int, body: object = b"", url: str = URL, **headers: str) -> StreamError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return http_error(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw, url)


@pytest.mark.parametrize(
    ("body", "message", "type_", "code"),
    [
        ({"error": {"message": "no", "type": "t", "param": None, "code": "c"}}, "no", "t", "c"),
        ({"error": {"code": 502, "message": "no", "metadata": {"provider_name": "p"}}}, "no", None, "502"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "no"}}, "no", "overloaded_error", None),
        ({"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}, "no", "INVALID_ARGUMENT", "400"),
        ([{"error": {"code": 400, "message": "no", "status": "X"}}], "no", "X", "400"),
        ({"error": "no"}, "no", None, None),
        ({"detail": "no"}, "no", None, None),
        (
            {"detail": [{"loc": ["body", "messages", 0], "msg": "field required", "type": "missing"}]},
            "body.messages.0: field required",
            None,
            None,
        ),
        ({"detail": [{"loc": ["a"], "msg": "x"}, {"loc": ["b"], "msg": "y"}]}, "a: x; b: y", None, None),
        ({"detail": {"error": {"message": "no"}}}, "no", None, None),
        ({"message": "no"}, "no", None, None),
        ({"message": "no", "type": "t", "code": 7}, "no", "t", "7"),
        ({"object": "error", "message": "no", "type": "NotFoundError", "code": 404}, "no", "NotFoundError", "404"),
        ("no", "no", None, None),
        ({"error": {"message": " no \n"}}, "no", None, None),
        ({"error": {"reason": "quota"}}, '{"reason": "quota"}', None, None),
        ({"error": {"code": None, "message": "no", "type": True}}, "no", None, None),
        (b"upstream connect error\n\n  reset", "upstream connect error reset", None, None),
        (
            b"<html><head><title>503 Service\n Unavailable</title></head><body>x</body>",
            "503 Service Unavailable",
            None,
            None,
        ),
        (b"<h1>Bad <b>Gateway</b></h1><style>p{}</style>", "Bad Gateway", None, None),
        (b'\xef\xbb\xbf{"error":"no"}', "no", None, None),
        (b'{"error":{"message":"n\xff"}}', "n\ufffd", None, None),
        (b'{"error":{"message":"n\\ud83d"}}', "n\ufffd", None, None),
        (b'data: {"error":{"message":"no","code":"500"}}\n\ndata: [DONE]\n\n', "no", None, "500"),
        (b'event: error\r\ndata:{"type":"error","error":{"type":"t","message":"no"}}\r\n\r\n', "no", "t", None),
        (b"data: broken\n\n", "data: broken", None, None),
    ],
)
def test_every_shape_of_body(body: object, message: str, type_: str | None, code: str | None) -> None:
    error = http(418, body)
    assert (error.kind, error.status, error.message) == ("http", 418, message)
    assert (error.type, error.code) == (type_, code)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (500, "the server answered 500 Internal Server Error without an explanation"),
        (529, "the server answered 529 without an explanation"),
        (599, "the server answered 599 without an explanation"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"  \n", b"null", b"{}", b"[]", b'""', b'{"error":null}', b"<html></html>"])
def test_a_body_that_says_nothing(status: int, sentence: str, body: bytes) -> None:
    assert http(status, body).message == sentence


def test_markup_and_length_never_reach_the_screen() -> None:
    assert "<" not in http(502, b"<html>" + b"<p>word</p>" * 10_000).message
    assert len(http(502, b"word " * 10_000).message) <= 300
    assert len(http(400, {"error": {"message": "x" * 50_000}}).message) == SHOWN_CHARS
    assert len(http(422, {"detail": [{"loc": ["x" * 3000] * 20, "msg": "y" * 50_000}] * 9}).message) <= SHOWN_CHARS
    assert len(http(400, {"error": {"x": "y" * 50_000}}).message) <= SHOWN_CHARS
    assert len(http(400, {"error": {"message": "x", "code": "c" * 5000}}).code or "") <= 200


@pytest.mark.parametrize("piece", [b"<", b"<title>", b"<script>", b"<style", b"</", b"<title>x</title"])
def test_hostile_pages_take_linear_time(piece: bytes) -> None:
    """A pattern that looks for an end from each `<` would need 10^9 steps for these 64 KiB, and all panes wait."""
    page = (piece * 65536)[:65536]
    http(502, page)
    words_of_page(page.decode() * 16)


@pytest.mark.parametrize("depth", [300, 990, 5_000, 30_000])
@pytest.mark.parametrize(("opening", "closing"), [(b'{"error":', b"}"), (b"[", b"]"), (b'{"detail":[', b"]}")])
def test_nesting_without_end_raises_nothing(depth: int, opening: bytes, closing: bytes) -> None:
    error = http(500, opening * depth + b'{"error":"deep"}' + closing * depth)
    assert error.message


@pytest.mark.parametrize(
    "payload", [None, 1, "text", [], {}, {"choices": []}, {"error": None}, {"message": "hi"}, [[{"error": "x"}]]]
)
def test_what_reports_no_error(payload: object) -> None:
    assert api_error(payload) is None


# -- retries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *[(status, False) for status in (302, 400, 401, 402, 403, 404, 413, 422)],
        *[(status, True) for status in (408, 409, 429, 500, 502, 503, 504, 529)],
    ],
)
def test_statuses_worth_another_try(status: int, retryable: bool) -> None:
    assert http(status, {"error": {"message": "x"}}).retryable is retryable


@pytest.mark.parametrize(
    "error",
    [
        {"code": "insufficient_quota"},
        {"type": "insufficient_quota"},
        {"code": "credit_balance_exhausted"},
        {"code": "organization_spend_limit_exceeded"},
        {"code": "project_spend_limit_exceeded"},
        {"code": "organization_usage_limit_exceeded"},
        {"type": "rate_limit_error", "details": {"error_code": "enforced_spend_limit_reached"}},
    ],
)
def test_an_exhausted_quota_does_not_heal(error: dict[str, Any]) -> None:
    assert not http(429, {"error": {"message": "x", **error}}).retryable


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "slow_down"])
def test_a_rate_limit_does(code: str) -> None:
    assert http(429, {"error": {"message": "x", "code": code}}).retryable


def test_the_servers_own_advice_comes_first() -> None:
    assert http(400, x_should_retry="true").retryable
    assert not http(503, x_should_retry="false").retryable
    assert http(503, x_should_retry="perhaps").retryable


NOON = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": " 7 "}, 7.0),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        ({"retry_after_ms": "-1", "retry_after": "9"}, 9.0),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "1e300"}, None),
        ({"retry_after": "tomorrow"}, None),
        ({"retry_after": ""}, None),
        ({}, None),
        ({"retry_after": "Fri, 20 Nov 2026 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry_after": "Sat, 21 Nov 2026 12:00:00 GMT", "date": NOON}, 86400.0),
        ({"retry_after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": NOON}, 0.0),
        ({"retry_after": "Fri, 20 Nov 2026 12:00:30 GMT"}, None),  # nothing to hold it against
        ({"retry_after": "Fri, 20 Nov 2026 12:00:30 GMT", "date": "today"}, None),
        ({"retry_after": "Fri, 99 Nov 2026 12:00:30 GMT", "date": NOON}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert http(429, {"error": {"message": "x"}}, **headers).retry_after_s == seconds


@pytest.mark.parametrize(
    ("delay", "seconds"), [("34.5s", 34.5), ("2s", 2.0), ("34.5", None), ("soons", None), (3, None), ("-1s", None)]
)
def test_googles_hint_is_in_the_body(delay: object, seconds: float | None) -> None:
    details = [{"@type": "x"}, None, {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]
    body = [{"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED", "details": details}}]
    assert http(429, body).retry_after_s == seconds
    assert http(429, body, retry_after="1").retry_after_s == 1.0


# -- advice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "url", "message"),
    [
        (401, {"error": {"message": "bad key"}}, URL, "bad key (check the key of this provider)"),
        (
            407,
            "denied",
            URL,
            "denied (the proxy asks for a user name and password; write its URL as http://USER:PASSWORD@HOST:PORT)",
        ),
        (
            404,
            {"detail": "Not Found"},
            "http://h/chat/completions",
            "Not Found (tried http://h/chat/completions; the base URL may lack /v1)",
        ),
        (
            404,
            {"detail": "Not Found"},
            "http://h/v1/chat/completions",
            "Not Found (tried http://h/v1/chat/completions)",
        ),
        (
            404,
            {"detail": "Not Found"},
            "http://h/v1/api/chat",
            "Not Found (tried http://h/v1/api/chat; the base URL of Ollama's own API has no /v1)",
        ),
        (
            404,
            {"error": {"message": "The model `x` does not exist"}},
            URL,
            "The model `x` does not exist (check the model's name)",
        ),
        (
            404,
            {"error": {"message": "model: claude-x", "type": "not_found_error"}},
            URL,
            "model: claude-x (check the model's name)",
        ),
        (
            400,
            {"error": {"message": "x is gone", "code": "model_not_found"}},
            URL,
            "x is gone (check the model's name)",
        ),
        (404, {"error": "model 'x' not found, try pulling it first"}, URL, "model 'x' not found, try pulling it first"),
        (400, {"error": {"message": "this model takes no images"}}, URL, "this model takes no images"),
        (
            400,
            {"error": {"message": "unknown field stream_options"}},
            URL,
            "unknown field stream_options (turn it off with -o include_usage=false)",
        ),
        (400, {"error": {"message": "no"}}, URL, "no"),
    ],
)
def test_the_next_step_is_named(status: int, body: object, url: str, message: str) -> None:
    assert http(status, body, url).message == message


ELSEWHERE = "the server redirects to another host, {}; redirects are not followed, point the base URL there"
HERE = "the server redirects to {}; redirects are not followed, change the base URL to match"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("https://other.example/", ELSEWHERE.format("https://other.example/")),
        ("//other.example/v1", ELSEWHERE.format("https://other.example/v1")),
        ("http://api.example/v1", ELSEWHERE.format("http://api.example/v1")),  # without TLS it is another place
        ("https://api.example:8443/v1", ELSEWHERE.format("https://api.example:8443/v1")),
        ("http://[half", ELSEWHERE.format("http://[half")),
        ("/v2/chat/completions", HERE.format("https://api.example/v2/chat/completions")),
        ("https://api.example/v2?key=sk-secret", HERE.format("https://api.example/v2")),
        (URL, HERE.format(URL)),
        ("", "the server redirects without saying where to; check the base URL"),
        ("/" + "x" * 1000, HERE.format("https://api.example/" + "x" * 280)),
    ],
)
def test_a_redirect_is_not_followed_and_says_where_it_pointed(location: str, message: str) -> None:
    assert http(308, b"", location=location).message == message


def test_only_the_outer_levels_of_an_error_are_read() -> None:
    """Each level costs a stack frame, and a payload may be as deep as the JSON decoder's own limit."""
    nested: object = "deep"
    for _ in range(7):
        nested = {"error": nested}
    assert message_of(nested) == "deep"
    assert message_of({"error": nested}) == ""
    for _ in range(100_000):
        nested = {"error": nested}
    assert message_of(nested) == ""
    while isinstance(nested, dict):  # taken apart level by level: freeing it at once recurses as well
        nested = nested.pop("error")


def test_a_message_of_nothing_is_empty() -> None:
    nothings: list[object] = [None, 1, True, "", [], {}, {"message": ""}]
    assert [message_of(value) for value in nothings] == [""] * 7
