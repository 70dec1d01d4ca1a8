"""What a pane says while nothing arrives: which limit runs, whether the server is alive, when the next attempt is.

Pure. Each function takes the width it may fill and returns the fullest wording that fits, or nothing.
"""

from tui.app.state_words import QUIET_AFTER_NS, quiet_ns
from tui.core.clean import clean_line
from tui.core.deadlines import RunningLimit, next_limit
from tui.core.endings import cause_words
from tui.core.phase import Phase
from tui.core.stream import StreamState

_SECOND_NS = 1_000_000_000
_ALIVE_NS = 20 * _SECOND_NS
"""How long a byte proves that the server is alive; keep-alives come every 10 to 15 s."""
_LAST_CALL_NS = 60 * _SECOND_NS
"""How long before it strikes the total limit is worth a word."""


def first_fitting(width: int, *wordings: str) -> str:
    """The first of several wordings, longest first, that fits; empty when none does."""
    return next((words for words in wordings if len(words) <= width), "")


def retry_words(state: StreamState, now_ns: int, width: int) -> str:
    """The countdown between two attempts, which one comes next, and why."""
    left_ns = max(0, (state.retry_at_ns or now_ns) - now_ns)
    soon = f"in {-(-left_ns // _SECOND_NS)} s"
    turn = _attempt_words(state, len(state.attempts) + 1)
    error = state.attempts[-1].error if state.attempts else None
    cause = f" · {clean_line(cause_words(error))}" if error else ""
    return first_fitting(
        width,
        f"retrying {soon} · {turn}{cause}",
        f"{soon} · {turn.removeprefix('attempt ')}{cause}",  # the title says what happens in that time
        f"retrying {soon} · {turn}",
        f"retrying {soon}",
        soon,
    )


def waiting_words(state: StreamState, now_ns: int, width: int) -> str:
    """Before the first token: what is waited for and how much of its limit has passed."""
    attempt = len(state.attempts)
    turn = _attempt_words(state, attempt) if attempt > 1 else ""
    running = _limit_worth_a_word(state, now_ns)
    pings = _pings(state)
    if running is None:
        return first_fitting(width, turn or (f"server alive, {pings}, no text yet" if pings else ""), turn or pings)
    waited, limit = _seconds(now_ns - running.since_ns), f"{running.seconds:g} s"
    if pings:
        return first_fitting(
            width,
            f"server alive, {pings}, no text for {waited} of {limit}",
            f"server alive, no text for {waited} of {limit}",
            f"alive, no text for {waited} of {limit}",
            f"alive, no text for {waited}",
            f"no text for {waited}",
        )
    doing = "connecting" if state.phase is Phase.CONNECTING else "waiting"
    words = f"{doing} {waited} of {limit}"
    return first_fitting(width, f"{words} · {turn}" if turn else words, words)


def quiet_words(state: StreamState, now_ns: int, width: int) -> str:
    """A silence in the middle of an answer; empty while it is not worth a word."""
    silence = quiet_ns(state, now_ns)
    if silence is None:
        return ""
    timeline = state.timeline
    last_byte = timeline.last_byte_ns or 0
    is_alive = last_byte > (timeline.last_token_ns or 0) and now_ns - last_byte < _ALIVE_NS
    what = "arguments" if state.is_calling else "text"
    waited = _seconds(silence)
    limit = f" of {state.target.policy.timeouts.idle:g} s"
    alive = (
        f"server alive, no {what} for {waited}{limit}",
        f"server alive, no {what} for {waited}",
        f"alive, no {what} for {waited}",
    )
    return first_fitting(width, *(alive if is_alive else ()), f"quiet {waited}{limit}", f"quiet {waited}")


def last_call_words(state: StreamState, now_ns: int, width: int) -> str:
    """That the total limit is about to end an answer which still streams; empty while it is far."""
    origin, total = state.timeline.origin_ns, state.target.policy.timeouts.total
    if origin is None or state.is_over:
        return ""
    passed = now_ns - origin
    left = round(total * _SECOND_NS) - passed
    if passed < QUIET_AFTER_NS or left > min(_LAST_CALL_NS, passed):
        return ""
    return first_fitting(width, f"{_seconds(passed)} of {total:g} s in all", f"{_seconds(passed)} of {total:g} s")


def _limit_worth_a_word(state: StreamState, now_ns: int) -> RunningLimit | None:
    """The limit that would strike next, once it has run long enough to wonder."""
    running = next_limit(state.timeline, state.phase, state.target.policy.timeouts)
    return running if running is not None and now_ns - running.since_ns >= QUIET_AFTER_NS else None


def _pings(state: StreamState) -> str:
    comments = state.counts.comments
    return f"{comments} ping{'s' if comments > 1 else ''}" if comments else ""


def _attempt_words(state: StreamState, number: int) -> str:
    return f"attempt {number} of {1 + state.target.policy.retries.attempts}"


def _seconds(duration_ns: int) -> str:
    return f"{duration_ns // _SECOND_NS} s"
