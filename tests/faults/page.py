"""Writes docs/when-things-go-wrong.md from the demo provider's table of faults: `python -m tests.faults.page`."""

from collections.abc import Iterator
from pathlib import Path

from tui.demo.faults.fault import PREFIX, Fault, Moment, Outcome
from tui.demo.faults.table import FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "when-things-go-wrong.md"
_BEFORE = f"""\
# When things go wrong

What servers and networks do to a stream, what you see, and what to do. This page is written from the demo provider's
own table of faults (`python -m tests.faults.page`), so everything on it can be tried:

    sidestream demo -m fault/stall -m fault/reset -m swift       # in the dashboard
    sidestream demo -m fault/stall,dialect=anthropic             # in another wire format
    sidestream serve --list-faults                               # all {len(FAULTS)}, with what should happen
    sidestream serve --fault flaky --fault reset                 # any client, every request, in turn
    curl http://127.0.0.1:8765/faults                            # which requests met which fault

`--speed 10` makes their pauses ten times shorter. What has no end has one after all: floods stop after 64 MB.

Four things hold for all of them. No stream outlasts its time limits, whatever trickles in. An answer is *complete*
only when the server has proved it. What came before a fault is kept: `r` asks again. And a
request is sent again by itself only before anything of an answer came, and at most twice.

## Between you and the server

A demo on your own machine cannot cause these.

| what happens | you see | what to do |
|---|---|---|
| the name cannot be looked up | error shown: “there is no host of the name …” | Check the base URL and the network. |
| nothing listens there | error shown: “nothing is listening at …” | Start the server, or check the port. |
| the host does not answer | error shown: “no connection … connect” | Check the network, a VPN or a firewall. |
| the certificate is not trusted | error shown: “the certificate … is not trusted” | Trust its CA, or mend it. |
| the server does not speak TLS | error shown: “… does not speak TLS” | Write `http://` instead of `https://`. |
"""
_TITLES = {
    Moment.BEFORE: "Before the answer",
    Moment.INSIDE: "In the answer",
    Moment.AROUND: "Around the answer",
}


def page() -> str:
    """The whole page."""
    sections = (line for moment in Moment for line in _section(moment))
    return "\n".join([_BEFORE, *sections])


def _section(moment: Moment) -> Iterator[str]:
    yield f"## {_TITLES[moment]}\n"
    yield f"| `{PREFIX}`… | the server | you see | what to do |"
    yield "|---|---|---|---|"
    for fault in FAULTS.values():
        if fault.moment is moment:
            yield f"| `{fault.name}` | {fault.does} | {_seen(fault)} | {fault.advice} |"
    yield ""


def _seen(fault: Fault) -> str:
    """The outcome, and the words of the message that tell it from others."""
    words = [word.rstrip(".") for word in fault.says if not (fault.outcome is Outcome.CUT and word == "interrupted")]
    return f"{fault.should}: “{' … '.join(words)}”" if words else fault.should


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
