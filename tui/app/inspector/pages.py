"""What the pages beside the events say: the request, the response, the connection, the tries. Drawn by nobody here.

Every page is a list of lines made of words and the names of their styles; they pass the gate in `lines`, all at once.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from textual.content import Content

from tui.app.inspector.json_lines import payload_lines
from tui.app.shown import assembled
from tui.core.attempts import Attempt
from tui.core.clean import clean_line
from tui.core.connection import ConnectionFacts
from tui.core.curl import key_header
from tui.core.exchange import Exchange
from tui.core.figures import NONE, duration_text, grouped
from tui.core.rate_limits import RateLimit, is_rate_limit, rate_limits, retry_after_s
from tui.core.redact import HIDDEN, Redactor
from tui.core.retries import seconds_words
from tui.core.target import Target

Words: TypeAlias = list[tuple[str, str]]
"""A line: texts and their styles."""
_LABEL: Final = "$metric-label"
_HEADING: Final = "bold $accent"
_LABEL_WIDTH: Final = 14
_BAR_WIDTH: Final = 36
_ID_HEADERS: Final = (
    "x-request-id",
    "request-id",
    "x-goog-request-id",
    "apim-request-id",
    "cf-ray",
    "x-amzn-requestid",
)
_LOW: Final = 0.1
"""The share that is left of a limit from which on it is said loudly."""


def lines(rows: Iterable[Words]) -> list[Content]:
    """The lines as they are drawn."""
    return [assembled(*((clean_line(text), style) for text, style in row)) for row in rows]


def _fact(label: str, value: str, style: str = "") -> Words:
    return [(f"{label:<{_LABEL_WIDTH}}", _LABEL), (value, style)]


def _heading(text: str) -> list[Words]:
    return [[], [(text, _HEADING)]]


# -- request --------------------------------------------------------------------------------------------------------


def request_page(exchange: Exchange, target: Target, redactor: Redactor, width: int) -> list[Content]:
    """What was sent, without secrets; the key is there, but hidden."""
    request = exchange.request
    if request is None:
        return lines([[("Nothing was sent: no request could be written.", _LABEL)]])
    headers = redactor.headers(request.headers)
    if found := key_header(target):
        name, before = found
        headers[name] = f"{before}{HIDDEN}"
    head: list[Words] = [[(f"{request.method} ", "bold"), (redactor.text(request.url), "")]]
    head += [_header(name, value) for name, value in headers.items()]
    head += [*_heading(f"body, {grouped(len(request.body))} bytes")]
    return [*lines(head), *payload_lines(request.body, redactor.text, width)]


def _header(name: str, value: str) -> Words:
    return [(f"{name}: ", _LABEL), (value, "")]


# -- response -------------------------------------------------------------------------------------------------------


def response_page(exchange: Exchange, attempt: Attempt | None) -> list[Content]:
    """Status, limits in words, then every header."""
    if exchange.status is None:
        return lines([[("No response has arrived.", _LABEL)]])
    headers = dict(exchange.headers or {})
    is_good = exchange.status < 300
    head: list[Words] = [_fact("status", str(exchange.status), "bold" if is_good else "bold $metric-bad")]
    if attempt is not None and attempt.headers_ns is not None:
        head.append(_fact("after", duration_text(attempt.headers_ns - attempt.start_ns)))
    head += [_fact("request id", headers[name]) for name in headers if name.lower() in _ID_HEADERS]
    limits = [*_limits(rate_limits(headers)), *_wait(retry_after_s(headers))]
    if limits:
        head += [*_heading("limits"), *limits]
    head += _heading("headers")
    head += [
        _header(name, value) if not is_rate_limit(name) else [(f"{name}: ", _LABEL), (value, "$metric-value")]
        for name, value in headers.items()
    ]
    return lines(head)


def _wait(seconds: float | None) -> list[Words]:
    return [] if seconds is None else [_fact("retry after", f"wait {seconds_words(seconds)} before asking again")]


def _limits(limits: list[RateLimit]) -> list[Words]:
    width = max((len(limit.subject) for limit in limits), default=0) + 2
    return [
        [(f"{limit.subject:<{max(width, _LABEL_WIDTH)}}", _LABEL), (limit_words(limit), _limit_style(limit))]
        for limit in limits
    ]


def limit_words(limit: RateLimit) -> str:
    """A limit in words: `58 of 60 left, full again in 1.2 s`."""
    left, allowed = limit.remaining, limit.limit
    if left is not None and allowed is not None:
        amount = f"{_amount(left)} of {_amount(allowed)} left"
    elif left is not None:
        amount = f"{_amount(left)} left"
    else:
        amount = f"{_amount(allowed)} allowed" if allowed is not None else ""
    if limit.reset_s is not None:
        again = f"full again in {seconds_words(limit.reset_s)}" if limit.reset_s > 0 else "full"
    else:
        again = f"full again: {limit.reset}" if limit.reset is not None else ""
    return ", ".join(part for part in (amount, again) if part)


def _limit_style(limit: RateLimit) -> str:
    """Loud when little is left; the words say how little."""
    try:
        left, allowed = float(limit.remaining or ""), float(limit.limit or "")
    except ValueError:
        return "$metric-bad" if limit.remaining == "0" else ""
    return "$metric-bad" if left <= 0 else "$metric-warn" if left < allowed * _LOW else ""


def _amount(amount: str) -> str:
    return grouped(int(amount)) if amount.isascii() and amount.isdigit() and len(amount) < 16 else amount


# -- connection -----------------------------------------------------------------------------------------------------


def connection_page(exchange: Exchange, attempt: Attempt | None) -> list[Content]:
    """Where the time until the first token went, and what carried the request."""
    facts = exchange.connection
    if attempt is None:
        return lines([[("Nothing was sent yet.", _LABEL)]])
    if facts is None and attempt.connected_ns is None:
        return lines([[("There was no connection yet.", _LABEL)]])
    rows = _waterfall(_spans(attempt, facts))
    if facts is not None:
        rows += [*_heading("connection"), *_facts(facts)]
    return lines(rows)


Span: TypeAlias = tuple[str, int | None, int, str]
"""What, from when (ns since the request; None when it did not happen), for how long, and the colour of its bar."""


def _spans(attempt: Attempt, facts: ConnectionFacts | None) -> list[Span]:
    """The phases one after another. What this request waited for itself begins where the one before it ends."""
    spans: list[Span] = []
    at = 0
    for label, duration in _own_waits(facts):
        spans.append((label, at if duration is not None else None, duration or 0, "$phase-connecting"))
        at += duration or 0
    milestones = (
        ("response", attempt.connected_ns, attempt.headers_ns, "$phase-waiting"),
        ("first token", attempt.headers_ns, attempt.first_token_ns, "$phase-thinking"),
        ("writing", attempt.first_token_ns, attempt.end_ns if attempt.first_token_ns else None, "$phase-streaming"),
    )
    for label, begin, end, colour in milestones:
        start = begin - attempt.start_ns if begin is not None and end is not None else None
        spans.append((label, start, end - begin if begin is not None and end is not None else 0, colour))
    return spans


def _own_waits(facts: ConnectionFacts | None) -> list[tuple[str, int | None]]:
    if facts is None:
        return []
    waits = [("pool", facts.slot_wait_ns)] if facts.slot_wait_ns is not None else []
    return [*waits, ("dns", facts.dns_ns), ("tcp", facts.tcp_ns), ("tls", facts.tls_ns)]


def _waterfall(spans: list[Span]) -> list[Words]:
    """A bar per phase on one scale, which ends with the first token: the writing after it would flatten the rest."""
    ends = [start + length for label, start, length, _ in spans if start is not None and label != "writing"]
    scale = max(ends, default=0) or 1
    rows: list[Words] = [[("time", _HEADING)]]
    for label, start, length, colour in spans:
        bar = _bar(start, length, scale) if label != "writing" else " " * _BAR_WIDTH
        rows.append(
            [(f"{label:<{_LABEL_WIDTH}}", _LABEL), (bar, colour), (f" {_length(start, length):>9}", "$metric-value")]
        )
    return rows


def _length(start: int | None, length: int) -> str:
    if start is None:
        return NONE
    return f"{length / 1e6:.1f} ms" if length < 10_000_000 else duration_text(length)


def _bar(start: int | None, length: int, scale: int) -> str:
    """Cells from `start` for `length` on a row as long as `scale`; what took time at all is seen."""
    if start is None:
        return " " * _BAR_WIDTH
    begin = min(_BAR_WIDTH - 1, start * _BAR_WIDTH // scale)
    end = max(begin + 1, min(_BAR_WIDTH, round((start + length) * _BAR_WIDTH / scale)))
    return (" " * begin + ("█" if length else "▏") * (end - begin)).ljust(_BAR_WIDTH)


def _facts(facts: ConnectionFacts) -> list[Words]:
    declined = " (HTTP/2 was asked for; the server offers only this)" if facts.http2_declined else ""
    used = "reused: nothing was looked up, connected or encrypted" if facts.reused else "new"
    encrypted = f"{facts.tls_version}, {facts.cipher}" if facts.cipher else facts.tls_version
    return [
        _fact("opened", used),
        _fact("speaks", facts.http_version + declined),
        _fact("peer", facts.peer or NONE),
        _fact("proxy", facts.proxy or "none"),
        _fact("tls", encrypted or "none: plain http"),
    ]


# -- tries ----------------------------------------------------------------------------------------------------------


def attempts_page(attempts: tuple[Attempt, ...], current: int) -> list[Content]:
    """Every try, and the one the other pages are about."""
    if not attempts:
        return lines([[("Nothing was sent yet.", _LABEL)]])
    rows: list[Words] = []
    for index, attempt in enumerate(attempts):
        rows += [*([[]] if rows else []), *_attempt(index, attempt, attempts[0].start_ns, is_current=index == current)]
    return lines(rows)


def _attempt(index: int, attempt: Attempt, origin_ns: int, *, is_current: bool) -> list[Words]:
    def since(at_ns: int | None) -> str:
        return duration_text(at_ns - attempt.start_ns if at_ns is not None else None)

    mark = "▸ " if is_current else "  "
    error = attempt.error
    rows: list[Words] = [
        [(f"{mark}attempt {index + 1}", "bold" if is_current else ""),
         (f" · {duration_text(attempt.start_ns - origin_ns)} after the first" if index else "", _LABEL)],
        _fact("  status", str(attempt.status or NONE), "$metric-bad" if (attempt.status or 0) >= 300 else ""),
        _fact("  connected", f"{since(attempt.connected_ns)}{' · reused' if attempt.is_reused else ''}"),
        _fact("  response", since(attempt.headers_ns)),
        _fact("  first token", since(attempt.first_token_ns)),
        _fact("  end", since(attempt.end_ns)),
        _fact("  body", f"{grouped(attempt.bytes)} bytes"),
    ]  # fmt: skip
    if error is not None:
        rows.append(_fact("  failed", f"{error.kind}: {error.message}", "$metric-bad"))
        if codes := " · ".join(dict.fromkeys(code for code in (error.type, error.code) if code)):
            rows.append(_fact("  code", codes))
    if attempt.wait_ns is not None:
        rows.append(_fact("  next", f"after {duration_text(attempt.wait_ns)}"))
    return rows
